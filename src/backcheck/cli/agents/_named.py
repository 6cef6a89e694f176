"""What a person names on the command line, as files."""

from __future__ import annotations

from pathlib import Path

from backcheck.errors import UsageError


def paths(wanted: str) -> tuple[Path, ...]:
    """Return the files that a word of the command line means: a file, every definition below a folder, a shipped agent."""
    from backcheck.definitions.agents import definition_paths, find_agent, shipped_agents

    path = Path(wanted)
    shipped = any(agent.name == wanted for agent in shipped_agents())
    if path.is_dir() and not shipped:
        if found := definition_paths(path):
            return found
        raise UsageError(f"no definition below {wanted!r}", help="name a folder that holds .md files")
    return (path,) if path.is_file() and not shipped else (find_agent(wanted).path,)
