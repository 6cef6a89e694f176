"""Claude Code: what the real client makes of a definition, measured with version 2.1.329."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import tool_names
from backcheck.definitions.agents.yaml_core import TagBlindLoader, read_mapping
from backcheck.definitions.clients.loaded import Loaded, Outcome, Tools
from backcheck.definitions.clients.tool_catalogue import catalogue

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("2.1.329",)

_BLOCK = re.compile(r"---\s*\n(?P<fields>.*?)\n?---\s*(?:\n|$)", re.DOTALL)
_SIMPLE = re.compile(r"(?P<key>[A-Za-z_-]+):\s+(?P<value>[^\r\n]+)")
_SPECIAL = re.compile(r"[{}\[\]*&#!|>%@`]|: ")


def load(content: bytes, path: Path, *, meant: str | None) -> Loaded:
    """Return what the client makes of a file; ``meant`` is the description that its author wrote, where one was found."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    fields, why = _fields(text, path)
    why = why or _refusal(fields)
    if why:
        return Loaded(Outcome.DEAD, why, None, None, Tools(None, ()))
    description = fields["description"]
    outcome, reason = Outcome.LOADS, ""
    if meant is not None and meant.split() != description.split():
        outcome = Outcome.CHANGED
        reason = f"the description is cut: {len(description)} of {len(meant)} characters"
    return Loaded(outcome, reason, fields["name"], description, resolve(fields))


def _fields(text: str, path: Path) -> tuple[dict[str, Any], str]:
    if path.suffix != ".md":
        return {}, f"the client reads .md files, not {path.suffix or 'files without an ending'!r}"
    match = _BLOCK.match(text)
    if match is None:
        return {}, "the file does not begin with a front matter between two lines '---'"
    block = match["fields"]
    parsed = _read(block)
    if parsed is None:
        parsed = _read("\n".join(_quoted(line) for line in block.split("\n")))
    return (
        ({}, "the front matter is not YAML, also with its one-line values quoted") if parsed is None else (parsed, "")
    )


def _refusal(fields: dict[str, Any]) -> str:
    name, description, hooks = (fields.get(key) for key in ("name", "description", "hooks"))
    if not isinstance(name, str) or not name:
        return "there is no name" if name is None else f"the name {name!r} is no text"
    if ":" in name:
        return f"the name {name!r} holds a colon, which is kept for plugins"
    if not isinstance(description, str) or not description:
        return "there is no description" if description in (None, "") else "the description is no text"
    return "hooks is no mapping" if hooks is not None and not isinstance(hooks, dict) else ""


def _quoted(line: str) -> str:
    """Quote a one-line value as the client does before it tries again: inner quotes escaped, backslashes not."""
    match = _SIMPLE.fullmatch(line)
    if not match or not _SPECIAL.search(match["value"]):
        return line
    value = match["value"]
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return line
    escaped = value.replace('"', r"\"")
    return f'{match["key"]}: "{escaped}"'


def resolve(fields: dict[str, Any]) -> Tools:
    """Return the tools that the client gives an agent with these fields."""
    live = catalogue().live
    denied = tuple(name.partition("(")[0] for name in tool_names(fields.get("disallowedTools")))
    if "tools" not in fields:
        misspelt = [key for key in ("allowed-tools", "allowedTools", "disallowed-tools") if key in fields]
        given = tuple(name for name in live if name not in denied)
        return Tools(None, given, gained=_forbidden(fields, given) if misspelt else ())
    value = fields["tools"]
    # A field that is empty or of the wrong type shows as "All tools" in the roster, and gives none at all.
    written = tool_names(value) if isinstance(value, str | list) else ()
    if "*" in written:
        return Tools(written, tuple(name for name in live if name not in denied))
    return _named(written, denied)


def _named(written: tuple[str, ...], denied: tuple[str, ...]) -> Tools:
    known = catalogue()
    effective: list[str] = []
    lost: list[str] = []
    unknown: list[str] = []
    for name in written:
        plain = name.partition("(")[0]
        plain = str(known.entries["alias"].get(plain, plain))
        if plain in known.live:
            # Builds for Linux and macOS alias both to commands inside Bash, and register neither beside it.
            hidden = plain in {"Grep", "Glob"} and "Bash" in written
            (lost if hidden or plain in denied else effective).append(name if hidden else plain)
        elif name.startswith("mcp__") or known.knows(plain):
            lost.append(name)
        else:
            unknown.append(name)
    return Tools(written, tuple(dict.fromkeys(effective)), tuple(lost), (), tuple(unknown))


def _forbidden(fields: dict[str, Any], given: tuple[str, ...]) -> tuple[str, ...]:
    wanted = {name for key in ("allowed-tools", "allowedTools") for name in tool_names(fields.get(key))}
    banned = set(tool_names(fields.get("disallowed-tools")))
    return tuple(name for name in given if name in banned or (wanted and name not in wanted))


def _read(block: str) -> dict[str, Any] | None:
    return read_mapping(block.replace("\t", "  "), TagBlindLoader)  # the client takes tabs as indentation
