"""The forgiving reader of front matter: what a definition's author meant, with a record of every mend.

Strict YAML is asked first; only what it refuses is mended. The rules come from 2,314 public definitions, of which 171 are
refused by strict parsers, nearly all of them for an unquoted `: ` in a description of one line.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents.block import Block, Entry
from backcheck.definitions.agents.fences import Fences, find_fences
from backcheck.definitions.agents.keys import DIALOGUE, KNOWN, canonical
from backcheck.definitions.agents.mending import folded, mended
from backcheck.definitions.agents.recovery import Recovery
from backcheck.definitions.agents.yaml_core import Pair, read_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMENT = re.compile(r"[ \t]+(#.*)")
_ANCHOR = re.compile(r"&([^\s,\[\]{}]+)\s")
_ALIAS = re.compile(r"\s*:\s*(\*[^\s,\]}]+)")
_GLUED = re.compile(r"(?:name|description)[:\uff1a]\S", re.IGNORECASE)
"""A key and the beginning of its value, where the space between them is missing."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a definition as its author meant them, and its body."""

    fields: dict[str, Any]
    body: str
    body_line: int
    recoveries: tuple[Recovery, ...]
    entries: tuple[Entry, ...]
    """One for each field, in their order; of a key that stands twice, the last."""
    start: int
    """Offset of the opening fence in the text."""
    end: int
    """Offset of the end of the closing fence's line."""
    body_start: int
    body_end: int


def parse(text: str) -> FrontMatter | None:
    """Return the front matter and the body; None where the text has no front matter at all."""
    lines = text.split("\n")
    fences = find_fences(lines)
    if fences is None:
        return None
    starts = list(accumulate((len(line) + 1 for line in lines[: max(fences.start, fences.body)]), initial=0))
    block = Block(lines[fences.start : fences.stop], fences.start + 1, starts[fences.start])
    recoveries = list(fences.recoveries)
    if block.width:
        recoveries.append(Recovery("indented-front-matter", fences.start + 1))
    read = read_pairs(block.text)
    reading = _mended(block) if read is None or _is_cut(*read) else _strict(block, *read)
    _give_text(block, reading)
    body_start = min(starts[fences.body], len(text))
    body_end = max(body_start, len(text) - sum(len(line) + 1 for line in lines[fences.end :]))
    last = fences.stop if fences.body > fences.stop else _last_text(lines, fences)
    return FrontMatter(
        fields=reading.fields,
        body=text[body_start:body_end],
        body_line=fences.body + 1,
        recoveries=(*recoveries, *reading.recoveries),
        entries=tuple(reading.entry(block, key) for key in reading.places),
        start=starts[fences.opening],
        end=min(starts[last] + len(lines[last]), len(text)),
        body_start=body_start,
        body_end=body_end,
    )


def _last_text(lines: Sequence[str], fences: Fences) -> int:
    return next((index for index in range(fences.stop - 1, fences.opening, -1) if lines[index].strip()), fences.opening)


@dataclass(slots=True)
class _Reading:
    """Fields, where each stands in the block, and what had to be mended."""

    fields: dict[str, Any]
    places: dict[str, tuple[int, int, int]]
    """Offsets in the block's text: the key's first, the value's first, the entry's end."""
    recoveries: list[Recovery]

    def doubled(self, block: Block, key: str, start: int) -> None:
        """Forget where a key stood that stands again at ``start``, and put it on record."""
        if self.places.pop(key, None) is not None:
            self.recoveries.append(Recovery("duplicate-key", block.line(start)))

    def entry(self, block: Block, key: str) -> Entry:
        return block.entry(key, *self.places[key])


def _strict(block: Block, found: dict[str, Any], pairs: Sequence[Pair]) -> _Reading:
    # Beside `name`, a key `Name` is one of its own.
    meant = {key: key if canonical(key) in found else canonical(key) for key in found}
    reading = _Reading({meant[key]: value for key, value in found.items()}, {}, [])
    for pair in pairs:
        key = meant[pair.key]
        if key != pair.key:
            reading.recoveries.append(Recovery("capital-key", block.line(pair.start)))
        reading.doubled(block, key, pair.start)
        value, end = pair.value, pair.end
        if value < pair.key_end:
            alias = _ALIAS.match(block.text, pair.key_end)
            value, end = alias.span(1) if alias else (pair.key_end, pair.key_end)
        reading.places[key] = (pair.start, value, max(value, end))
    return reading


def _mended(block: Block) -> _Reading:
    reading = _Reading({}, {}, [])
    for found in mended(block.lines):
        reading.recoveries += [Recovery(rule, block.line(block.offset(found.line, 0))) for rule in found.rules]
        reading.fields[found.key] = found.value
        value = block.offset(*found.begin)
        reading.doubled(block, found.key, block.offset(found.line, 0))
        reading.places[found.key] = (block.offset(found.line, 0), value, max(value, block.offset(*found.end)))
    return reading


def _is_cut(fields: dict[str, Any], pairs: Sequence[Pair]) -> bool:
    """Whether YAML took words of the description for keys, and left it short."""
    keys = [canonical(pair.key) for pair in pairs]
    if "description" not in keys:
        return any(_GLUED.match(key) for key in keys)
    at = keys.index("description")
    is_empty = not fields[pairs[at].key]
    for pair in pairs[at + 1 :]:
        is_word = DIALOGUE.fullmatch(pair.key) and not (
            pair.key[0].islower() and isinstance(fields[pair.key], dict | list)
        )
        if pair.key not in KNOWN and (is_word or (is_empty and " " in pair.key)):
            return True
    return False


def _is_anchor(text: str, begin: int, end: int) -> bool:
    """Whether a value begins with an anchor that is meant as one: a field further down names it."""
    anchor = _ANCHOR.match(text, begin, end)
    return anchor is not None and re.search(rf"[\s,\[]\*{re.escape(anchor[1])}(?![^\s,\]}}])", text[end:]) is not None


def _give_text(block: Block, reading: _Reading) -> None:
    """Give the description back what YAML silently dropped from it, and make it a text where it is none."""
    if "description" not in reading.places:
        return
    start, begin, end = reading.places["description"]
    value = reading.fields["description"]
    is_line = block.text[start - 1 : start] in {"", "\n"}
    rest = block.text[end : block.text.index("\n", end)]
    if is_line and (comment := _COMMENT.fullmatch(rest)) and block.text[begin : begin + 1] not in set("\"'>|[{"):
        begin = begin if begin < end else end + comment.start(1)
        end += len(rest.rstrip())
        dropped = True
    else:
        dropped = (
            is_line
            and isinstance(value, str)
            and block.text[begin] in "&!"
            and "\n" in block.text[end : end + 1]
            and not _is_anchor(block.text, begin, end)
        )
    text = block.text[begin:end]
    if dropped and not (isinstance(value, str) and value == text):
        reading.fields["description"] = folded(text.split("\n"))
        reading.places["description"] = (start, begin, end)
        reading.recoveries.append(Recovery("silently-cut", block.line(start)))
    elif value and not isinstance(value, str):
        plain = isinstance(value, list) and all(isinstance(one, str | int | float) for one in value)
        reading.fields["description"] = "\n".join(map(str, value)) if plain else textwrap.dedent(text).strip()
        reading.recoveries.append(Recovery("description-not-text", block.line(start)))
    value = reading.fields["description"]
    if isinstance(value, str) and r"\n" in value:  # as Claude Code does with every description
        reading.fields["description"] = value.replace(r"\n", "\n")
        reading.recoveries.append(Recovery("literal-newline", block.line(start)))
