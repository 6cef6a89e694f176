"""What a label says of the lines below it; the words are in `labels.yaml`."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import cache, lru_cache
from pathlib import Path

import yaml


class Kind(Enum):
    """What the lines below a label are; the order is that in which the words are tried."""

    NOTHING = auto()
    """When the agent is for: "When to use", "Non-goals"."""
    CHECKLIST = auto()
    NEVER = auto()
    """What the agent has to leave undone."""
    DOCUMENTS = auto()
    PROMISE = auto()
    RULES = auto()
    """How the agent has to work."""
    TARGETS = auto()
    STEPS = auto()
    CONDITION = auto()
    """When the lines hold: "Before any deployment:"."""
    ABILITY = auto()
    """What the agent knows: it promises nothing of the output."""


_WEAK = (Kind.ABILITY, Kind.CONDITION)
_HEADS = frozenset({Kind.TARGETS, Kind.STEPS, Kind.RULES})
_AFTER_HEAD = (
    r"(?=$|\s*[:：(（,&/|+–—-]|\s+(?:for|of|in|and|or|you|to|with|that|when|i|we|includes?|is|are|should|must|by|at|on|if|before|after"  # noqa: RUF001 - people write these
    r"|while|during|per)\b)"
)
_MAX_WORDS = 12
_MAX_CHARACTERS = 300
_BEFORE = re.compile(r"^(?:[\W_]|\d+(?:\.\d+)*[.):]?(?=\s))+")
_BEHIND = re.compile(r"[\s:：*_]+$|\s*[(（][^()（）]*[)）]\s*[:：]?$")  # noqa: RUF001 - as above


@lru_cache(maxsize=8192)
def kind(label: str) -> Kind | None:
    """Return what a label makes of the lines below it; None where it says nothing.

    A sentence is no label, unless it ends in a colon.
    """
    if len(label) > _MAX_CHARACTERS or (len(label.split()) > _MAX_WORDS and not label.endswith((":", "："))):  # noqa: RUF001 - as above
        return None
    # In lower case beforehand: patterns that leave out case look at every word of theirs, and take four times as long.
    said = _BEHIND.sub("", _BEHIND.sub("", _BEFORE.sub("", label))).replace("İ", "i").lower()
    return next((found for found, pattern in _patterns() if pattern.search(said)), None)


@lru_cache(maxsize=8192)
def kind_of(labels: tuple[str, ...]) -> Kind | None:
    """Return what the labels, innermost first, make of a line: the nearest that says something.

    A condition or an ability below something else is that: "Before any deployment:" below "Security checklist",
    "Stack expertise" below "Key responsibility areas".
    """
    weak = None
    for label in labels:
        found = kind(label)
        if found and found not in _WEAK:
            return found
        weak = weak or found
    return weak


@lru_cache(maxsize=8192)
def is_ability(labels: tuple[str, ...]) -> bool:
    """Whether one of the labels speaks of what the agent knows."""
    return any(kind(label) is Kind.ABILITY for label in labels)


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    words = yaml.safe_load((Path(__file__).parent / "labels.yaml").read_text(encoding="utf-8"))
    return tuple((found, _pattern(found, words[found.name.lower()])) for found in Kind)


def _pattern(found: Kind, languages: dict[str, list[str]]) -> re.Pattern[str]:
    whole: list[str] = []
    within: list[str] = []
    for words in languages.values():
        for word in words:
            (within if re.search(r"[\u3040-\u9fff\uac00-\ud7af]", word) else whole).append(word)
    end = _AFTER_HEAD if found in _HEADS else r"(?!\w)"
    spaced = rf"(?<!\w)(?:{'|'.join(whole)}){end}"
    return re.compile("|".join([spaced, *within]) if whole else "|".join(within))
