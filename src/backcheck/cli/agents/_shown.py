"""How the commands on definitions show what they found: cards and tables for a person, JSON for a program."""

from __future__ import annotations

import io
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcheck.cli._output import emit, wants_colour, width
from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from rich.text import Text

    from backcheck.definitions.roster.cards import Card


class Format(StrEnum):
    """Who reads the output: a person or a program."""

    TERMINAL = "terminal"
    JSON = "json"


class PageFormat(StrEnum):
    """As `Format`, and a page for a browser."""

    TERMINAL = "terminal"
    JSON = "json"
    HTML = "html"


FORMAT = Annotated[Format, typer.Option("--format", help="terminal or json.")]
PAGE_FORMAT = Annotated[
    PageFormat, typer.Option("--format", help="terminal, json, or html: one page that needs nothing.")
]
SCHEMA = Annotated[bool, typer.Option("--schema", help="Print the JSON schema of `--format json` and leave.")]

_OUTCOMES = {"loads": "green", "changed": "yellow", "dead": "red"}
_WIDTH = 110
_ROOMY = 100
_NUMBERS = frozenset({"roster", "line"})
"""Heads of columns that hold numbers."""
_FIXED = _NUMBERS | {"", "scope", "priority", "model"}
"""Heads of columns of short words: half of one tells nothing."""
_SHORT = 280
"""Characters of a description that a terminal shows; JSON and HTML show all of them."""


def table(head: tuple[str, ...], rows: Iterable[tuple[str | Text, ...]], *, whole: int = 0) -> None:
    """Print rows of text; what would act in a terminal is shown as an escape. A cell may be ready-made.

    The first ``whole`` columns stay on one line each: what is too long for them ends in an ellipsis. The columns in
    ``_FIXED`` keep their width; the others share what is left, so that a long path leaves room for the words behind it.
    """
    from rich.table import Table

    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title in head:
        found.add_column(title, no_wrap=title in _FIXED, justify="right" if title in _NUMBERS else "left")
    for row in rows:
        found.add_row(*(_cell(cell, whole=number < whole) for number, cell in enumerate(row)))
    _draw(found)


def _cell(content: str | Text, *, whole: bool) -> Text:
    from rich.text import Text

    cell = content if isinstance(content, Text) else Text(" ".join(printable(content).split()))
    cell.no_wrap, cell.overflow = (True, "ellipsis") if whole else (False, "fold")
    return cell


def say(*lines: str) -> None:
    """Print lines of text, each wrapped between its words."""
    from rich.text import Text

    _draw(*(Text(printable(line, keep="")) for line in lines))


def short(path: Path) -> str:
    """Return a path as a person would write it: from the current folder, from the home, or whole."""
    from backcheck.settings import home_folder

    for base, mark in ((Path.cwd(), ""), (home_folder(), "~/")):
        if base is not None and path.is_absolute() and path.is_relative_to(base):
            return mark + str(path.relative_to(base))
    return str(path)


def is_wide() -> bool:
    """Whether a table has room for a column of words."""
    return _columns() >= _ROOMY


def marked(name: str, colour: str | None) -> Text:
    """Return a name behind a mark in its colour."""
    from rich.text import Text

    from backcheck.definitions.roster.colours import OFFICIAL

    mark = ("● ", OFFICIAL[colour].terminal) if colour else ("○ ", "dim")
    return Text.assemble(mark, (printable(" ".join(name.split()), keep=""), "bold"))


def outcome(word: str) -> Text:
    """Return what becomes of a file, in the colour of good or bad news."""
    from rich.text import Text

    return Text(word, _OUTCOMES[word])


def show_card(card: Card) -> None:
    """Print one card: a title, then label and text on each line."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    title = marked(card.title, card.colour)
    title.append("  ").append_text(outcome(card.outcome))
    if card.reason:
        title.append(f": {card.reason}")
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for label, text in (("file", card.file), *card.facts):
        facts.add_row(label, Text(text if label != "says" or len(text) <= _SHORT else f"{text[:_SHORT].rstrip()} …"))
    _draw(title, Padding(facts, (0, 0, 0, 2)))


def as_json(content: dict[str, Any]) -> None:
    """Print plain ASCII: a file name that is not UTF-8 stays as an escape."""
    emit(json.dumps(content, indent=2) + "\n")


def _columns() -> int:
    return width() if sys.stdout.isatty() else _WIDTH


def _draw(*parts: RenderableType) -> None:
    from rich.console import Console

    colour = wants_colour()
    drawn = io.StringIO()
    console = Console(
        file=drawn,
        width=_columns(),
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        emoji=False,
    )
    console.print(*parts, sep="\n")
    emit("".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines()))
