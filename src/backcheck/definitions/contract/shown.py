"""What a body only shows: fenced code, comments, `<example>` blocks. None of it is asked of anybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_HOLDS_FENCES = frozenset({"", "markdown", "md", "mdx", "text", "txt"})
"""Info strings of fences in which people put further fences: CommonMark would end the outer at the end of the inner."""
_EXAMPLE = re.compile(r"<(?<!`<)(?P<end>/?)(?:examples?|commentary|sample)>", re.IGNORECASE)


def without_shown(body: str) -> str:
    """Return the body with what it only shows as blank lines, so that every other line keeps its number."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    if "```" in text or "~~~" in text:
        text = "\n".join(_without_fences(text.split("\n")))
    return "".join(_without_examples("".join(_without_comments(text))))


def _without_fences(rows: list[str]) -> Iterator[str]:
    position = 0
    while position < len(rows):
        opening = _opening(rows[position])
        if not opening:
            yield rows[position]
            position += 1
            continue
        # Where fences inside a fence do not come out even, the first closing mark ends it, as CommonMark says.
        end = _end(rows, position, opening, nested=True) or _end(rows, position, opening, nested=False) or len(rows)
        yield from [""] * (end - position)
        position = end


def _opening(row: str) -> re.Match[str] | None:
    if "```" not in row and "~~~" not in row:
        return None
    found = _FENCE.match(row)
    return found if found and not (found["mark"][0] == "`" and "`" in found["info"]) else None


def _end(rows: list[str], start: int, opening: re.Match[str], *, nested: bool) -> int | None:
    """Return the index after the fence's last line; None where it has none."""
    mark = opening["mark"]
    nested = nested and opening["info"].strip().split(" ")[0].lower() in _HOLDS_FENCES
    depth = 1
    for number in range(start + 1, len(rows)):
        if mark not in rows[number]:
            continue
        found = _opening(rows[number])
        if not found or not found["mark"].startswith(mark):
            continue
        if not found["info"].strip():
            depth -= 1
        elif nested:
            depth += 1
        if not depth:
            return number + 1
    return None


def _without_comments(text: str) -> Iterator[str]:
    done = 0
    while (start := text.find("<!--", done)) >= 0 and (end := text.find("-->", start)) >= 0:
        yield text[done:start]
        yield "\n" * text.count("\n", start, end)
        done = end + 3
    yield text[done:]


def _without_examples(text: str) -> Iterator[str]:
    """Give the text with every closed `<example>` as blank lines."""
    opened: int | None = None
    done = 0
    for tag in _EXAMPLE.finditer(text):
        if not tag["end"] and opened is None:
            opened = tag.start()
        elif tag["end"] and opened is not None:
            yield text[done:opened]
            yield "\n" * text.count("\n", opened, tag.end())
            opened, done = None, tag.end()
    yield text[done:]
