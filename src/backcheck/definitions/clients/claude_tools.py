"""Tools of a sub-agent as Claude Code 2.1.329 resolves them: measured by reading the requests of the sub-agents themselves."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import tool_names
from backcheck.definitions.agents.restrictions import ALLOWING, DENYING, letters
from backcheck.definitions.clients.loaded import Tools
from backcheck.definitions.clients.tool_catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.clients.tool_catalogue import Catalogue

_TOKEN = re.compile(r"(?:\([^)]*(?:\)|\Z)|[^ ,(])+")
"""Commas and spaces part names, save in brackets; brackets do not nest."""
_TRIMMED = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
_MEMORY = ("Write", "Edit", "Read")
"""A memory has to be kept: with the field `memory`, a list of tools gains these."""


def resolve(fields: dict[str, Any]) -> Tools:
    """Return the tools that a sub-agent with these fields gets in a session without MCP servers.

    They are those that its request carries and those that it may load by `ToolSearch`. No field `tools`, or a `*` in it,
    gives all; an empty field or one of the wrong type gives none, and so does a list in which no name is known.
    """
    known = catalogue()
    forbidden = tokens(fields.get("disallowedTools"))
    # A `*` there does not forbid everything: it makes the client forget the whole list.
    denied = set() if "*" in forbidden else {_plain(token, known) for token in forbidden}
    at_hand = [name for name in _at_hand(fields, known) if name not in denied]
    if "Bash" in denied:
        at_hand = [name for name in at_hand if known.entries["live"][name].get("needs") != "Bash"]
    written = tokens(fields["tools"]) if "tools" in fields else None
    if written is None or "*" in written:
        given = tuple(sorted(name for name in at_hand if known.given(name) != "named"))
        return Tools(written, given, gained=tuple(dict.fromkeys(_gained(fields, given, known))))
    return _named(written, at_hand, _added(fields, written, denied))


def tokens(value: object) -> tuple[str, ...]:
    """Return the names in a field as the client parts them; what is neither text nor a list of texts has none."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    found = (token.strip(_TRIMMED) for text in texts if isinstance(text, str) for token in _TOKEN.findall(text))
    return tuple(token for token in found if token)


def _plain(token: str, known: Catalogue) -> str:
    """Return the tool that a written name means to the client: without its pattern, and under its name of today."""
    name = token.partition("(")[0] if token.endswith(")") and not token.endswith("\\)") else token
    return str(known.entries["alias"].get(name, name))


def _at_hand(fields: dict[str, Any], known: Catalogue) -> list[str]:
    """Return the live tools that a sub-agent with these fields may have, its lists of tools apart."""
    behind = fields.get("background") is True or fields.get("background") == "true"
    ready = _ready(behind=behind, planning=fields.get("permissionMode") == "plan")
    model = fields.get("model")
    if not isinstance(model, str):
        return list(ready)
    never = ((name, known.entries["live"][name].get("never_with")) for name in ready)
    return [name for name, without in never if not without or without not in model.lower()]


@cache
def _ready(*, behind: bool, planning: bool) -> tuple[str, ...]:
    """Return the live tools that are given in the background or not, in plan mode or not. Nearly all agents share one answer."""
    known = catalogue()
    given = {"main": False, "servers": False, "windows": False, "foreground": not behind, "plan": planning}
    return tuple(name for name in known.live if given.get(known.given(name), True))


def _added(fields: dict[str, Any], written: tuple[str, ...], denied: set[str]) -> tuple[str, ...]:
    kept = isinstance(fields.get("tools"), str | list) and fields.get("memory") in ("user", "project", "local")
    return tuple(name for name in _MEMORY if kept and name not in written and name not in denied)


def _named(written: tuple[str, ...], at_hand: list[str], added: tuple[str, ...]) -> Tools:
    known = catalogue()
    effective: list[str] = []
    lost: list[str] = []
    unknown: list[str] = []
    meant = [_plain(token, known) for token in written]
    beside = "Bash" in meant and "Bash" in at_hand
    for token, plain in zip(written, meant, strict=True):
        # Builds for Linux and macOS make Grep and Glob commands inside Bash, and register neither beside it.
        if plain in at_hand and known.given(plain) != "unnamed" and not (beside and known.given(plain) == "named"):
            effective.append(plain)
        elif token.startswith("mcp__") or known.knows(token.partition("(")[0]):
            lost.append(token)
        else:
            unknown.append(token)
    # The client puts the two behind all others.
    effective = sorted(dict.fromkeys([*effective, *added]), key=lambda name: known.given(name) == "named")
    return Tools(written, tuple(effective), tuple(dict.fromkeys(lost)), (), tuple(dict.fromkeys(unknown)))


def _gained(fields: dict[str, Any], given: tuple[str, ...], known: Catalogue) -> Iterator[str]:
    """Yield what a restriction forbids that the client does not know, or whose names it does not know."""
    misspelt = {key: letters(key) for key in fields if key not in ("tools", "disallowedTools")}
    allowed = [name for key, plain in misspelt.items() if plain in ALLOWING for name in tool_names(fields[key])]
    if allowed and "tools" not in fields and "*" not in allowed:
        wanted = {_today(name, known) for name in allowed}
        yield from (name for name in given if name not in wanted)
    banned = [name for key, plain in misspelt.items() if plain in DENYING for name in tool_names(fields[key])]
    banned += tool_names(fields.get("disallowedTools"))
    yield from given if "*" in banned else ()
    yield from (name for name in (_today(name, known) for name in banned) if name in given)


def _today(name: str, known: Catalogue) -> str | None:
    plain = name.partition("(")[0]
    return known.today(plain) if known.knows(plain) else plain
