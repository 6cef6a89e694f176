"""`backcheck routes`: the routes of a code base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcheck.cli._output import emit, width
from backcheck.errors import ExitCode


def routes(
    path: Annotated[Path, typer.Argument(help="The folder that holds the backend's source.")] = Path(),
    form: Annotated[str, typer.Option("--format", help="table, json or markdown.")] = "table",
) -> int:
    """Show every route with its handler, guards and authentication.

    Exit codes: 0 there are routes, 3 none was found.
    """
    from backcheck.overview import check_folder, render_routes, survey

    check_folder(path)
    backend = survey(path)
    emit(render_routes(backend, form, width=max(width(), 100)))
    return ExitCode.OK if backend.routes else ExitCode.UNDECIDED


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(routes)
