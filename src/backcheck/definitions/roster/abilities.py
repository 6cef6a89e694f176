"""What an agent can do in a client, in the words of a person: read, write, edit, search, execute, net, spawn, MCP servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.clients.tool_catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.definitions.clients import Tools

KINDS = ("read", "write", "edit", "search", "execute", "net", "spawn")
"""Everything that a built-in tool lets an agent do, in the order in which it is told."""

_WHOLE_FILES = "Write"
"""Writes files whole. Told apart from `edit`, which changes a place in a file: of 1,243 public definitions, 156 name MultiEdit
and no Edit, so that all they have left is to write each file anew."""

_KEPT = {
    "main": "stays with the main conversation",
    "plan": "is there in plan mode alone",
    "servers": "comes with a server that runs",
    "windows": "is there on Windows alone",
}
"""Why a live tool is not given, by what the catalogue says of it."""

EVERY_SERVER = "*"
"""Stands for whatever MCP servers are connected."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the definition asks for and the agent cannot do."""

    what: str
    """One of `KINDS`."""
    tool: str
    """The name in the file."""
    why: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an agent can do, what it lost, and what it gained against its author's will."""

    can: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    """The kinds that no tool of the agent gives; empty, as `can` is, where nobody can say."""
    lost: tuple[Loss, ...] = ()
    gained: tuple[str, ...] = ()
    """Kinds that only tools give which a restriction forbids, and the client does not read the restriction."""
    mcp: tuple[str, ...] = ()
    """Names of the MCP servers that it may use where they run; `EVERY_SERVER` for all of them."""


def abilities(tools: Tools, client: str) -> Abilities:
    """Return what these tools of a client come to; nothing for a client that has no catalogue of tools."""
    if client != catalogue().client:
        return Abilities()
    can = _kinds(tools.effective)
    beside = {name for name in tools.lost if _can(name) == "search"}
    if "execute" in can and beside and "Bash" in tools.effective:
        can |= {"search"}  # the client leaves Grep and Glob out beside Bash, because Bash has both as commands
    lost = (Loss(kind, name, _why(name)) for name in tools.lost if (kind := _can(name)) and kind not in can)
    return Abilities(
        _ordered(can),
        _ordered(set(KINDS) - can),
        tuple({loss.what: loss for loss in reversed(tuple(lost))}.values())[::-1],
        _ordered(_kinds(tools.gained) - _kinds(name for name in tools.effective if name not in tools.gained)),
        _servers(tools),
    )


def _kinds(names: Iterable[str]) -> set[str]:
    return {kind for name in names if (kind := _can(name))}


def _can(name: str) -> str | None:
    """Return what the live tool behind a name lets an agent do; None for a name that leads to none."""
    plain = name.partition("(")[0]
    live = catalogue().today(plain) if catalogue().knows(plain) else None
    if live is None:
        return None
    return "write" if live == _WHOLE_FILES else catalogue().can(live)


def _why(name: str) -> str:
    plain = name.partition("(")[0]
    entries = catalogue().entries
    if plain in entries["retired"]:
        return f"{plain} was retired"
    if plain in entries["foreign"]:
        return f"{plain} is a name of another client"
    given = entries["live"].get(str(entries["alias"].get(plain, plain)), {}).get("given", "")
    return f"{plain} {_KEPT.get(given, 'is forbidden again')}"


def _ordered(kinds: set[str]) -> tuple[str, ...]:
    return tuple(kind for kind in KINDS if kind in kinds)


def _servers(tools: Tools) -> tuple[str, ...]:
    """Return the servers that the tools name; an agent with every tool has every server."""
    if not tools.effective and not tools.written:
        return ()
    if tools.written is None or "*" in tools.written:
        return (EVERY_SERVER,)
    named = (name.split("__")[1] for name in tools.written if name.startswith("mcp__") and name.count("__") >= 1)
    return tuple(dict.fromkeys(EVERY_SERVER if server in {"", "*"} else server for server in named))
