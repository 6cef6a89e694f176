"""`backcheck mcp`: the MCP server on standard input and output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def mcp(
    workspace: Annotated[Path, typer.Option("--workspace", "-w", help="The folder that the tools work in.")] = Path(),
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Offer no tool that changes anything: no write, edit, bash, docs.")
    ] = False,
) -> None:
    """Serve the tools, agents and pages to an MCP client on standard input and output."""
    from backcheck.serve import serve_stdio
    from backcheck.toolbox import Toolbox, reading_tools
    from backcheck.workspace import Workspace

    serve_stdio(Toolbox(Workspace(workspace), reading_tools() if read_only else None))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(mcp)
