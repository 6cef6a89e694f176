"""Where an edit's old text lies in a file. Exact first; then only what loses nothing, and it is said aloud.

Never by similarity: fuzzy matching deleted thousands of lines in other tools, and in 134 measured edits helped none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NEAR = 20_000
"""Lines looked through for the nearest region."""


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of the text, and what takes its place."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Matches:
    """Every place where the old text lies."""

    found: tuple[Match, ...]
    relaxed: str
    """What was overlooked to find them; empty for an exact match."""


def matches(text: str, old: str, new: str) -> Matches:
    """Return where ``old`` lies in ``text`` under the strictest reading that finds it at all."""
    if exact := tuple(_exact(text, old)):
        return Matches(tuple(Match(at, at + len(old), _with_ends(new, text, at, at + len(old))) for at in exact), "")
    pattern = r"\r?\n".join(map(re.escape, old.replace("\r\n", "\n").split("\n")))
    if ends := tuple(
        Match(found.start(), found.end(), _with_ends(new, text, found.start(), found.end()))
        for found in re.finditer(pattern, text)
    ):
        return Matches(ends, "line ends (CRLF or LF)")
    if trailing := tuple(_by_lines(text, old, new, _same_but_trailing)):
        return Matches(trailing, "white space at line ends")
    return Matches(tuple(_by_lines(text, old, new, _shifted)), "indentation")


def _exact(text: str, old: str) -> Iterator[int]:
    """Also places that overlap: which of them is meant nobody can know."""
    at = text.find(old)
    while at >= 0:
        yield at
        at = text.find(old, at + 1)


def _with_ends(new: str, text: str, start: int, end: int) -> str:
    """Return ``new`` with the line ends of the place it goes to; text that brings CRLF itself is left alone."""
    if "\n" not in new or "\r\n" in new:
        return new
    around = text[start:end] if "\n" in text[start:end] else text[max(0, start - 4096) : end + 4096]
    crlf = around.count("\r\n")
    return new.replace("\n", "\r\n") if crlf > around.count("\n") - crlf else new


def _lines(text: str) -> list[tuple[int, int, str]]:
    """Start, end and text of each line, its end left out."""
    out, at = [], 0
    for line in text.split("\n"):
        bare = line.removesuffix("\r")
        out.append((at, at + len(bare), bare))
        at += len(line) + 1
    return out


def _by_lines(
    text: str, old: str, new: str, compare: Callable[[list[str], list[str], str], str | None]
) -> Iterator[Match]:
    """Give each run of whole lines that ``compare`` takes for ``old``; it returns the new text for that run, or None."""
    wanted = [line.removesuffix("\r") for line in old.removesuffix("\n").split("\n")]
    if not any(line.strip() for line in wanted):
        return
    lines = _lines(text)
    anchor = next(index for index, line in enumerate(wanted) if line.strip())
    bare = wanted[anchor].strip()
    replacement = new.removesuffix("\n") if old.endswith("\n") else new
    for first in range(len(lines) - len(wanted) + 1):
        if lines[first + anchor][2].strip() != bare:
            continue
        run = lines[first : first + len(wanted)]
        changed = compare([line for _, _, line in run], wanted, replacement)
        if changed is not None:
            yield Match(run[0][0], run[-1][1], _with_ends(changed, text, run[0][0], run[-1][1]))


def _same_but_trailing(have: list[str], wanted: list[str], new: str) -> str | None:
    return new if all(one.rstrip() == two.rstrip() for one, two in zip(have, wanted, strict=True)) else None


def _shifted(have: list[str], wanted: list[str], new: str) -> str | None:
    """Take lines that differ by one and the same indentation, and give the new text that indentation too."""
    pairs = [(one.rstrip(), two.rstrip()) for one, two in zip(have, wanted, strict=True)]
    pairs = [(one, two) for one, two in pairs if one or two]
    if all(one.endswith(two) and not one.removesuffix(two).strip() for one, two in pairs):
        shifts = {one.removesuffix(two) for one, two in pairs}
        if len(shifts) == 1:
            (shift,) = shifts
            return "\n".join(shift + line if line.strip() else line for line in new.split("\n"))
    if all(two.endswith(one) and not two.removesuffix(one).strip() for one, two in pairs):
        shifts = {two.removesuffix(one) for one, two in pairs}
        (shift, *others) = shifts
        lines = new.split("\n")
        if not others and all(line.startswith(shift) or not line.strip() for line in lines):
            return "\n".join(line.removeprefix(shift) for line in lines)
    return None


def nearest(text: str, old: str) -> str:
    """Describe the region of ``text`` that is most like ``old``, for a model to see what differs; empty where none is."""
    wanted = [line.removesuffix("\r") for line in old.removesuffix("\n").split("\n")]
    lines = [line for _, _, line in _lines(text)[:_NEAR]]
    first = _nearest_start(lines, wanted)
    if first is None:
        return ""
    last = min(first + len(wanted), len(lines))
    for number, (have, want) in enumerate(zip(lines[first:last], wanted, strict=False), first + 1):
        if have != want:
            return f"nearest: lines {first + 1}-{last}; line {number} is {have[:200]!r}, old_string has {want[:200]!r}"
    return f"nearest: lines {first + 1}-{last}, where the file ends first"


def _nearest_start(lines: list[str], wanted: list[str]) -> int | None:
    """Return the window with the most equal lines; without one, that of the line most like the first wanted one."""
    index = {line.strip(): at for at, line in reversed(list(enumerate(wanted))) if line.strip()}
    votes: dict[int, int] = {}
    for number, line in enumerate(lines):
        if (at := index.get(line.strip())) is not None and number >= at:
            votes[number - at] = votes.get(number - at, 0) + 1
    if votes:
        return max(votes, key=lambda start: votes[start])
    target = next((line.strip() for line in wanted if line.strip()), "")
    matcher = SequenceMatcher(b=target[:500], autojunk=False)
    best, where = 0.6, None
    for number, line in enumerate(lines):
        matcher.set_seq1(line.strip()[:500])
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, where = ratio, number
    return where
