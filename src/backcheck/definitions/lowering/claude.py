"""The front matter of an agent for Claude Code, with MCP tools named as its packaging wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.agents.restrictions import ALLOWED, DENIED, letters
from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.definitions.lowering.exported import Effect, Loss
from backcheck.definitions.lowering.granted import OURS, ServerTool, Tool, granted

if TYPE_CHECKING:
    from backcheck.definitions.agents import Agent


def front(agent: Agent, ours: str) -> tuple[dict[str, object], tuple[Loss, ...]]:
    """Return the fields in the order of the definition, and what was changed; ``ours`` is the form of our own tools' names.

    Tools carry their names of today, and a misspelt restriction is written where the client reads it.
    """
    given = granted(agent)
    fields: dict[str, object] = {
        "name": agent.name.replace(":", "-").strip() or "agent",
        "description": agent.description,
    }
    gone = (
        Loss(Effect.LOSES, tool.name, "it was retired and nothing took its place")
        for tool in given.tools
        if not _live(tool)
    )
    losses = [*given.losses, *gone]
    if fields["name"] != agent.name:
        losses.append(Loss(Effect.CHANGES, f"name: {agent.name}", f"it is called {fields['name']} there"))
    for key, value in agent.fields.items():
        is_misspelt = letters(key) in {ALLOWED, DENIED} and key != "disallowedTools"
        if not is_misspelt and key not in fields and value is not None:
            fields[key] = value
    if agent.tools is not None:
        fields["tools"] = _named(given.tools, given.servers, ours, everything=given.everything)
    if agent.disallowed:
        fields["disallowedTools"] = _named(given.denied, given.denied_servers, ours, everything="*" in agent.disallowed)
    if any(one.server == OURS for one in given.servers):
        plugin = ours.startswith("mcp__plugin")
        what = "the plugin backcheck" if plugin else "MCP server backcheck"
        how = "install it beside this one" if plugin else "connect it: `claude mcp add backcheck -- backcheck mcp`"
        losses.append(Loss(Effect.NEEDS, what, how))
    return fields, tuple(losses)


def _live(tool: Tool) -> bool:
    return tool.name in catalogue().live


def _named(tools: tuple[Tool, ...], servers: tuple[ServerTool, ...], ours: str, *, everything: bool) -> object:
    """Return the names as one text; an empty list where there are none."""
    names = ["*"] if everything else []
    names += [f"{tool.name}({tool.pattern})" if tool.pattern else tool.name for tool in tools if _live(tool)]
    for one in servers:
        form = ours if one.server == OURS else "mcp__{server}__{tool}"
        names.append("mcp__*" if one.server == "*" else form.format(server=one.server, tool=one.tool))
    return ", ".join(dict.fromkeys(names)) if names else []
