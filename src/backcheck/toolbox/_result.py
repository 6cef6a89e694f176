"""What a tool answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The text that goes back to the model, and whether the call did what it was asked."""

    text: str
    ok: bool = True
