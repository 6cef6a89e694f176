"""What a caller may ask of an audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """Empty values leave the choice to `backcheck.yaml`, and that to the defaults."""

    checklist: str = ""
    """Name of a shipped checklist, or path of one; `ci` where nobody says."""
    agent: str = ""
    """Name of a shipped agent, or path of a definition: its contract selects the items, its targets are judged."""
    areas: tuple[str, ...] = ()
    """Only items of these areas."""
    items: tuple[str, ...] = ()
    """These items instead of a checklist's."""
    base: str | Path | None = None
    """What a change is judged against: a revision, or a folder that holds the code as it stood before."""
    evidence: tuple[Path, ...] = ()
    """Reports of other tools. The caller vouches for their origin by naming them."""
    undecided_ok: bool = False
    """Undecided items do not count for the exit code."""
    debug: bool = False
    """Print the traceback of a check that fails, on stderr."""
