"""A restriction under a name that the client does not read: the agent gets every tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.agents import tool_names
from backcheck.definitions.agents.restrictions import ALLOWING, DENYING, letters
from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.roster.gathering import Definition, Definitions
    from backcheck.findings import Judgement

_READ = ("tools", "disallowedTools")
_SHOWN = 4
_CHANGING = frozenset({"edit", "execute", "spawn"})


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that restricts its tools: whether it gets one that its author kept from it."""
    for definition, agent in definitions.equipped:
        misspelt = [
            key for key in agent.fields if key not in _READ and letters(key) in ALLOWING | DENYING | {"readonly"}
        ]
        keys = [*misspelt, *(key for key in _READ if key in agent.fields)]
        if not keys:
            continue
        gained = dict.fromkeys((*definition.loaded.tools.gained, *_gained(definition, agent, misspelt)))
        if gained:
            # A list that the client does read takes away what it names.
            ignored = [key for key in keys if key in misspelt or definition.spelt(key) != key] or ["disallowedTools"]
            yield failed(definition, _told(definition, ignored, list(gained)), at=definition.at(*ignored))
        else:
            yield passed(definition, "nothing is left that a restriction takes away")


def _told(definition: Definition, ignored: list[str], gained: list[str]) -> str:
    named = " and ".join(f"`{definition.spelt(key)}`" for key in ignored)
    some = ", ".join(f"`{name}`" for name in gained[:_SHOWN])
    more = f" and {len(gained) - _SHOWN} more" if len(gained) > _SHOWN else ""
    verb = "does not act on" if ignored == ["disallowedTools"] else "does not read"
    return f"the client {verb} {named}: the agent gets {some}{more} against its author's word"


def _gained(definition: Definition, agent: Agent, keys: list[str]) -> list[str]:
    known, tools = catalogue(), definition.loaded.tools
    allowed: set[str] = set()
    denied: set[str] = set()
    for key in keys:
        value = agent.fields[key]
        match letters(key):
            case "readonly":
                denied |= {name for name in known.live if value is True and known.can(name) in _CHANGING}
            case plain:
                (allowed if plain in ALLOWING else denied).update(name.partition("(")[0] for name in tool_names(value))
    unbound = not tools.written and allowed and "*" not in allowed
    return [name for name in tools.effective if name in denied or (unbound and name not in allowed)]
