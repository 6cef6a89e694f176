"""What a definition says of tools under any key: lists of what is allowed, lists of what is not, in every spelling.

A client reads `tools` and `disallowedTools`, and grants everything where the key is misspelt. Our own runner reads a file as a
careful person does, so that no slip of the pen grants what its author forbids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import tool_names
from backcheck.definitions.agents.restrictions import ALLOWING, DENYING, letters
from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.definitions.agents import Agent

_BARE_ALLOWING = frozenset({"allow", "allowed", "allowlist", "whitelist"})
_BARE_DENYING = frozenset(
    {"deny", "denied", "disallow", "disallowed", "forbid", "forbidden", "block", "blocked", "denylist", "blacklist"}
)
"""Keys that speak of tools where their values are names of tools."""

_MODES = frozenset({"access", "sandbox", "sandboxmode", "mode", "permission", "permissions", "permissionmode"})
_NO_TOOL = frozenset(
    {"allow", "defaultmode", "additionaldirectories"}
    | {"externaldirectory", "doomloop", "question", "skill", "lsp", "codesearch"}
)
"""Letters of words in a map of permissions that stand for no tool of ours: settings of Claude Code, tools of opencode."""

_SWITCH = re.compile(
    r"(?P<no>no|deny|disallow|forbid|disable|without|block)?(?:allow|can|may|enable|use|permit)?(?P<tool>.+)"
)
_DEPTH = 6
_READING = re.compile(r"plan\w*|(?:read|view)(?:only)?\w*mode|(?:read|view)(?:only)?|(?:read|view)only\w*")
_KEY = re.compile(r"(?<!\S)(?P<key>[A-Za-z][\w-]*) ?[:=](?!//)")
_ON = frozenset({"true", "yes", "on", "allow", "allowed", "always", "enabled", "1"})
_OFF = frozenset({"false", "no", "off", "deny", "denied", "never", "disabled", "0", "none", "null", "ask", ""})
"""`ask` is off: nobody can be asked in a run."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One key of the definition that speaks of tools."""

    key: str
    names: tuple[str, ...]
    unmet: tuple[str, ...] = ()
    """Names that are allowed under a condition, which cannot be held to."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Everything that a definition says of tools."""

    allowed: tuple[Wish, ...]
    """Only what all of these name is allowed; empty where the definition leaves the choice to us."""
    denied: tuple[Wish, ...]
    read_only: bool
    """Whether it asks to change nothing: `readonly: true`, `permissionMode: plan`, `sandbox_mode: read-only`."""


def wishes(agent: Agent) -> Wishes:
    """Return what the definition says of tools.

    Raises `UsageError` for a key that speaks of tools in a way that nobody can be sure of.
    """
    _refuse_swallowed(agent)
    allowed: list[Wish] = []
    denied: list[Wish] = []
    read_only = False
    for key, value in _entries(agent.fields):
        plain = letters(key)
        if plain in _MODES and _READING.fullmatch(letters(value)):
            read_only = True
        elif plain in {"readonly", "isreadonly"}:
            read_only = read_only or not _is_off(value)
        elif plain in {"permission", "permissions"}:
            denied += _permissions(key, value, agent)
            allowed += _permitted(key, value, agent)
        elif switched := _switched_off(plain, value):
            denied.append(Wish(key, switched))
        elif _denies(plain, value):
            denied.append(Wish(key, tuple(_names(value, agent, taken=True))))
        elif _allows(plain, value):
            allowed.append(_allowed(key, value, agent))
            if isinstance(value, dict) and "*" in allowed[-1].names:
                denied.append(Wish(key, tuple(str(name) for name, word in value.items() if not _is_on(word))))
        elif "tool" in plain and not plain.startswith("mcp") and key in agent.fields:
            raise UsageError(
                f"{agent.path}: the key {key!r} says something of tools that this runner does not know",
                help="name what is allowed under `tools`, and what is not under `disallowedTools`",
            )
    _refuse_doubled(agent, (*allowed, *denied))
    return Wishes(tuple(allowed), tuple(denied), read_only)


def _refuse_doubled(agent: Agent, said: Iterable[Wish]) -> None:
    """Refuse a list of tools that stands twice: a reader takes the last, and its author may have meant the first."""
    doubled = {recovery.line for recovery in agent.recoveries if recovery.rule == "duplicate-key"}
    for wish in said:
        span = agent.spans.get(wish.key)
        if span and span.line in doubled:
            raise UsageError(f"{agent.path}:{span.line}: {wish.key!r} stands twice", help="keep the one that is meant")


def is_misspelt(key: str) -> bool:
    """Whether a key looks as if it restricted tools and is none that a client reads: `allowed-tools`, `disallowed_tools`."""
    return key not in {"tools", "disallowedTools"} and _nearest(letters(key)) is not None


def _entries(fields: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, object]]:
    """Give each key with its value, and what maps inside say of tools: a merge key (`<<`), a folder of settings.

    A server's own list of tools (`mcpServers`) speaks of that server's.
    """
    for key, value in fields.items():
        plain = letters(str(key))
        if depth == 0 or (_nearest(plain) and _are_tools(value)) or plain in {"permission", "permissions"}:
            yield str(key), value
        if plain.startswith(("mcp", "hook", "permission")) or _nearest(plain) or depth == _DEPTH:
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from _entries(part, 0 if key == "<<" and depth == 0 else depth + 1)


def _nearest(plain: str) -> str | None:
    """Return the key that restricts tools of which these are the letters, or nearly."""
    known = ALLOWING | DENYING
    return plain if plain in known else next(iter(get_close_matches(plain, sorted(known), n=1, cutoff=0.85)), None)


def _denies(plain: str, value: object) -> bool:
    return _nearest(plain) in DENYING or (plain in _BARE_DENYING and _are_tools(value))


def _allows(plain: str, value: object) -> bool:
    return _nearest(plain) in ALLOWING or (plain in _BARE_ALLOWING and _are_tools(value))


def _are_tools(value: object) -> bool:
    return any(catalogue().knows(name.partition("(")[0]) for name in tool_names(value))


def _allowed(key: str, value: object, agent: Agent) -> Wish:
    if not isinstance(value, dict):
        return Wish(key, tuple(_names(value, agent)))
    on = tuple(str(name) for name, word in value.items() if _is_on(word))
    return Wish(key, on, tuple(str(name) for name, word in value.items() if not _is_on(word) and not _is_off(word)))


def _permissions(key: str, value: object, agent: Agent) -> Iterator[Wish]:
    """Give what permissions take away: `{edit: deny}` of opencode, `{deny: [Bash]}` of a client's settings, a bare `deny`."""
    if isinstance(value, str | bool) and _is_off(value):
        yield Wish(key, ("*",))
    for name, word in _pairs(value):
        plain = letters(str(name))
        if plain in {"deny", "ask"}:
            yield Wish(f"{key}.{name}", tuple(_names(word, agent, taken=True)))
        elif plain == "edit" and not _is_on(word):
            yield Wish(f"{key}.{name}", ("Write", "Edit"))  # this word of opencode stands for every change of a file
        elif plain not in _NO_TOOL and not _is_on(word):
            yield Wish(f"{key}.{name}", (str(name),))


def _permitted(key: str, value: object, agent: Agent) -> Iterator[Wish]:
    """Give what permissions name as allowed: `{allow: [Read]}`, `[read]`. A client asks a person for the rest, here is none."""
    if isinstance(value, list) and any(isinstance(entry, str) for entry in value) and _are_tools(value):
        yield Wish(key, tuple(_names([entry for entry in value if isinstance(entry, str)], agent)))
    for name, word in _pairs(value):
        if letters(str(name)) == "allow" and _are_tools(word):
            yield Wish(f"{key}.{name}", tuple(_names(word, agent, taken=True)))


def _pairs(value: object) -> Iterator[tuple[object, object]]:
    """Give the entries of a map, or of the maps in a list."""
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            yield from part.items()


def _switched_off(plain: str, value: object) -> tuple[str, ...]:
    """Return the tools that a key of its own switches off: `bash: false`, `allow_bash: no`, `no-write: true`."""
    match = _SWITCH.fullmatch(plain)
    tool = _tools_by_letters().get(match["tool"]) if match else None
    if match is None or tool is None or not isinstance(value, str | bool | int):
        return ()
    if not (_is_on(value) if match["no"] else _is_off(value) and value != ""):
        return ()
    return (tool, "Edit") if tool == "Write" else (tool,)


@cache
def _tools_by_letters() -> dict[str, str]:
    """Return every name of a tool by its letters; a live one goes before a foreign one."""
    return {letters(name): name for name in reversed(catalogue().names())}


def _is_on(value: object) -> bool:
    return isinstance(value, str | int) and str(value).strip().casefold() in _ON


def _is_off(value: object) -> bool:
    return value is None or (isinstance(value, str | int) and str(value).strip().casefold() in _OFF)


def _names(value: object, agent: Agent, *, taken: bool = False) -> Iterator[str]:
    """Give the names in a text, a list, or a map of switches; ``taken`` counts a name whatever its switch says.

    Raises `UsageError` for brackets that do not match: they held a condition.
    """
    match value:
        case str() if letters(value) in {"none", "nothing", "null"} or value.strip() in {"", "[]", "{}", "~"}:
            return
        case str():
            if value.count("(") != value.count(")") or re.search(r"\([^()]*\(|\s\(|^\(", value):
                raise UsageError(
                    f"{agent.path}: the brackets in the tools {value!r} do not match",
                    help="write a pattern as `Bash(git:*)`, without a space before it or brackets in it",
                )
            yield from tool_names(value)
        case list():
            for entry in value:
                yield from _names(entry, agent, taken=taken)
        case dict():
            yield from (str(name) for name, word in value.items() if taken or _is_on(word))
        case _:
            yield from tool_names(value)


def _refuse_swallowed(agent: Agent) -> None:
    """Raise `UsageError` where mending a file may have lost a restriction to the text above it.

    In a front matter that is no YAML an unknown `word:` below an open description is text, and a misspelt restriction is one;
    so is any key that stands further in than the others.
    """
    for key, value in agent.fields.items() if agent.recoveries else ():
        for match in _KEY.finditer(value) if isinstance(value, str) else ():
            if match["key"] in {"tools", "disallowedTools"} or is_misspelt(match["key"]):
                raise UsageError(
                    f"{agent.path}: the text of {key!r} holds {match['key'] + ':'!r}, which may be meant as a key",
                    help="mend the front matter, and name what is forbidden under `disallowedTools`",
                )
