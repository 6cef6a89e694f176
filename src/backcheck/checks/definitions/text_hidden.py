"""Text that a model reads and a person does not see."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definition, Definitions
    from backcheck.findings import Judgement, Place

_SUSPECT = re.compile(
    "[\x08\x1b\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u206a-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e007f"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Says how the character before it looks. One behind another says nothing, and a row of them may spell a sentence."""
_JOINERS = frozenset("\u200c\u200d")
_MARKS = frozenset("\u200e\u200f\u061c")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
"""Flags of regions, such as Scotland's, are written with tag characters."""
_SHOWN = 5


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge the text of every definition: whether it holds characters that nobody sees and a model reads."""
    for definition in definitions.every:
        text = definition.text
        hidden = list(_hidden(text))
        if hidden:
            names = dict.fromkeys(_name(text[at]) for at in hidden)
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            reason = f"{len(hidden)} characters that nobody sees: {', '.join(list(names)[:_SHOWN])}{more}"
            yield failed(definition, reason, at=tuple(_places(definition, text, hidden)))
        else:
            yield passed(definition, "every character shows")


def _hidden(text: str) -> Iterator[int]:
    """Give the index of each hidden character that its neighbours do not call for."""
    if text.isascii() and "\x08" not in text and "\x1b" not in text:
        return
    flags = {at for flag in _FLAG.finditer(text) for at in range(*flag.span())}
    for match in _SUSPECT.finditer(text):
        at, char = match.start(), match[0]
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if at in flags or (char == "\ufeff" and at == 0):
            continue
        if _VARIANT.match(char) and not _VARIANT.match(before):
            continue
        if char in _JOINERS and _joins(before) and (_joins(after) or char == "\u200c"):
            continue
        if char in _MARKS and any(map(_is_right_to_left, text[max(at - 20, 0) : at + 20])):
            continue
        yield at


def _joins(char: str) -> bool:
    """Whether a joiner has its place beside this character: an emoji, or a letter of a script that joins letters."""
    if not char:
        return False
    return (
        char == "\ufe0f"
        or unicodedata.category(char) in {"So", "Sk", "Sm"}
        or (ord(char) > 0x5FF and unicodedata.category(char)[0] in "LM")
    )


def _is_right_to_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in {"R", "AL"}


def _name(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'control character').lower()}"


def _places(definition: Definition, text: str, hidden: list[int]) -> Iterator[Place]:
    numbers: dict[int, None] = {}
    for at in hidden:
        numbers[text.count("\n", 0, at) + 1] = None
        if len(numbers) == _SHOWN:
            break
    yield from map(definition.line, numbers)
