"""`backcheck agents show`: what a client makes of definitions."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backcheck.cli.agents._named import paths
from backcheck.cli.agents._shown import FORMAT, Format, as_json, table
from backcheck.escape import printable


def show(
    wanted: Annotated[
        list[str], typer.Argument(metavar="PATH|NAME...", help="Definitions, folders, or shipped agents.")
    ],
    client: Annotated[
        str, typer.Option("--client", help="Client and version that loads them.")
    ] = "claude-code@2.1.329",
    form: FORMAT = Format.TERMINAL,
) -> None:
    """Show what a client makes of definitions: whether they load, and what the agents may really do."""
    from backcheck.definitions.account import account

    accounts = [account(path, client) for name in wanted for path in paths(name)]
    if form is Format.JSON:
        as_json({"agents": accounts})
        return
    for number, one in enumerate(accounts):
        if number:
            typer.echo()
        _print_account(one)


def _print_account(one: dict[str, Any]) -> None:
    tools = one["tools"]
    written = (
        "not named: all that the client has" if tools["written"] is None else ", ".join(tools["written"]) or "none"
    )
    rows = [
        ("file", one["file"]),
        ("client", f"{one['client']}: {one['outcome']}" + (f" ({one['reason']})" if one["reason"] else "")),
        ("description", one["description"] or ""),
        ("tools written", written),
        ("gets", ", ".join(tools["effective"]) or "none"),
        ("loses", ", ".join(tools["lost"])),
        ("gains", ", ".join(tools["gained"])),
        ("unknown", ", ".join(tools["unknown"])),
        ("mended", ", ".join(f"{entry['rule']} (line {entry['line']})" for entry in one["recoveries"])),
    ]
    typer.echo(printable(one["name"] or "(no agent)"))
    table(("", ""), ((label, value) for label, value in rows if value), header=False)


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(show)
