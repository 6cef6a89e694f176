"""Cursor: `.cursor/agents/<name>.md`, as its documentation of 2026-11 tells; the client itself was not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.lowering.exported import Effect, Exported, Loss, Place
from backcheck.definitions.lowering.fields import unkept
from backcheck.definitions.lowering.granted import Granted, granted
from backcheck.definitions.lowering.models import foreign_model
from backcheck.definitions.lowering.naming import slug
from backcheck.definitions.lowering.vocabulary import needed
from backcheck.definitions.lowering.writing import front_matter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent

PLACE = Place(".cursor/agents", ".cursor/agents", also=(".claude/agents",))

_ALWAYS = {
    "Read": "read files",
    "Grep": "search files",
    "Bash": "run commands",
    "WebSearch": "search the net",
}
"""What a sub-agent of Cursor inherits, by the tool that would give it."""


def lower(agent: Agent) -> Exported:
    """Return the agent as Cursor reads it. It knows no list of tools: `readonly` is the one restriction."""
    given = granted(agent)
    name = slug(agent.name).replace("_", "-")
    fields: dict[str, object] = {"name": name, "description": agent.description}
    losses = [*given.losses]
    if name != agent.name:
        losses.append(Loss(Effect.CHANGES, f"name: {agent.name}", f"it is called {name} there"))
    kept = ["readonly", "is_background"]
    if model := foreign_model(agent.model):
        fields["model"] = model
        kept.append("model")
    planning = agent.fields.get("permissionMode") == "plan"
    readonly = planning or not given.edits or agent.fields.get("readonly") is True
    if readonly:
        fields["readonly"] = True
        kept += ["permissionMode"] if planning else []
    if agent.fields.get("background") is True or agent.fields.get("is_background") is True:
        fields["is_background"] = True
        kept.append("background")
    losses += [*_tools(given, readonly=readonly), *unkept(agent, *kept)]
    return Exported(name, f"{PLACE.project}/{name}{PLACE.ending}", front_matter(fields, agent.body), tuple(losses))


def _tools(given: Granted, *, readonly: bool) -> Iterator[Loss]:
    extra = [can for tool, can in _ALWAYS.items() if not given.gives(tool)]
    if given.limited and extra:
        yield Loss(Effect.GAINS, "tools beyond its list", f"it can also {', '.join(extra)}")
    if given.limited:
        yield Loss(Effect.GAINS, "MCP tools", "it can use every tool of every server that Cursor has")
    if readonly and given.gives("Bash"):
        yield Loss(
            Effect.LOSES, "Bash", "no tool of it edits, so it is read-only: commands that change anything are refused"
        )
    for tool in given.tools:
        if tool.pattern and tool.name not in given.forbidden:
            yield Loss(Effect.GAINS, f"{tool.name}({tool.pattern})", "no pattern holds it back")
    yield from needed(given)
