"""`backcheck tool`: one tool from the shell."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from backcheck.cli._output import emit
from backcheck.errors import ExitCode, UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(tool)


def tool(
    name: Annotated[str, typer.Argument(metavar="NAME", help="read, write, edit, grep, glob, bash, or a backend tool")],
    arguments: Annotated[
        str, typer.Argument(metavar="JSON", help="The tool's arguments; - reads standard input")
    ] = "{}",
    workspace: Annotated[Path, typer.Option("--workspace", "-w", help="The folder to work in")] = Path(),
    session: Annotated[
        Path | None, typer.Option("--session", help="Keep in this file what was read, so that stale writes are noticed")
    ] = None,
) -> int:
    """Call one tool and print {"ok": true|false, "text": …}; the exit code is 1 where it is not ok."""
    import asyncio

    from backcheck.toolbox import Toolbox
    from backcheck.workspace import Session, Workspace

    try:
        parsed = json.loads(sys.stdin.buffer.read() if arguments == "-" else arguments)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"the arguments are not JSON: {error}", help='quote them for the shell: \'{"path": "."}\''
        ) from error
    hands = Workspace(workspace, Session.load(session) if session else None)
    result = asyncio.run(Toolbox(hands, [name]).call(name, parsed))
    if session:
        hands.session.save(session)
    emit(json.dumps({"ok": result.ok, "text": result.text}) + "\n")
    return ExitCode.OK if result.ok else ExitCode.FAILED
