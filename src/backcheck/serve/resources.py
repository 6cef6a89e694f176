"""Pages, agents and the last report as MCP resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mcp.types as wire
from mcp.shared.exceptions import MCPError

from backcheck.definitions.agents import shipped_agents
from backcheck.definitions.items import load_items
from backcheck.serve.tools import encodable
from backcheck.toolbox import last_report

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

    from backcheck.toolbox import Toolbox

_MARKDOWN = "text/markdown"
_JSON = "application/json"
LAST_REPORT = "reports://last"


class Resources:
    """Lists and reads what a client may quote: `checklists://AREA/ID`, `agents://NAME`, `reports://last`."""

    def __init__(self, toolbox: Toolbox) -> None:
        """Read the shipped pages and agents; the last report is the toolbox's own."""
        self._toolbox = toolbox
        self._pages = {
            f"checklists://{item.area}/{item.id}": (item.title, item.page.path) for item in load_items().values()
        } | {f"agents://{agent.name}": (agent.description, agent.path) for agent in shipped_agents()}

    async def list(
        self, _context: ServerRequestContext[Any], _params: wire.PaginatedRequestParams | None
    ) -> wire.ListResourcesResult:
        """Give every page and agent, and the last report once there is one."""
        resources = [
            wire.Resource(uri=uri, name=uri.partition("://")[2], description=about, mime_type=_MARKDOWN)
            for uri, (about, _) in sorted(self._pages.items())
        ]
        if last_report(self._toolbox.workspace) is not None:
            resources.append(
                wire.Resource(
                    uri=LAST_REPORT, name="last", description="The report of the last audit, as JSON.", mime_type=_JSON
                )
            )
        return wire.ListResourcesResult(resources=resources)

    async def templates(
        self, _context: ServerRequestContext[Any], _params: wire.PaginatedRequestParams | None
    ) -> wire.ListResourceTemplatesResult:
        """Give none: every resource is listed by its own name."""
        return wire.ListResourceTemplatesResult(resource_templates=[])

    async def read(
        self, _context: ServerRequestContext[Any], params: wire.ReadResourceRequestParams
    ) -> wire.ReadResourceResult:
        """Give one resource's text. Only listed names are known: a path never enters here."""
        uri = str(params.uri)
        report = last_report(self._toolbox.workspace)
        if uri == LAST_REPORT and report is not None:
            text, kind = report, _JSON
        elif uri in self._pages:
            text, kind = self._pages[uri][1].read_text(encoding="utf-8"), _MARKDOWN
        else:
            raise MCPError(wire.INVALID_PARAMS, f"no resource {uri!r}; resources/list names them all")
        return wire.ReadResourceResult(
            contents=[wire.TextResourceContents(uri=uri, mime_type=kind, text=encodable(text))]
        )
