"""Which tools a definition means, told apart from how it writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.definitions.lowering.exported import Effect, Loss
from backcheck.definitions.running.capability import BACKEND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.definitions.agents import Agent

OURS = "backcheck"
"""Name of our MCP server, and of the plugin that brings it."""

_PLUGIN = f"plugin_{OURS}_{OURS}"
_SLASHED = re.compile(r"(?P<server>[\w.-]+)/(?P<tool>[\w.*-]+)")


@dataclass(frozen=True, slots=True)
class ServerTool:
    """A tool of an MCP server."""

    server: str
    tool: str
    """`*` for every tool of the server."""

    @property
    def plugin(self) -> bool:
        """Whether a plugin of Claude Code brings the server: no other client has one of that name."""
        return self.server.startswith("plugin_")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that a client brings, under its name in Claude Code today."""

    name: str
    pattern: str = ""
    """What stands in brackets: `git:*` of `Bash(git:*)`."""


@dataclass(frozen=True)
class Granted:
    """What a definition gives its agent."""

    everything: bool
    """Every tool save the denied ones: the definition names none, or `*`."""
    tools: tuple[Tool, ...]
    servers: tuple[ServerTool, ...]
    denied: tuple[Tool, ...]
    denied_servers: tuple[ServerTool, ...]
    losses: tuple[Loss, ...]

    @cached_property
    def forbidden(self) -> frozenset[str]:
        """Names of the tools that are taken away; one with a pattern counts whole, since few clients hold to patterns."""
        return frozenset(tool.name for tool in self.denied)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the tools that are given, without their patterns; empty where everything is."""
        return frozenset(tool.name for tool in self.tools) - self.forbidden

    @property
    def limited(self) -> bool:
        """Whether anything is kept from it."""
        return not self.everything or bool(self.denied or self.denied_servers)

    def gives(self, *names: str) -> bool:
        """Whether any of these tools is given."""
        return any((self.everything or name in self.names) and name not in self.forbidden for name in names)

    @property
    def edits(self) -> bool:
        """Whether the agent has a tool that changes files."""
        return self.gives("Write", "Edit", "NotebookEdit")


def granted(agent: Agent) -> Granted:
    """Return what the definition gives; what nobody knows is given nowhere, and said."""
    tools, servers, losses = _resolved(agent.tools or ())
    denied, denied_servers, unknown = _resolved(agent.disallowed)
    if "*" in agent.disallowed:
        tools, servers = [], []
    everything = (agent.tools is None or "*" in agent.tools) and "*" not in agent.disallowed
    doubtful = [
        Loss(Effect.GAINS, loss.what, "nobody knows what it takes away") if loss.effect is Effect.LOSES else loss
        for loss in unknown
    ]
    kept = tuple(one for one in servers if not _covered(one, denied_servers))
    return Granted(everything, tuple(tools), kept, tuple(denied), tuple(denied_servers), (*losses, *doubtful))


def _resolved(written: Iterable[str]) -> tuple[list[Tool], list[ServerTool], list[Loss]]:
    tools: list[Tool] = []
    servers: list[ServerTool] = []
    losses: list[Loss] = []
    for name in written:
        plain, _, pattern = name.partition("(")
        if name == "*":
            continue
        if server := server_tool(name):
            servers.append(server)
        elif not catalogue().knows(plain):
            losses.append(Loss(Effect.LOSES, name, "no client is known to have it"))
        else:
            today = catalogue().today(plain) or plain
            tools.append(Tool(today, pattern.removesuffix(")")))
            if today != plain and plain not in catalogue().entries["alias"]:
                losses.append(Loss(Effect.CHANGES, name, f"{today} does its work today"))
    return list(dict.fromkeys(tools)), list(dict.fromkeys(servers)), losses


def server_tool(name: str) -> ServerTool | None:
    """Return the tool of a server that a name means, in any client's form; None for what is no such name.

    Our own tools are recognised under the plugin's name, the server's, and bare, as our runner takes them.
    """
    if name in BACKEND:
        return ServerTool(OURS, name)
    if match := _SLASHED.fullmatch(name):
        return ServerTool(match["server"], match["tool"])
    if not name.startswith("mcp__"):
        return None
    server, _, tool = name.removeprefix("mcp__").partition("__")
    return ServerTool(OURS if server == _PLUGIN else server or "*", tool or "*")


def _covered(one: ServerTool, denied: list[ServerTool]) -> bool:
    return any(no.server in {one.server, "*"} and no.tool in {one.tool, "*"} for no in denied)
