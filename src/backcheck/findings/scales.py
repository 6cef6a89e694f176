"""The two scales of a finding: how bad it is, and how sure we are."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much harm the fault can do, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Confidence(StrEnum):
    """How often a judgement of this kind is right when it speaks, surest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    def capped(self, ceiling: Confidence) -> Confidence:
        """Return the less sure of the two: an item's page states the ceiling of its judgements."""
        order = list(Confidence)
        return max(self, ceiling, key=order.index)
