"""The lines of a front matter's fields without their margin, and the way back to the file's text."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one field stands in the text. Offsets count characters; each end is exclusive."""

    key: str
    start: int
    value: int
    end: int
    line: int
    """Line of the file on which the key stands."""
    last_line: int
    """Line of the file on which the value ends."""


class Block:
    """The lines of the fields, and `text`, which is them without the margin that all have."""

    def __init__(self, lines: Sequence[str], first: int, offset: int) -> None:
        """Take lines that stand in the file from line ``first`` on, and in its text from ``offset`` on."""
        head = next((line for line in lines if line.strip()), "")
        self.width = len(head) - len(head.lstrip(" \t"))
        """Characters that the first field is indented by."""
        margins = [self.width if not line[: self.width].strip() else 0 for line in lines]
        self.lines = [line[margin:] for line, margin in zip(lines, margins, strict=True)] if self.width else list(lines)
        self.text = "".join([f"{line}\n" for line in self.lines])
        self._first = first
        self._starts = list(accumulate((len(line) + 1 for line in self.lines), initial=0))
        # Where the first character of each line that is part of `text` stands in the file's text.
        begins = accumulate((len(line) + 1 for line in lines), initial=offset)
        self._outer = [
            begin + min(margin, len(line))
            for begin, margin, line in zip(begins, [*margins, 0], [*lines, ""], strict=True)
        ]

    def offset(self, line: int, column: int) -> int:
        """Return where a column of one of `lines` stands in `text`."""
        return self._starts[line] + column

    def line(self, offset: int) -> int:
        """Return the line of the file on which a character of `text` stands."""
        return self._first + bisect_right(self._starts, offset) - 1

    def entry(self, key: str, start: int, value: int, end: int) -> Entry:
        """Return a field, from offsets in `text`."""
        outside = self._outside
        return Entry(key, outside(start), outside(value), outside(end), self.line(start), self.line(end))

    def _outside(self, offset: int) -> int:
        line = bisect_right(self._starts, offset) - 1
        return self._outer[line] + offset - self._starts[line]
