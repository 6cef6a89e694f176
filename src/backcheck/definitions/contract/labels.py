"""What a label says of the lines below it."""

from __future__ import annotations

import re
from enum import Enum, auto


class Kind(Enum):
    """What the lines below a label are."""

    CHECKLIST = auto()
    PROMISE = auto()
    STEPS = auto()
    TARGETS = auto()
    DOCUMENTS = auto()
    CONDITION = auto()
    """When the lines hold: "Before any deployment:"."""
    ABILITY = auto()
    """What the agent knows: it promises nothing of the output."""


_KINDS = (
    (Kind.CHECKLIST, r"\bcheck[- ]?lists?\b|\bdefinition of done\b|\bacceptance criteria\b"),
    (Kind.DOCUMENTS, r"\bdocuments? types?\b|\bdocuments you (?:create|write|produce)\b|\btypes of documents?\b"),
    (Kind.TARGETS, r"\b(?:targets?|metrics|goals|thresholds?|slos?|slas?|benchmarks?|budgets?)\b"),
    (
        Kind.PROMISE,
        (
            r"\b(?:standards?|practices?|principles?|responsibilit(?:y|ies)|deliverables?|considerations?|guidelines?"
            r"|(?:key|focus|core|priority) areas?|requirements?|criteria|expectations?|commitments?)\b"
        ),
    ),
    (
        Kind.STEPS,
        r"\b(?:workflows?|process|steps?|procedures?|approach|methodology|phases?|protocol)\b",
    ),
    (Kind.CONDITION, r"^(?:when|whenever|before|after|if)\b"),
    (
        Kind.ABILITY,
        r"\b(?:expertise|capabilit(?:y|ies)|skills?|technolog(?:y|ies)|tech|stack|proficienc(?:y|ies)|knowledge|tools?)\b",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_MAX_WORDS = 12


def kind(label: str) -> Kind | None:
    """Return what a label makes of the lines below it; None where it says nothing.

    A sentence is no label, unless it ends in a colon.
    """
    if len(label.split()) > _MAX_WORDS and not label.endswith(":"):
        return None
    return next((found for found, pattern in _PATTERNS if pattern.search(label)), None)


def kind_of(labels: tuple[str, ...]) -> Kind | None:
    """Return what the labels, innermost first, make of a line: the nearest that says something.

    A condition or an ability below something else is that: "Before any deployment:" below "Security checklist",
    "Stack expertise" below "Key responsibility areas".
    """
    kinds = [found for label in labels if (found := kind(label))]
    weak = {Kind.ABILITY, Kind.CONDITION}
    return next((found for found in kinds if found not in weak), kinds[0] if kinds else None)
