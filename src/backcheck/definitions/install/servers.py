"""Which MCP servers Claude Code has in a project, as far as its files tell, and which agents ask for others."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import parse_agent, read_bytes
from backcheck.definitions.install.known import files
from backcheck.definitions.install.scope import CLAUDE, reading
from backcheck.definitions.install.stamp import unstamped
from backcheck.definitions.lowering.granted import granted
from backcheck.errors import UsageError
from backcheck.settings import home_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.install.scope import Home

_LARGEST = 8 << 20
"""Bytes of a settings file that are read; a user's own grows with every project."""


def unconnected(project: Path) -> Iterator[tuple[Path, str]]:
    """Give path and server for each installed copy that names tools of a server that no settings file holds.

    A server of a plugin is not looked for: the plugin brings it.
    """
    copies = [(path, text) for home in reading(CLAUDE, project) for path, text in _copies(home)]
    if not copies:
        return
    have = connected(project)
    for path, text in copies:
        try:
            given = granted(parse_agent(text, path))
        except UsageError:
            continue
        for server in dict.fromkeys(tool.server for tool in given.servers if not tool.plugin):
            if server not in {*have, "*"}:
                yield path, server


def _copies(home: Home) -> Iterator[tuple[Path, bytes]]:
    for path in files(home.path, ".md"):
        try:
            text, stamp = unstamped(read_bytes(path))
        except UsageError:
            continue
        if stamp:
            yield path, text


def connected(project: Path) -> dict[str, str]:
    """Return the servers that settings files give Claude Code in a project, with their commands; an empty one for a URL."""
    project = project.resolve()
    found: dict[str, str] = {}
    named = os.environ.get("CLAUDE_CONFIG_DIR", "")
    for folder in filter(None, (home_folder(), Path(named) if named else None)):
        own = _settings(folder / ".claude.json")
        projects = own.get("projects")
        found |= _servers(own) | _servers(projects.get(str(project)) if isinstance(projects, dict) else None)
    for folder in (*reversed(project.parents), project):
        found |= _servers(_settings(folder / ".mcp.json"))
    return found


def _servers(settings: object) -> dict[str, str]:
    servers = settings.get("mcpServers") if isinstance(settings, dict) else None
    if not isinstance(servers, dict):
        return {}
    entries = {str(name): entry for name, entry in servers.items() if isinstance(entry, dict)}
    return {name: str(entry.get("command", "")) for name, entry in entries.items()}


def _settings(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return {}
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
