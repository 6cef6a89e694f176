"""What an agent may really use in our own runner. It never fails open: what cannot be given is reported, not replaced."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.definitions.running.wishes import Wish, wishes
from backcheck.definitions.tools import load_tool_pages
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from backcheck.definitions.agents import Agent

DEFAULT = ("read", "write", "edit", "grep", "glob", "bash")
"""What an agent without a list of tools gets: files of its private copy, and commands in the sandbox."""

BACKEND = ("routes", "audit", "explain", "docs")
"""Our own tools on the Backend; in a client they are named `mcp__<server>__<tool>`."""

_SERVERS = ("mcp__backcheck", "mcp__plugin_backcheck_backcheck")
"""How our own MCP server is called in a project, and as a plug-in."""


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
    """A sentence where the definition leaves the choice to us, or a restriction is read where no client reads it."""


def grant(agent: Agent) -> Grant:
    """Return what the agent may use here.

    No list of tools gives `DEFAULT`, an empty one nothing; of several lists the agent gets what all of them name. A definition
    that asks to change nothing (`permissionMode: plan`) gets tools that only read. Raises `UsageError` for a name that nobody
    knows, in a list of what is allowed as in one of what is not: a misspelt restriction must not grant what it forbids.
    """
    said = wishes(agent)
    given = [_resolved(agent, wish, closed=True) for wish in said.allowed]
    tools = given[0].tools if given else DEFAULT
    denied = {tool for wish in said.denied for tool in _resolved(agent, wish, closed=False).tools}
    pages = load_tool_pages()
    return Grant(
        tuple(
            tool
            for tool in tools
            if tool not in denied
            and all(tool in other.tools for other in given)
            and (not said.read_only or pages[tool].reads_only)
        ),
        tuple(lost for one in given for lost in one.lost),
        tuple(dict.fromkeys(pair for one in given for pair in one.renamed)),
        "; ".join(_stated(agent, allowed=bool(given), read_only=said.read_only)),
    )


def _stated(agent: Agent, *, allowed: bool, read_only: bool) -> list[str]:
    said = [] if allowed else [f"no tools are named, so it starts from the default: {', '.join(DEFAULT)}"]
    if read_only:
        said.append(f"{agent.name!r} asks to change nothing, so it gets tools that only read")
    return said


def _resolved(agent: Agent, wish: Wish, *, closed: bool) -> Grant:
    tools: list[str] = []
    lost: list[Lost] = [Lost(name, "a condition in a map cannot be held to here") for name in wish.unmet]
    renamed: list[tuple[str, str]] = []
    for name in wish.names:
        match _resolve(agent, name, closed=closed):
            case str(why):
                lost.append(Lost(name, why))
            case found:
                tools += found
                renamed += [(name, tool) for tool in found if len(found) == 1 and name.lower() != tool]
    return Grant(tuple(dict.fromkeys(tools)), tuple(lost), tuple(renamed))


def _resolve(agent: Agent, name: str, *, closed: bool) -> tuple[str, ...] | str:
    """Return the toolbox names that a written name stands for, or why there is none.

    ``closed`` tells of a list of what is allowed: a pattern there grants nothing, and forbids the whole tool elsewhere.
    """
    plain, bracket, _ = name.partition("(")
    if bracket and closed:
        _known(agent, plain)
        return "a pattern in brackets cannot be held to here; name the whole tool, it runs in the sandbox"
    if plain == "*":
        return (*DEFAULT, *BACKEND)
    if plain in BACKEND:
        return (plain,)
    if plain.startswith("mcp__"):
        ours = _ours(plain)
        return ours or f"no MCP server {plain.split('__')[1]!r} is connected here"
    _known(agent, plain)
    foreign = catalogue().is_foreign(plain)
    today = catalogue().today(plain)
    tool = catalogue().tool(today) if today else None
    if today is None:
        return (
            "it is another client's, and none here is of its kind"
            if foreign
            else "it was retired and nothing took its place"
        )
    if tool == "edit" and foreign and not closed:
        return ("edit", "write")  # elsewhere one name stands for whatever changes a file
    return f"this runner has no {today}" if tool is None else (tool,)


def _ours(name: str) -> tuple[str, ...]:
    """Return our own tools that a name of MCP's form means: one tool, a pattern, or the bare name of the server."""
    return tuple(
        tool for tool in BACKEND if any(name == server or fnmatchcase(f"{server}__{tool}", name) for server in _SERVERS)
    )


def _known(agent: Agent, name: str) -> None:
    """Raise `UsageError` for a name that nobody knows, with the names that are near."""
    if name in BACKEND or name == "*" or name.startswith("mcp__") or catalogue().knows(name):
        return
    names = {known.casefold(): known for known in reversed((*catalogue().names(), *BACKEND))}  # the live ones go first
    close = [names[near] for near in get_close_matches(name.casefold(), names, n=3)]
    hint = f"did you mean {', '.join(close)}?" if close else f"name tools such as {', '.join(catalogue().live[:6])}"
    raise UsageError(f"{agent.path}: the agent {agent.name!r} names an unknown tool {name!r}", help=hint)
