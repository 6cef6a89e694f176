"""What a definition brings into a client besides text: commands that run unasked, servers that start, questions that nobody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.lowering.exported import Effect, Loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_UNASKED = {
    "bypassPermissions": "nobody is asked before a tool runs, whatever it is",
    "acceptEdits": "nobody is asked before it changes a file",
    "auto": "the client decides by itself what is asked",
}


def brings(fields: Mapping[str, object]) -> Iterator[Loss]:
    """Give what these fields, as a client will read them, let happen on the user's machine."""
    mode = fields.get("permissionMode")
    if isinstance(mode, str) and mode in _UNASKED:
        yield Loss(Effect.BRINGS, f"permissionMode: {mode}", _UNASKED[mode])
    hooks = fields.get("hooks")
    for event, entry in hooks.items() if isinstance(hooks, dict) else ():
        for command in dict.fromkeys(_commands(entry)):
            yield Loss(Effect.BRINGS, f"hooks: {event}", f"runs without a question: {command}")
    if hooks and not (isinstance(hooks, dict) and any(True for entry in hooks.values() for _ in _commands(entry))):
        yield Loss(Effect.BRINGS, "hooks", "what they run is for you to read")
    for key in ("mcpServers", "mcp-servers"):
        for name, command in _servers(fields.get(key)):
            yield Loss(Effect.BRINGS, f"{key}: {name}", f"connects the server {command}".rstrip())


def _commands(entry: object, depth: int = 0) -> Iterator[str]:
    """Give what a hook runs, wherever it stands: a command, a URL, a prompt."""
    match entry:
        case dict() if depth < 8:
            words = [str(entry[key]) for key in ("command", "url", "prompt") if isinstance(entry.get(key), str)]
            yield from words
            for value in entry.values():
                yield from _commands(value, depth + 1)
        case list() if depth < 8:
            for value in entry:
                yield from _commands(value, depth + 1)


def _servers(value: object) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for name, entry in value.items():
                yield str(name), _started(entry)
        case list():
            for entry in value:
                if isinstance(entry, str):
                    yield entry, "of that name in the client's settings"
                else:
                    yield from _servers(entry)


def _started(entry: object) -> str:
    if not isinstance(entry, dict):
        return ""
    arguments = entry.get("args")
    words = [entry.get("command"), *(arguments if isinstance(arguments, list) else ()), entry.get("url")]
    return " ".join(str(word) for word in words if isinstance(word, str | int))
