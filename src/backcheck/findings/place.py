"""A place in a file, and evidence: what stands there, quoted from disk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A region of one file. Lines and columns start at 1; columns count characters; the end is exclusive."""

    path: str
    """POSIX path relative to the audited root."""
    start_line: int = 1
    start_column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place with the exact text that stands there; made by code that re-read the file, never by hand."""

    place: Place
    quote: str | None
    """The exact text of the lines, or None where it may hold a secret."""
    sha256: str
    """Hexadecimal digest of the whole file."""
    redacted: bool = False
