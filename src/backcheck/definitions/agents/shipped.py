"""Definitions by name: the shipped ones, and any by its path."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck import data
from backcheck.definitions.agents.loading import load_agent
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from backcheck.definitions.agents.definition import Agent


@cache
def shipped_agents() -> tuple[Agent, ...]:
    """Return the agents that backcheck ships, by name."""
    return tuple(sorted((load_agent(path) for path in (data.root() / "agents").glob("*.md")), key=lambda a: a.name))


def find_agent(wanted: str) -> Agent:
    """Return the shipped agent of that name, else the definition at that path. Raises `UsageError` for neither."""
    for agent in shipped_agents():
        if agent.name == wanted:
            return agent
    path = Path(wanted)
    if path.is_file() or "/" in wanted or path.suffix:
        return load_agent(path)
    names = [agent.name for agent in shipped_agents()]
    close = get_close_matches(wanted, names, n=2, cutoff=0.4)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(names)}"
    raise UsageError(f"no agent {wanted!r}", help=hint)
