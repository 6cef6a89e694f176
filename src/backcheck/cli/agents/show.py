"""`backcheck agents show`: what a client makes of definitions."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcheck.cli._output import emit
from backcheck.cli.agents._named import paths
from backcheck.cli.agents._shown import (
    PAGE_FORMAT,
    SCHEMA,
    PageFormat,
    as_json,
    is_wide,
    marked,
    outcome,
    say,
    short,
    show_card,
    table,
)
from backcheck.errors import ExitCode, UsageError
from backcheck.escape import printable

if TYPE_CHECKING:
    from rich.text import Text

_NAMES = 3
"""How many names a summary tells that several files share."""


def show(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|NAME...", help="Definitions, folders, or names of agents."),
    ] = None,
    client: Annotated[
        str, typer.Option("--client", help="Client that loads them; without @VERSION the newest that was measured.")
    ] = "claude-code",
    form: PAGE_FORMAT = PageFormat.TERMINAL,
    schema: SCHEMA = False,
) -> int:
    """Show what a client makes of definitions: whether they load, what the agents may really do, what they cost.

    A file may have any ending. Of a folder, every `.md` file counts, and each `.txt`, `.mdc`, `.markdown` (in capitals too)
    that names and describes an agent; links are not followed. Tokens are estimates. Exit code 2 where a word leads to nothing.
    """
    from backcheck.definitions.clients import measured
    from backcheck.definitions.roster import account

    if schema:
        emit(account.schema("show"))
        return ExitCode.OK
    if not wanted:
        raise UsageError(
            "no definition is named", help="name files, folders or agents; `backcheck agents list` lists them"
        )
    accounts, code = _accounts(wanted, measured(client))
    match form, accounts:
        case PageFormat.JSON, _:
            as_json({"agents": accounts})
        case PageFormat.HTML, _:
            _print_page(accounts)
        case _, [one]:
            from backcheck.definitions.roster.cards import card

            show_card(card(one))
        case _, [_, *_]:
            _print_table(accounts)
        case _:
            pass
    return code


def _accounts(wanted: list[str], client: str) -> tuple[list[dict[str, Any]], ExitCode]:
    """Return the account of every file once; a word that leads to nothing is told, and ends nothing."""
    from backcheck.definitions.roster.account import account, dead

    accounts: dict[str, dict[str, Any]] = {}
    code = ExitCode.OK
    for word in wanted:
        try:
            found = paths(word)
        except UsageError as error:
            code = ExitCode.USAGE
            sys.stderr.write(f"error: {printable(str(error), keep='')}\nhelp: {printable(error.help, keep='')}\n")
            if not Path(word).is_dir():
                accounts.setdefault(word, dead(word, client, str(error)))
            continue
        for path in found:
            if str(path) not in accounts:
                accounts[str(path)] = account(path, client)
    return list(accounts.values()), code


def _print_page(accounts: list[dict[str, Any]]) -> None:
    from backcheck.definitions.roster.cards import card, page

    title = f"Agents in {accounts[0]['client']}" if accounts else "Agents"
    emit(page(title, map(card, accounts), _summary(accounts)))


def _print_table(accounts: list[dict[str, Any]]) -> None:
    table(("agent", "", "roster", "file", "can"), map(_row, accounts), whole=4)
    say("", f"{accounts[0]['client']}: {_summary(accounts)}")


def _row(one: dict[str, Any]) -> tuple[str | Text, ...]:
    from backcheck.definitions.roster.cards import can, card

    shown = card(one)
    losses = ", ".join(loss["what"] for loss in one["capability"]["lost"])
    lost = f"; lost {losses}" if losses else ""
    gained = "; gained what it forbids" if one["tools"]["gained"] else ""
    told = f"{can(one)}{lost}{gained}" if one["outcome"] == "loads" else one["reason"]
    roster = str(one["tokens"]["roster"]) if one["outcome"] != "dead" else ""
    path = Path(one["file"])
    file = short(path) if is_wide() else path.name
    return marked(shown.title, shown.colour), outcome(one["outcome"]), roster, file, told


def _summary(accounts: list[dict[str, Any]]) -> str:
    names = Counter(one["name"] for one in accounts if one["name"] is not None)
    count = {word: sum(one["outcome"] == word for one in accounts) for word in ("loads", "changed", "dead")}
    tokens = sum(one["tokens"]["roster"] for one in accounts)
    files = f"{len(accounts)} {'file' if len(accounts) == 1 else 'files'}"
    twice = [(name, number) for name, number in names.most_common() if number > 1]
    shared = "".join(f"; {number} are called {printable(name, keep='')!r}" for name, number in twice[:_NAMES])
    shared += f"; {len(twice) - _NAMES} more names are taken twice" if len(twice) > _NAMES else ""
    shared += ": of a name that is taken twice in one folder, the client keeps one file" if twice else ""
    return (
        f"{files}: {count['loads']} load, {count['changed']} changed, {count['dead']} dead; "
        f"about {tokens:,} tokens in every conversation{shared}"
    )


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(show)
