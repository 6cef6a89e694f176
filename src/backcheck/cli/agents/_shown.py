"""How the commands on definitions show what they found: a table for a person, JSON for a program."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


class Format(StrEnum):
    """Who reads the output: a person or a program."""

    TERMINAL = "terminal"
    JSON = "json"


FORMAT = Annotated[Format, typer.Option("--format", help="terminal or json.")]
_WIDTH = 110


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, header: bool = True) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=header, pad_edge=not header, padding=(0, 2, 0, 0))
    for title in head:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(" ".join(printable(cell).split())) for cell in row))
    console = Console(width=None if Console().is_terminal else _WIDTH, highlight=False)
    console.print(table)


def as_json(content: dict[str, Any]) -> None:
    typer.echo(json.dumps(content, indent=2))
