"""Codex CLI: `.codex/agents/<name>.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.lowering.exported import Effect, Exported, Loss, Place
from backcheck.definitions.lowering.fields import unkept
from backcheck.definitions.lowering.granted import Granted, granted
from backcheck.definitions.lowering.models import foreign_model
from backcheck.definitions.lowering.naming import slug
from backcheck.definitions.lowering.vocabulary import needed
from backcheck.definitions.lowering.writing import toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent

PLACE = Place(".codex/agents", ".codex/agents", ".toml", variable="CODEX_HOME")

_EFFORTS = {"low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "xhigh"}
_ALWAYS = {"Bash": "run commands", "Read": "read files", "Grep": "search files", "Agent": "start other agents"}
"""What every agent of Codex can do, by the tool that would give it."""

_HAS = frozenset({"Read", "Write", "Edit", "NotebookEdit", "Grep", "Glob", "Bash", "WebSearch", "Agent", "TodoWrite"})
"""Tools of Claude Code whose work Codex can do."""


def lower(agent: Agent) -> Exported:
    """Return the agent as Codex reads it. It knows no list of tools: the sandbox is the one restriction that it holds."""
    given = granted(agent)
    fields: dict[str, object] = {"name": agent.name.strip(), "description": agent.description}
    losses = [*given.losses, *_tools(given)]
    kept = []
    model = foreign_model(agent.model, "gpt-", "o1", "o3", "o4", "codex")
    if model:
        fields["model"] = model
        kept.append("model")
    effort = str(agent.fields.get("effort", "")).lower()
    if effort in _EFFORTS:
        fields["model_reasoning_effort"] = _EFFORTS[effort]
        kept.append("effort")
        if effort != _EFFORTS[effort]:
            losses.append(Loss(Effect.CHANGES, f"effort: {effort}", f"the highest of Codex is {_EFFORTS[effort]}"))
    planning = agent.fields.get("permissionMode") == "plan"
    if planning or not given.edits:
        fields["sandbox_mode"] = "read-only"
        kept += ["permissionMode"] if planning else []
    elif not given.everything or given.denied:
        fields["sandbox_mode"] = "workspace-write"
    if not given.gives("WebSearch"):
        fields["web_search"] = "disabled"
    body = agent.body
    if not body.strip():
        body = agent.description
        losses.append(
            Loss(Effect.CHANGES, "an empty text", "Codex refuses one, so the description is its instructions")
        )
    losses += unkept(agent, *kept)
    path = f"{PLACE.project}/{slug(agent.name)}{PLACE.ending}"
    return Exported(agent.name.strip(), path, toml(fields, "developer_instructions", body), tuple(losses))


def _tools(given: Granted) -> Iterator[Loss]:
    extra = [can for tool, can in _ALWAYS.items() if not given.gives(tool)]
    if given.limited and extra:
        yield Loss(Effect.GAINS, "tools beyond its list", f"it can also {', '.join(extra)}")
    if given.limited:
        yield Loss(Effect.GAINS, "MCP tools", "it can use every tool of every server that Codex has")
    if given.edits and not given.gives("Write", "Edit"):
        yield Loss(Effect.GAINS, "Write, Edit", "the sandbox knows files, not kinds of them")
    if given.gives("Bash") and not given.edits:
        yield Loss(
            Effect.LOSES, "Bash", "no tool of it edits, so its commands cannot write: no build output, no caches"
        )
    for tool in given.tools:
        if tool.name not in _HAS and tool.name not in given.forbidden:
            yield Loss(Effect.LOSES, tool.name, "Codex has no such tool")
        elif tool.pattern:
            yield Loss(Effect.GAINS, f"{tool.name}({tool.pattern})", "no pattern holds it back")
    yield from needed(given)
