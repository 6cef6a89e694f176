"""GitHub Copilot and VS Code: `.github/agents/<name>.agent.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.lowering.bringing import brings
from backcheck.definitions.lowering.exported import Effect, Exported, Loss, Place
from backcheck.definitions.lowering.fields import unkept
from backcheck.definitions.lowering.granted import granted
from backcheck.definitions.lowering.models import foreign_model
from backcheck.definitions.lowering.naming import slug
from backcheck.definitions.lowering.vocabulary import needed, vocabulary
from backcheck.definitions.lowering.writing import front_matter

if TYPE_CHECKING:
    from backcheck.definitions.agents import Agent

PLACE = Place(".github/agents", ".copilot/agents", ".agent.md", also=(".claude/agents",))
_LONGEST = 30_000
"""Characters of a prompt that GitHub takes."""

_OWN = ("argument-hint", "agents", "user-invocable", "disable-model-invocation", "handoffs", "target", "mcp-servers")

_TYPES = frozenset({"local", "stdio", "http", "sse"})


def lower(agent: Agent) -> Exported:
    """Return the agent as Copilot reads it. Without a `tools` line it has every tool, with an empty one none."""
    given = granted(agent)
    fields: dict[str, object] = {"name": agent.name, "description": agent.description}
    losses = list(given.losses)
    if not given.limited:
        losses += needed(given)
    else:
        fields["tools"], said = vocabulary("copilot").named(given)
        losses += said
    spawned = [tool.pattern for tool in given.tools if tool.name == "Agent" and tool.pattern]
    if spawned and "agents" not in agent.fields:
        losses.append(
            Loss(Effect.CHANGES, "Agent(…)", "which agents it may start is not lowered; name them in `agents`")
        )
    kept = [key for key in _OWN if key in agent.fields and (key != "mcp-servers" or _servers(agent.fields[key]))]
    fields |= {key: agent.fields[key] for key in kept}
    model = agent.fields.get("model") if isinstance(agent.fields.get("model"), list) else foreign_model(agent.model)
    if model:
        fields["model"] = model
        kept.append("model")
    losses += [*unkept(agent, *kept), *brings(fields)]
    if len(agent.body) > _LONGEST:
        losses.append(
            Loss(
                Effect.LOSES,
                f"{len(agent.body)} characters of text",
                f"GitHub takes {_LONGEST}; VS Code takes them all",
            )
        )
    path = f"{PLACE.project}/{slug(agent.name)}{PLACE.ending}"
    return Exported(agent.name, path, front_matter(fields, agent.body), tuple(losses))


def _servers(value: object) -> bool:
    """Whether Copilot takes these servers: for one without `tools` or of another type its CLI refuses the whole file."""
    entries = value.values() if isinstance(value, dict) else [None]
    return all(
        isinstance(one, dict) and one.get("type") in _TYPES and isinstance(one.get("tools"), list) for one in entries
    )
