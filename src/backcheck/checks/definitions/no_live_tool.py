"""An agent that the client refuses to start, since none of its tools exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that names tools: whether the client has one of them."""
    for definition, _ in definitions.equipped:
        tools = definition.loaded.tools
        if not tools.written:
            continue
        if tools.effective:
            yield passed(definition, "some of its tools exist")
        elif any(name.startswith("mcp__") for name in tools.written):
            yield passed(definition, "its tools come from MCP servers")
        else:
            names = ", ".join(f"`{name}`" for name in tools.written[:5])
            yield failed(
                definition, f"the client has none of {names}, and refuses to start the agent", at=definition.at("tools")
            )
