"""What clients call the tools that a definition gives, from the table in `vocabulary.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from backcheck import data
from backcheck.definitions.lowering.exported import Effect, Loss
from backcheck.definitions.lowering.granted import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.lowering.granted import Granted, ServerTool

_SAID_ONCE = frozenset({"NotebookEdit"})
"""Tools that come with another of their kind everywhere; that alone is not worth a line."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of one client."""

    client: str
    mcp: str
    tools: dict[str, list[str]]
    agents: tuple[str, ...] = ()
    """Names of the agents that the client brings."""

    def named(self, given: Granted) -> tuple[list[str], list[Loss]]:
        """Return that client's names of every tool that is given, built-in ones first, and what the names cannot say.

        A name that also stands for a denied tool is left out: what was taken away stays away. Where everything is
        given, every name of the client is written out, without its MCP servers: nobody can list those.
        """
        wanted = [tool for tool in self.tools if given.gives(tool)]
        names = list(
            dict.fromkeys(name for tool in wanted for name in self.tools[tool] if not self._closed(name, given))
        )
        servers = [] if given.everything else [name for one in given.servers if (name := self.server_name(one))]
        return [*names, *dict.fromkeys(servers)], [*self._lost(given, names), *self._gained(given, names)]

    def server_name(self, one: ServerTool) -> str | None:
        """Return that client's name of an MCP tool; None where it has no such server."""
        server = one.server
        if one.plugin:
            server = plugin_server(server) or ""
        if not re.fullmatch(r"[\w.-]+", server) or not re.fullmatch(r"[\w.-]+|\*", one.tool):
            return None
        return self.mcp.format(server=server, tool=one.tool)

    def covers(self, name: str) -> Iterator[str]:
        """Give the tools that one of the client's names stands for."""
        return (tool for tool, names in self.tools.items() if name in names)

    def _closed(self, name: str, given: Granted) -> bool:
        patterned = all(tool.pattern for tool in given.tools if tool.name in set(self.covers(name)))
        named = any(tool.name in set(self.covers(name)) for tool in given.tools)
        return any(tool in given.forbidden for tool in self.covers(name)) or (named and patterned)

    def _lost(self, given: Granted, names: list[str]) -> Iterator[Loss]:
        for tool in dict.fromkeys(tool.name for tool in given.tools if tool.name not in given.forbidden):
            if tool not in self.tools:
                yield Loss(Effect.LOSES, tool, "the client has no such tool")
            elif not set(self.tools[tool]) & set(names):
                patterns = ", ".join(
                    f"{tool}({one.pattern})" for one in given.tools if one.name == tool and one.pattern
                )
                why = (
                    "the client cannot hold it to a pattern"
                    if patterns
                    else "its name there stands for a denied tool too"
                )
                yield Loss(Effect.LOSES, patterns or tool, why)
        if given.everything:
            yield Loss(
                Effect.LOSES, "MCP tools", "a list of what is left cannot name the servers of every user; add them"
            )
        for one in given.servers:
            if not self.server_name(one):
                yield Loss(Effect.LOSES, f"mcp__{one.server}__{one.tool}", "the client has no server of that name")
        yield from needed(given)

    def _gained(self, given: Granted, names: list[str]) -> Iterator[Loss]:
        for name in names:
            extra = [tool for tool in self.covers(name) if not given.gives(tool) and tool not in _SAID_ONCE]
            if extra:
                stands = " and ".join(tool for tool in self.covers(name) if tool not in _SAID_ONCE)
                yield Loss(Effect.GAINS, ", ".join(extra), f"{name!r} stands for {stands} alike")


def needed(given: Granted) -> Iterator[Loss]:
    """Give the MCP servers that the user has to connect."""
    for server in dict.fromkeys(one.server for one in given.servers if one.server != "*"):
        plain = plugin_server(server) or server
        how = (
            "connect it as a server named so: its command is `backcheck mcp`"
            if plain == OURS
            else "connect it under that name"
        )
        yield Loss(Effect.NEEDS, f"MCP server {plain}", how)


def plugin_server(server: str) -> str | None:
    """Return the server's own name in `plugin_<plugin>_<server>`; None for what is no such name, or may be split in two ways."""
    parts = server.split("_")
    return parts[2] if len(parts) == 3 and parts[0] == "plugin" else None


@cache
def vocabulary(client: str) -> Vocabulary:
    """Return the names of a client in the table; none for a client that is not in it."""
    table = data.table(__package__, "vocabulary.yaml").get(client, {})
    return Vocabulary(client, str(table.get("mcp", "")), table.get("tools", {}), tuple(table.get("agents", ())))
