"""A tool of an MCP server that the definition does not bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that names tools of MCP servers: whether it names the servers too."""
    for definition, agent in definitions.equipped:
        names = [name for name in definition.loaded.tools.written or () if name.startswith("mcp__")]
        if not names:
            continue
        needed = dict.fromkeys(name.split("__")[1] for name in names)
        brought = _servers(agent.fields.get("mcpServers"))
        missing = [server for server in needed if server not in brought and server != "*"]
        if missing:
            told = ", ".join(f"`{server}`" for server in missing)
            count = sum(name.split("__")[1] in missing for name in names)
            tools = "a tool is" if count == 1 else f"{count} tools are"
            servers = "server" if len(missing) == 1 else "servers"
            reason = f"it needs the MCP {servers} {told} of whoever starts it; without, {tools} left out without a word"
            yield failed(definition, reason, at=definition.at("tools"))
        else:
            yield passed(definition, "it brings the MCP servers of its tools")


def _servers(value: object) -> set[str]:
    match value:
        case dict():
            return {str(name) for name in value}
        case list():
            return {name for entry in value for name in _servers(entry)}
        case str():
            return {name.strip() for name in value.split(",")}
        case _:
            return set()
