"""What a person names on the command line, as files."""

from __future__ import annotations

from pathlib import Path

from backcheck.errors import UsageError


def paths(wanted: str) -> tuple[Path, ...]:
    """Return the files that a word of the command line means: a file, every definition below a folder, an agent by name.

    A shipped agent's name goes before a file of that name; a name that is neither is looked for in `.claude/agents` of the
    project and of the user. A file may have any ending. Raises `UsageError` for a word that leads to nothing.
    """
    from backcheck.definitions.agents import find_agent, shipped_agents
    from backcheck.definitions.roster.folder import definitions_below
    from backcheck.definitions.roster.scopes import find_by_name

    if shipped := [agent.path for agent in shipped_agents() if agent.name == wanted]:
        return tuple(shipped)
    path = Path(wanted)
    if path.is_dir():
        if found := definitions_below(path):
            return found
        raise UsageError(f"no definition below {wanted!r}", help="name a folder that holds .md files")
    if path.is_file():
        return (path,)
    if path.exists():
        # A pipe would be waited for without end.
        raise UsageError(f"{wanted!r} is no regular file", help="name a definition: a Markdown file")
    if "/" not in wanted and (named := find_by_name(wanted, Path())):
        return (named,)
    return (find_agent(wanted).path,)


def one_path(wanted: str) -> Path:
    """Return the one file that a word means. Raises `UsageError` where it means none or several."""
    found = paths(wanted)
    if len(found) > 1:
        raise UsageError(f"{wanted!r} holds {len(found)} definitions", help=f"name one of them, such as {found[0]}")
    return found[0]
