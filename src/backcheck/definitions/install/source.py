"""What is installed: a shipped agent or a file, with the words by which its copy remembers it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from backcheck.definitions.agents import find_agent, parse_agent, read_bytes, shipped_agents
from backcheck.definitions.install.stamp import digest, unstamped
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.definitions.agents import Agent


@dataclass(frozen=True, slots=True)
class Source:
    """A definition on its way into a client."""

    agent: Agent
    content: bytes
    """Of the file; without the stamp where the file is a copy itself."""
    named: str
    """As the stamp has it."""
    hash: str


def source_of(wanted: str, project: Path | None) -> Source:
    """Return the shipped agent of that name, else the definition at that path. Raises `UsageError` for neither.

    ``project`` is where the copy will lie, so that it names a file of that project as seen from it; None for a copy that
    every project shares.
    """
    shipped = {agent.name: agent for agent in shipped_agents()}
    path = find_agent(wanted).path
    whole = read_bytes(path)
    content, _ = unstamped(whole)
    named = wanted if wanted in shipped else _seen_from(path.resolve(), project)
    return Source(parse_agent(content, path), content, named, digest(whole))


def hash_today(named: str, base: Path) -> str | None:
    """Return the hash that a copy's source has today, seen from ``base``; None where it is gone or cannot be read.

    The name stands in a file that anybody may have written: of what it leads to, a plain file of at most 1 MiB is read, and
    nothing of it is ever shown.
    """
    shipped = {agent.name: agent.path for agent in shipped_agents()}
    path = shipped.get(named)
    if path is None:
        if ".." in PurePath(named).parts:  # what lies outside the project is named by its whole path
            return None
        path = base / named
        if not _is_filed(path):
            return None
    try:
        return digest(read_bytes(path))
    except UsageError:
        return None


def _is_filed(path: Path) -> bool:
    """Whether a plain file with bytes lies there: those that the system makes up while they are read (`/proc`) are empty."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size > 0


def _seen_from(path: Path, project: Path | None) -> str:
    within = project is not None and path.is_relative_to(project.resolve())
    found = path.relative_to(project.resolve()).as_posix() if project and within else str(path)
    return found if "/" in found else f"./{found}"  # a bare word is the name of a shipped agent
