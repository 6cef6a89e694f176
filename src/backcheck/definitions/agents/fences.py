"""Where the front matter of a definition begins and ends: two lines `---`, or what people wrote for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from backcheck.definitions.agents.keys import KNOWN, key_line
from backcheck.definitions.agents.recovery import Recovery

if TYPE_CHECKING:
    from collections.abc import Sequence

_FENCE = re.compile(r"-{3,}\s*")
_LOOSE = re.compile(r"\s*(?:-{2,}|[\u2013\u2014]+-?)[ \t]*(?:ya?ml)?\s*", re.IGNORECASE)
"""A fence in spirit: also indented, too short, and as a word processor makes it of three hyphens."""
_CODE_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*(?:ya?ml|markdown|md)?\s*", re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}\s+\S.*")
_PROSE = 20
"""Lines within which a front matter begins after a text; below them a line `---` is a rule between paragraphs."""
_AHEAD = 60
"""Lines within which a description is looked for before fields without a fence are taken for a front matter."""


@dataclass(frozen=True, slots=True)
class Fences:
    """Where the parts of a file lie, as indices of its lines; each end is exclusive."""

    opening: int
    """The line of the opening fence; the first of the fields where there is none."""
    start: int
    """The first line of the fields."""
    stop: int
    """The line after the last of the fields: the closing fence, where there is one."""
    body: int
    """The first line of the body."""
    end: int
    """The line after the last of the body; a code fence around the whole file is no part of it."""
    recoveries: tuple[Recovery, ...]


class _Opening(NamedTuple):
    line: int
    start: int
    rules: tuple[Recovery, ...]
    is_wrapped: bool = False
    """Whether a code fence stands before the opening fence."""
    is_code: bool = False
    """Whether a code fence is the opening fence."""


def find_fences(lines: Sequence[str]) -> Fences | None:
    """Return where the front matter lies; None where there is none."""
    opening = _opening(lines)
    if opening is None:
        return None
    stop, is_closed, rule = _closing(lines, opening)
    body = min(stop + 1, len(lines)) if is_closed else stop
    end = len(lines)
    if opening.is_wrapped:
        last = _last_text(lines)
        end = last if last >= body and _CODE_FENCE.fullmatch(lines[last]) else end
    mends = (*opening.rules, Recovery(rule, min(stop, len(lines) - 1) + 1)) if rule else opening.rules
    return Fences(opening.line, opening.start, stop, body, end, mends)


def _opening(lines: Sequence[str]) -> _Opening | None:
    """Return where the fields begin; blank lines, comments, a code fence and a few lines of text may stand before them."""
    before: int | None = None
    code: int | None = None
    is_comment = is_prose = False
    for index, line in enumerate(lines):
        text = line.strip()
        mends = [Recovery("code-fence", code + 1)] if code is not None else []
        if before is not None:
            mends.append(Recovery("text-before-front-matter", before + 1))
        if is_comment:
            is_comment = "-->" not in text
        elif _LOOSE.fullmatch(line) and ((_FENCE.fullmatch(text) and not is_prose) or _begins_fields(lines, index + 1)):
            if line.rstrip() != "---":
                mends.append(Recovery("loose-fence", index + 1))
            return _Opening(index, index + 1, tuple(mends), is_wrapped=code is not None)
        elif text.startswith(("```", "~~~")):
            if not _CODE_FENCE.fullmatch(line) or code is not None:
                return None
            if not is_prose and _begins_fields(lines, index + 1):
                return _Opening(index, index + 1, (*mends, Recovery("code-fence", index + 1)), is_code=True)
            if is_prose and not _CODE_FENCE.fullmatch(lines[_last_text(lines)]):
                return None  # a text that shows what a definition looks like
            code = index
            continue
        elif text.startswith("<!--"):
            is_comment = "-->" not in text
        elif text and not text.startswith("#"):
            if not is_prose and _describes(lines, index):
                return _Opening(index, index, (*mends, Recovery("no-opening-fence", index + 1)), code is not None)
            is_prose = True
        if is_prose and index > _PROSE:
            return None
        before = index if before is None else before
    return None


def _begins_fields(lines: Sequence[str], start: int) -> bool:
    """Whether the next text is a field, or a mapping in braces."""
    line = next((text for text in lines[start : start + 4] if text.strip()), "").strip()
    found = key_line(line)
    return line.startswith("{") or (found is not None and found.key in KNOWN)


def _describes(lines: Sequence[str], start: int) -> bool:
    """Whether fields begin here without a fence, a description among them."""
    found = [line.key for line in map(key_line, lines[start : start + _AHEAD]) if line]
    first = key_line(lines[start])
    return first is not None and first.key in {"name", "description"} and "description" in found and "name" in found


def _closing(lines: Sequence[str], opening: _Opening) -> tuple[int, bool, str]:
    """Return the line that closes the fields, whether it is a fence, and the rule by which it is taken for one."""
    start = opening.start
    limit = len(lines)
    for index in range(start, len(lines)):
        line = lines[index]
        if _FENCE.fullmatch(line) or line.rstrip() == "..." or (opening.is_code and _CODE_FENCE.fullmatch(line)):
            if not _swallows_body(lines, start, index):
                return index, True, "" if line.rstrip() == "---" or opening.is_code else "loose-fence"
            break
    heading = _first_heading(lines, start)
    limit = len(lines) if heading is None else heading
    for index in range(start, limit):
        if _LOOSE.fullmatch(lines[index]) or _CODE_FENCE.fullmatch(lines[index]):
            return index, True, "loose-fence"
    return _end_of_fields(lines, start), False, "no-closing-fence"


def _swallows_body(lines: Sequence[str], start: int, stop: int) -> bool:
    """Whether a rule between paragraphs of the body was taken for the fence that is missing: a chapter lies before it."""
    heading = _first_heading(lines, start, stop)
    if heading is None:
        return False
    texts = [line for line in lines[heading:stop] if line.strip() and not line.startswith("#")]
    return bool(texts) and not any(line and line.key in KNOWN for line in map(key_line, texts))


def _first_heading(lines: Sequence[str], start: int, stop: int | None = None) -> int | None:
    """Return the first heading after a blank line."""
    for index in range(start + 1, len(lines) if stop is None else stop):
        if lines[index].startswith("#") and not lines[index - 1].strip() and _HEADING.fullmatch(lines[index]):
            return index
    return None


def _end_of_fields(lines: Sequence[str], start: int) -> int:
    """Return where fields end that nobody closed: at a heading, or at a text that is no field and belongs to none."""
    is_open = True
    for index in range(start, len(lines)):
        line = lines[index]
        if not line.strip():
            after = next((text for text in lines[index : index + 4] if text.strip()), "")
            found = key_line(after)
            if index > start and not after.startswith((" ", "\t")) and not (found and found.key in KNOWN):
                return index
        elif found := key_line(line):
            is_open = found.key == "description"
        elif index > start and (_HEADING.fullmatch(line) or not (is_open or line.startswith((" ", "\t", "-", "#")))):
            return index
    return len(lines)


def _last_text(lines: Sequence[str]) -> int:
    return next((index for index in range(len(lines) - 1, -1, -1) if lines[index].strip()), 0)
