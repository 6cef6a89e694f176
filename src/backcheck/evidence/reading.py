"""What the reader of one format gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from backcheck.evidence.report import Content


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a document that the format's tool wrote: figures, or that it made none."""

    kind: str
    """`load`, `vulnerability`, or `sarif` where the tool measures neither."""
    tool: str
    content: Content | None
    line: int = 1
    """Where the figures stand."""
    why: str = ""
    """Why there is no content, in the tool's own words where it has some."""
    produced_at: datetime | None = None


def refused(kind: str, tool: str, why: str) -> Reading:
    """Read a report in which the tool itself says that it did not do its work."""
    return Reading(kind, tool, None, why=why)
