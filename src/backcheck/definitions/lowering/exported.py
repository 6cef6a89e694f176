"""A definition in the form of another client, and what that form cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What becomes of the agent where a form cannot say what its definition says, and what it brings along."""

    BRINGS = "brings"
    """Something happens on the user's machine that a text does not do: a command, a server, a tool unasked."""
    GAINS = "gains"
    """It may do more than it was given: a restriction cannot be expressed."""
    LOSES = "loses"
    CHANGES = "changes"
    NEEDS = "needs"
    """It works as written once something else is there, such as an MCP server."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a form cannot say or says otherwise, or that a person should know before it is used."""

    effect: Effect
    what: str
    """The field or tool; text of the definition, so not to be printed as it is."""
    why: str


@dataclass(frozen=True, slots=True)
class Exported:
    """One file of a target."""

    name: str
    """What the agent is called there; empty for a file that is no agent."""
    path: str
    """Where that client reads it, below the project: `.github/agents/keeper.agent.md`."""
    text: str
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client reads its agents."""

    project: str
    """Folder below a project: `.claude/agents`."""
    user: str
    """Folder below the user's home; empty where the client has none."""
    ending: str = ".md"
    variable: str = ""
    """Environment variable that moves the user's folder."""
    below: str = "agents"
    """The folder below what the variable names."""
    also: tuple[str, ...] = ()
    """Folders of other clients below a project that this one reads too, after its own."""
