"""What the tokens of a run cost, from the dated list of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.running.models import price

if TYPE_CHECKING:
    from backcheck.runtime.model import Usage


def cost(model: str, usage: Usage) -> float | None:
    """Return the cost in USD; None where the model has no listed price: unknown is never 0, but no tokens cost nothing."""
    if not usage.total:
        return 0.0
    listed = price(model)
    if listed is None:
        return None
    return (
        usage.input * listed.input
        + usage.output * listed.output
        + usage.cache_read * listed.cache_read
        + usage.cache_write * listed.cache_write
    ) / 1_000_000
