"""The MCP server: the toolbox as tools, agents as prompts, pages, agents and the last report as resources.

The only room that imports mcp's server side. The low-level `Server` is used, since it gives exact schemas, a stable
order of tools, refusal of unknown arguments and our own error texts; both protocol eras come with it.
"""

from __future__ import annotations

import asyncio
import os
from threading import Timer
from typing import TYPE_CHECKING, cast

import anyio
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server

from backcheck import __version__
from backcheck.errors import ExitCode
from backcheck.serve.prompts import Prompts
from backcheck.serve.resources import Resources
from backcheck.serve.stdin import diverted_stdin, lines
from backcheck.serve.tools import Tools

if TYPE_CHECKING:
    from typing import Any

    from backcheck.toolbox import Toolbox

_GRACE = 2.0
"""Seconds that running tools have after Ctrl-C: to kill a command, to remove what was exported."""

_INSTRUCTIONS = """\
Tools for writing a backend and for knowing what was written. `routes` gives the code base's routes with their guards; \
`audit` judges it against a checklist and gives a verdict with places for each item; `explain` tells what an item \
checks and how to mend it. File tools work inside one workspace, `bash` in a sandbox without network. Audit after you \
changed code, mend what fails, and leave alone what is `manual` or `unknown` unless you can show evidence."""


def server(toolbox: Toolbox) -> Server[Any]:
    """Return the server over one toolbox."""
    tools, prompts, resources = Tools(toolbox), Prompts(), Resources(toolbox)
    return Server(
        "backcheck",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=tools.list,
        on_call_tool=tools.call,
        on_list_prompts=prompts.list,
        on_get_prompt=prompts.get,
        on_list_resources=resources.list,
        on_list_resource_templates=resources.templates,
        on_read_resource=resources.read,
    )


def serve_stdio(toolbox: Toolbox) -> None:
    """Serve on standard input and output until the client closes them, or Ctrl-C (`KeyboardInterrupt`)."""

    async def serve(descriptor: int) -> None:
        served = server(toolbox)
        # The SDK asks its input for nothing but its lines.
        stdin = cast("anyio.AsyncFile[str]", lines(descriptor))
        try:
            async with stdio_server(stdin) as (incoming, outgoing):
                await served.run(incoming, outgoing, served.create_initialization_options())
        except asyncio.CancelledError:
            _leave_soon()
            raise

    with diverted_stdin() as descriptor:
        anyio.run(serve, descriptor)


def _leave_soon() -> None:
    """Leave after a short grace whatever is still at work: an audit runs in a thread that nothing can stop."""
    timer = Timer(_GRACE, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    os.write(2, b"error: interrupted\n")
    os._exit(ExitCode.INTERRUPTED)
