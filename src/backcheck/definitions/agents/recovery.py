"""What a forgiving reader mended to understand a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recovery:
    """One thing that a strict reader would refuse or read otherwise."""

    rule: str
    """Name of the fault: `unquoted-colon`, `unindented-text`, `literal-newline`, `loose-fence` …"""
    line: int
    """Line of the file on which it begins."""
