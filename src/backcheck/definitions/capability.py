"""What an agent may really use in our own runner. It never fails open: what cannot be given is reported, not replaced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.definitions.agents import Agent

DEFAULT = ("read", "write", "edit", "grep", "glob", "bash")
"""What an agent without a `tools` field gets: files of its private copy, and commands in the sandbox."""

BACKEND = ("routes", "audit", "explain", "docs")
"""Our own tools on the Backend; in a client they are named `mcp__<server>__<tool>`."""

_OURS = re.compile(rf"mcp__(?:plugin_backcheck_)?backcheck__({'|'.join(BACKEND)}|\*)")


@dataclass(frozen=True, slots=True)
class Lost:
    """A tool that the definition names and the agent does not get."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What one agent may use."""

    tools: tuple[str, ...]
    """Names in the toolbox, each once."""
    lost: tuple[Lost, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """Names as written, and the toolbox names they stand for today (`MultiEdit`, `edit`)."""
    stated: str = ""
    """A sentence where the definition leaves the choice to us; empty where it names its tools."""


def grant(agent: Agent) -> Grant:
    """Return what the agent may use here.

    No `tools` field gives `DEFAULT`, an empty one gives nothing. Raises `UsageError` for a name that nobody knows, in a
    list of what is allowed as in one of what is not: a misspelt restriction must not grant what it forbids.
    """
    denied = set(_resolved(agent, agent.disallowed, closed=False).tools)
    if agent.tools is None:
        given = Grant(DEFAULT, stated=f"no tools are named, so it gets the default: {', '.join(DEFAULT)}")
    else:
        given = _resolved(agent, agent.tools, closed=True)
    return Grant(tuple(tool for tool in given.tools if tool not in denied), given.lost, given.renamed, given.stated)


def _resolved(agent: Agent, names: Iterable[str], *, closed: bool) -> Grant:
    tools: list[str] = []
    lost: list[Lost] = []
    renamed: list[tuple[str, str]] = []
    for name in names:
        match _resolve(agent, name, closed=closed):
            case str(why):
                lost.append(Lost(name, why))
            case found:
                tools += found
                renamed += [(name, tool) for tool in found if len(found) == 1 and name.lower() != tool]
    return Grant(tuple(dict.fromkeys(tools)), tuple(lost), tuple(renamed))


def _resolve(agent: Agent, name: str, *, closed: bool) -> tuple[str, ...] | str:
    """Return the toolbox names that a written name stands for, or why there is none."""
    plain, bracket, _ = name.partition("(")
    if ours := _OURS.fullmatch(name):
        return BACKEND if ours[1] == "*" else (ours[1],)
    if name in BACKEND:
        return (name,)
    if name == "*":
        return (*DEFAULT, *BACKEND)
    if name.startswith("mcp__"):
        return f"no MCP server {name.split('__')[1]!r} is connected here"
    if not catalogue().knows(plain):
        raise _unknown(agent, plain)
    today = catalogue().today(plain)
    tool = catalogue().tool(today) if today else None
    if today is None:
        return "it was retired and nothing took its place"
    if tool is None:
        return f"this runner has no {today}"
    if bracket and closed:
        return "a pattern in brackets cannot be held to here; name the whole tool, it runs in the sandbox"
    return (tool,)


def _unknown(agent: Agent, name: str) -> UsageError:
    close = get_close_matches(name, [*catalogue().names(), *BACKEND], n=3)
    hint = f"did you mean {', '.join(close)}?" if close else f"name tools such as {', '.join(catalogue().live[:6])}"
    return UsageError(f"{agent.path}: the agent {agent.name!r} names an unknown tool {name!r}", help=hint)
