"""What becomes of a definition in a client."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What becomes of a file in a client."""

    LOADS = "loads"
    CHANGED = "changed"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Tools:
    """Tools as a client resolves them."""

    written: tuple[str, ...] | None
    """Names in the file; None where it has no `tools`."""
    effective: tuple[str, ...]
    """What the agent gets: built-in tools, and MCP tools where their server runs."""
    lost: tuple[str, ...] = ()
    """Known names that are dropped: retired, of another client, or left out beside Bash."""
    gained: tuple[str, ...] = ()
    """What it gets although a misspelt restriction forbids it."""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file in one client."""

    outcome: Outcome
    reason: str
    """Why it is dead or changed; empty where it loads as written."""
    name: str | None
    description: str | None
    tools: Tools
