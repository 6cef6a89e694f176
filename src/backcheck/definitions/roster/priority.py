"""How urgent a definition calls its agent: a hint for whoever schedules several, and the order in which they are listed."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcheck.definitions.agents import Agent


class Priority(IntEnum):
    """Ordered: high before medium before low. It grants nothing and changes no prompt."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


def priority(agent: Agent) -> Priority:
    """Return the priority that the definition states, in any case; medium where it states none that is known."""
    return Priority.__members__.get((agent.priority or "").upper(), Priority.MEDIUM)
