"""Keys of a front matter, and lines that begin with one."""

from __future__ import annotations

import re
from typing import NamedTuple

from backcheck import data

KNOWN = frozenset(key for keys in data.table(__package__, "fields.yaml").values() for key in keys)
"""Keys that end an unquoted text. Most other `word:` after an open description is text: `user:`, `Context:`."""

ESSENTIAL = frozenset({"name", "description", "tools", "model", "color"})
"""Keys that are known however they are written: `Name`, `DESCRIPTION`."""

DIALOGUE = re.compile(
    r"user|assistant|human|commentary|User|Assistant|Human|Commentary|Context|(?:Example|Scenario)s?|[Ee]xample[ _-]?\d+"
)
"""Words of an example that YAML takes for keys: what stands below them belongs to the description."""

VAGUE = frozenset(
    {
        "context",
        "example",
        "examples",
        "input",
        "output",
        "note",
        "query",
        "question",
        "answer",
        "request",
        "result",
        "response",
        "reasoning",
        "scenario",
        "situation",
        "system",
        "tool",
        "trigger",
        "triggers",
        "usage",
        "when",
    }
)
"""Words that may be either: a key where a list follows, part of a text that stands open where a text follows."""

_LINE = re.compile(
    r"(?P<quote>[\"']?)(?P<key>[A-Za-z][\w-]*)(?P=quote)[ \t]*(?P<colon>[:\uff1a])(?P<gap>[ \t]*)(?P<value>.*)"
)


class KeyLine(NamedTuple):
    """A line of the form `key: value`."""

    key: str
    """As it is meant: an essential key in small letters."""
    written: str
    value: str
    column: int
    """Where the value begins; the end of the key and its colon where there is none."""
    is_odd: bool
    """Whether the colon is not one that YAML takes for the end of a key."""


def key_line(line: str) -> KeyLine | None:
    """Return the key with which an unindented line begins, and its value; None for any other line."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    written, value = match["key"], match["value"].rstrip()
    key = canonical(written)
    is_odd = match["colon"] != ":" or (not match["gap"] and bool(value))
    if is_odd and key not in ESSENTIAL:
        return None
    return KeyLine(key, written, value, match.start("value") if value else match.end("colon"), is_odd)


def canonical(key: str) -> str:
    """Return the key as clients spell it."""
    return key.lower() if key.lower() in ESSENTIAL else key
