"""What a mend gives: the bytes, and what was changed in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was mended."""

    rule: str
    """Name of the fault, as the reader's recoveries name it where they know it: `unquoted-colon`, `loose-fence` …"""
    line: int
    """Line of the file as it was."""
    what: str
    """What was done, for a person: "`description` stands in quotes"."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A definition after the mend."""

    content: bytes
    """The file's bytes; the very same where nothing was to be mended."""
    changes: tuple[Change, ...]
    left: str = ""
    """What keeps a client from loading the file and takes a person to mend; empty where nothing does."""
