"""How scanners rate a vulnerability, on our scale."""

from __future__ import annotations

from backcheck.evidence.document import number
from backcheck.findings import Severity

_WORDS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "moderate": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "info": Severity.LOW,
}
_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.LOW}
_SCORES = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.1, Severity.LOW))
"""Lower bounds of the qualitative ratings of CVSS 3.1, section 5."""


def rated(word: str) -> Severity | None:
    """Return the severity that a word names; None for another word."""
    return _WORDS.get(word.casefold())


def scored(score: object) -> Severity | None:
    """Return the severity of a CVSS base score, as a number or text; None for none or zero."""
    value = number(score)
    return None if value is None else next((severity for bound, severity in _SCORES if value >= bound), None)


def levelled(level: str) -> Severity | None:
    """Return the severity of a SARIF level."""
    return _LEVELS.get(level)
