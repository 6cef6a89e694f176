"""`backcheck agents`: what definitions say, what clients make of them, and what they promise."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcheck.errors import UsageError
from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.binding import BoundLine


class Format(StrEnum):
    """Who reads the output: a person or a program."""

    TERMINAL = "terminal"
    JSON = "json"


_FORMAT = Annotated[Format, typer.Option("--format", help="terminal or json.")]
_WIDTH = 110


def list_agents(form: _FORMAT = Format.TERMINAL) -> None:
    """List the agents that backcheck ships."""
    from backcheck.definitions.agents import shipped_agents

    agents = shipped_agents()
    if form is Format.JSON:
        _json({"agents": [{"name": a.name, "description": a.description, "file": str(a.path)} for a in agents]})
        return
    _table(
        ("agent", "model", "tools", "contract", "used for"),
        (
            (
                agent.name,
                agent.model or "inherited",
                "default" if agent.tools is None else str(len(agent.tools)),
                f"{sum(1 for _ in agent.contract.lines())} lines",
                agent.description.split("Example")[0].split(". ")[0].strip().rstrip("."),
            )
            for agent in agents
        ),
    )


def show(
    wanted: Annotated[
        list[str], typer.Argument(metavar="PATH|NAME...", help="Definitions, folders, or shipped agents.")
    ],
    client: Annotated[
        str, typer.Option("--client", help="Client and version that loads them.")
    ] = "claude-code@2.1.329",
    form: _FORMAT = Format.TERMINAL,
) -> None:
    """Show what a client makes of definitions: whether they load, and what the agents may really do."""
    from backcheck.definitions.account import account

    accounts = [account(path, client) for name in wanted for path in _paths(name)]
    if form is Format.JSON:
        _json({"agents": accounts})
        return
    for number, one in enumerate(accounts):
        if number:
            typer.echo()
        _print_account(one)


def contract(
    wanted: Annotated[str, typer.Argument(metavar="PATH|NAME", help="A definition, or a shipped agent.")],
    form: _FORMAT = Format.TERMINAL,
) -> None:
    """Show what a definition promises, and which items judge each line; the others are manual."""
    from backcheck.definitions.account import contract_account
    from backcheck.definitions.agents import find_agent
    from backcheck.definitions.binding import bind_contract
    from backcheck.definitions.items import load_items

    agent = find_agent(wanted)
    items = load_items()
    if form is Format.JSON:
        _json(contract_account(agent, items))
        return
    if agent.contract.is_empty:
        typer.echo(f"{printable(agent.name)}: the contract is empty: the text promises nothing, so it decides nothing")
        return
    bound = bind_contract(agent.contract, items)
    _table(("line", "part", "says", "judged by"), (_bound_row(line) for line in bound.lines))
    typer.echo(f"\n{len(bound.lines)} lines, bound to {len(bound.items)} items; {len(bound.manual)} are manual.")
    for clash in agent.contract.contradictions:
        typer.echo(
            f"Lines {clash.first.line} and {clash.second.line} contradict each other on {printable(clash.metric)}."
        )


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Read agent definitions: what they say, do and promise.", no_args_is_help=True)
    group.command("list")(list_agents)
    group.command("show")(show)
    group.command("contract")(contract)
    app.add_typer(group, name="agents")


def _paths(wanted: str) -> tuple[Path, ...]:
    from backcheck.definitions.agents import definition_paths, find_agent, shipped_agents

    path = Path(wanted)
    shipped = any(agent.name == wanted for agent in shipped_agents())
    if path.is_dir() and not shipped:
        if found := definition_paths(path):
            return found
        raise UsageError(f"no definition below {wanted!r}", help="name a folder that holds .md files")
    return (path,) if path.is_file() and not shipped else (find_agent(wanted).path,)


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
    _table(("", ""), ((label, value) for label, value in rows if value), header=False)


def _bound_row(line: BoundLine) -> tuple[str, str, str, str]:
    return (str(line.entry.line), line.part, line.entry.text, ", ".join(line.bound) or "manual")


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]], *, header: bool = True) -> None:
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


def _json(content: dict[str, Any]) -> None:
    typer.echo(json.dumps(content, indent=2))
