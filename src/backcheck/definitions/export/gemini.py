"""Gemini CLI: `.gemini/agents/<name>.md`. Its reader refuses a file for one unknown key or tool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.definitions.lowering.exported import Effect, Exported, Loss, Place
from backcheck.definitions.lowering.fields import positive, unkept
from backcheck.definitions.lowering.granted import granted
from backcheck.definitions.lowering.models import foreign_model
from backcheck.definitions.lowering.naming import slug
from backcheck.definitions.lowering.vocabulary import needed, vocabulary
from backcheck.definitions.lowering.writing import front_matter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent

PLACE = Place(".gemini/agents", ".gemini/agents")

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_GIVEN = frozenset({"query"})
"""Placeholders that Gemini fills in; any other ends the run before it begins."""


def lower(agent: Agent) -> Exported:
    """Return the agent as Gemini reads it. Without `tools` it has every tool, with an empty list none."""
    given = granted(agent)
    name = slug(agent.name)
    fields: dict[str, object] = {"name": name, "description": agent.description, "kind": "local"}
    losses = list(given.losses)
    if name != agent.name:
        losses.append(Loss(Effect.CHANGES, f"name: {agent.name}", f"it is called {name} there"))
    if not given.limited:
        losses += needed(given)
    else:
        tools, said = vocabulary("gemini").named(given)
        refused = [tool for tool in tools if tool.startswith("mcp__")]
        fields["tools"] = [tool for tool in tools if tool not in refused]
        losses += [*said, *(Loss(Effect.LOSES, tool, "Gemini refuses the name") for tool in refused)]
        losses += _ambiguous(tools)
    kept = []
    if model := foreign_model(agent.model, "gemini-"):
        fields["model"] = model
        kept.append("model")
    turns = positive(agent.fields.get("maxTurns", agent.fields.get("max_turns")))
    if turns:
        fields["max_turns"] = turns
        kept += ["maxTurns", "max_turns"]
    temperature = agent.fields.get("temperature")
    if isinstance(temperature, int | float) and not isinstance(temperature, bool):
        fields["temperature"] = temperature
        kept.append("temperature")
    losses += unkept(agent, *kept, "kind")
    losses += _placeholders(agent)
    return Exported(name, f"{PLACE.project}/{name}{PLACE.ending}", front_matter(fields, agent.body), tuple(losses))


def _ambiguous(tools: list[str]) -> Iterator[Loss]:
    """Gemini takes what stands before the first `_` for the server, so that a wildcard misses a server with one in its name."""
    for tool in tools:
        if tool.startswith("mcp_") and tool.endswith("_*") and tool.count("_") > 2:
            yield Loss(Effect.LOSES, tool, "Gemini finds no server with `_` in its name by a wildcard; name its tools")


def _placeholders(agent: Agent) -> Iterator[Loss]:
    for number, line in enumerate(agent.body.split("\n"), agent.body_line):
        unfilled = [match[0] for match in _PLACEHOLDER.finditer(line) if match[1] not in _GIVEN]
        if unfilled:
            why = f"Gemini takes it for a placeholder (line {number}) and ends the run; write it otherwise there"
            yield Loss(Effect.LOSES, unfilled[0], why)
