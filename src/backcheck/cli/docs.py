"""`backcheck docs`: documents from the code and the verdicts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from backcheck.errors import UsageError


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no date", help="write it as YYYY-MM-DD") from error


def new(
    kind: Annotated[str, typer.Argument(help="api-specification or security-report.")],
    path: Annotated[Path, typer.Argument(help="Root of the repository.")] = Path(),
    api: Annotated[str, typer.Option("--api", help="Name of the API in the file's name: orders, shop-admin.")] = "api",
    day: Annotated[str, typer.Option("--date", help="Date in the file's name, YYYY-MM-DD; today if not given.")] = "",
    checklist: Annotated[
        str, typer.Option("--checklist", help="What a security report is judged against; ci by default.")
    ] = "",
) -> None:
    """Write one dated document into docs/specifications or docs/technical; nothing that exists is overwritten."""
    from backcheck.docs import Kind, new_document, write

    if kind not in set(Kind):
        raise UsageError(f"no document kind {kind!r}", help=f"there are: {', '.join(Kind)}")
    when = _day(day) if day else datetime.now().astimezone().date()
    typer.echo(write(path, new_document(Kind(kind), path, api=api, day=when, checklist=checklist)))


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Write documents from the code and the verdicts.", no_args_is_help=True)
    group.command("new")(new)
    group.callback()(lambda: None)  # keeps `new` a sub-command while it is the only one
    app.add_typer(group, name="docs")
