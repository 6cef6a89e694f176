"""Where a field stands in the bytes of its file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A region of a file. Offsets count bytes from the file's first; the end is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FieldSpan:
    """Where one field of the front matter stands."""

    entry: Span
    """From the first byte of the key to the last of the value: the lines without the newline that ends them."""
    value: Span
    """The value as written, quotes and block indicators included; empty at the end of the key where there is none."""
    line: int
    """Line of the file on which the key stands."""
    last_line: int
    """Line of the file on which the value ends."""
