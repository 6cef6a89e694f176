"""The toolbox as MCP tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mcp.types as wire

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

    from backcheck.definitions.tools import ToolPage
    from backcheck.toolbox import Toolbox


class Tools:
    """Lists and calls the tools of one toolbox."""

    def __init__(self, toolbox: Toolbox) -> None:
        """Serve ``toolbox``."""
        self._toolbox = toolbox

    async def list(
        self, _context: ServerRequestContext[Any], _params: wire.PaginatedRequestParams | None
    ) -> wire.ListToolsResult:
        """Give every tool, in the order of their names: a client's prompt cache depends on a stable order."""
        pages = self._toolbox.pages
        return wire.ListToolsResult(tools=[_described(pages[name]) for name in sorted(pages)])

    async def call(
        self, _context: ServerRequestContext[Any], params: wire.CallToolRequestParams
    ) -> wire.CallToolResult:
        """Call a tool. Its refusal is a result that says so; only our own fault becomes a protocol error.

        Text alone, without structured content: a client that gets both shows its model only one of them.
        """
        result = await self._toolbox.call(params.name, params.arguments or {})
        return wire.CallToolResult(
            content=[wire.TextContent(type="text", text=encodable(result.text))], is_error=not result.ok
        )


def encodable(text: str) -> str:
    """Return the text without lone surrogates: one of them in an answer ends the SDK's stdio server."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _described(page: ToolPage) -> wire.Tool:
    return wire.Tool(
        name=page.name,
        title=page.title,
        description=page.description,
        input_schema=page.input_schema,
        annotations=wire.ToolAnnotations.model_validate(page.annotations),
    )
