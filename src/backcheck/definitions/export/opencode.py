"""opencode: `.opencode/agents/<name>.md`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.definitions.lowering.exported import Effect, Exported, Loss, Place
from backcheck.definitions.lowering.fields import positive, unkept
from backcheck.definitions.lowering.granted import Tool, granted
from backcheck.definitions.lowering.models import provider_model
from backcheck.definitions.lowering.naming import slug
from backcheck.definitions.lowering.vocabulary import needed, vocabulary
from backcheck.definitions.lowering.writing import front_matter
from backcheck.definitions.running.models import as_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.lowering.granted import Granted

PLACE = Place(".opencode/agents", ".config/opencode/agents", variable="XDG_CONFIG_HOME", below="opencode/agents")

_COLOURS = {
    "red": "#dc2626", "blue": "#2563eb", "green": "#16a34a", "yellow": "#ca8a04",
    "purple": "#9333ea", "orange": "#ea580c", "pink": "#db2777", "cyan": "#0891b2",
}  # fmt: skip
"""opencode refuses its whole configuration for a colour by name."""

_SECRETS = {"*": "allow", "*.env": "ask", "*.env.*": "ask", "*.env.example": "allow"}
"""opencode's own rules on reading. A plain `read: allow` after `"*": deny` would open `.env` files without a question."""


def lower(agent: Agent) -> Exported:
    """Return the agent as opencode reads it: what was not granted is denied, by the last rule that matches."""
    given = granted(agent)
    name = slug(agent.name)
    mode = agent.fields.get("mode")
    fields: dict[str, object] = {
        "description": agent.description,
        "mode": mode if mode in ("primary", "subagent", "all") else "subagent",
    }
    losses = list(given.losses)
    if name != agent.name:
        losses.append(Loss(Effect.CHANGES, f"name: {agent.name}", f"it is called {name} there"))
    kept = ["mode"]
    if model := provider_model(agent.model):
        fields["model"] = model
        kept.append("model")
        if model != agent.model:
            losses.append(
                Loss(Effect.CHANGES, f"model: {agent.model}", f"it is {model} there, by the list of {as_of()}")
            )
    elif agent.model and agent.model.lower() == "inherit":
        kept.append("model")
    if turns := positive(agent.fields.get("maxTurns", agent.fields.get("steps"))):
        fields["steps"] = turns
        kept += ["maxTurns", "steps"]
    temperature = agent.fields.get("temperature")
    if isinstance(temperature, int | float) and not isinstance(temperature, bool):
        fields["temperature"] = temperature
        kept.append("temperature")
    colour = str(agent.color or "").lower()
    if hexed := colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else _COLOURS.get(colour):
        fields["color"] = hexed
        kept.append("color")
    permission, said = _permission(agent, given)
    if permission:
        fields["permission"] = permission
    if agent.fields.get("permissionMode") == "plan":
        kept.append("permissionMode")
    losses += [*said, *unkept(agent, *kept)]
    return Exported(name, f"{PLACE.project}/{name}{PLACE.ending}", front_matter(fields, agent.body), tuple(losses))


def _permission(agent: Agent, given: Granted) -> tuple[dict[str, object], list[Loss]]:
    words = vocabulary("opencode")
    rules: dict[str, object] = {}
    losses: list[Loss] = []
    if given.everything:
        losses += needed(given)
    else:
        names, said = words.named(_without_patterns(given))
        losses += said
        rules = {"*": "deny", **{name: _SECRETS if name == "read" else "allow" for name in names}}
        if names:
            rules["external_directory"] = "ask"  # as without the list: the deny above would take it too
        rules |= _patterns(given.tools, "deny", "allow")
    for tool in dict.fromkeys(tool.name for tool in given.denied if not tool.pattern):
        if tool in words.tools:
            rules |= dict.fromkeys(words.tools[tool], "deny")
            losses += _taken_too(given, tool)
    rules |= {
        name: rule for name, rule in _patterns(given.denied, "allow", "deny").items() if rules.get(name) != "deny"
    }
    rules |= {name: "deny" for one in given.denied_servers if (name := words.server_name(one))}
    if agent.fields.get("permissionMode") == "plan":
        rules |= {"edit": "deny", "bash": "deny"}
    return rules, losses


def _without_patterns(given: Granted) -> Granted:
    """Return the grant with plain tools: opencode has patterns of its own for commands and agents."""
    plain = tuple(Tool(tool.name, "" if tool.name in {"Bash", "Agent"} else tool.pattern) for tool in given.tools)
    return replace(given, tools=plain)


def _patterns(tools: Iterable[Tool], otherwise: str, then: str) -> dict[str, object]:
    """Return the rules on commands and agents: `Bash(git:*)` is `git *`, `Agent(a, b)` names two agents."""
    rules: dict[str, dict[str, str]] = {}
    plain = {tool.name for tool in tools if not tool.pattern}
    for tool in tools:
        if tool.name in plain or tool.name not in {"Bash", "Agent"}:
            continue
        key = "bash" if tool.name == "Bash" else "task"
        for pattern in _each(tool):
            rules.setdefault(key, {"*": otherwise})[pattern] = then
    return dict(rules)


def _each(tool: Tool) -> Iterator[str]:
    if tool.name == "Agent":
        yield from (name.strip() for name in tool.pattern.split(",") if name.strip())
    elif tool.pattern.endswith(":*"):
        yield tool.pattern.removesuffix(":*")
        yield f"{tool.pattern.removesuffix(':*')} *"
    else:
        yield tool.pattern


def _taken_too(given: Granted, tool: str) -> Iterator[Loss]:
    words = vocabulary("opencode")
    for name in words.tools[tool]:
        others = [
            other for other in words.covers(name) if other != tool and given.gives(other) and other != "NotebookEdit"
        ]
        if others and given.everything:
            yield Loss(Effect.LOSES, ", ".join(others), f"{name!r} rules {tool} and {others[0]} alike")
