"""`backcheck agents contract`: what a definition promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backcheck.cli.agents._shown import FORMAT, Format, as_json, table
from backcheck.escape import printable

if TYPE_CHECKING:
    from backcheck.definitions.contract import BoundLine


def contract(
    wanted: Annotated[str, typer.Argument(metavar="PATH|NAME", help="A definition, or a shipped agent.")],
    form: FORMAT = Format.TERMINAL,
) -> None:
    """Show what a definition promises, and which items judge each line; the others are manual."""
    from backcheck.definitions.account import contract_account
    from backcheck.definitions.agents import find_agent
    from backcheck.definitions.contract import bind_contract
    from backcheck.definitions.items import load_items

    agent = find_agent(wanted)
    items = load_items()
    if form is Format.JSON:
        as_json(contract_account(agent, items))
        return
    if agent.contract.is_empty:
        typer.echo(f"{printable(agent.name)}: the contract is empty: the text promises nothing, so it decides nothing")
        return
    bound = bind_contract(agent.contract, items)
    table(("line", "part", "says", "judged by"), (_bound_row(line) for line in bound.lines))
    typer.echo(f"\n{len(bound.lines)} lines, bound to {len(bound.items)} items; {len(bound.manual)} are manual.")
    for clash in agent.contract.contradictions:
        typer.echo(
            f"Lines {clash.first.line} and {clash.second.line} contradict each other on {printable(clash.metric)}."
        )


def _bound_row(line: BoundLine) -> tuple[str, str, str, str]:
    return (str(line.entry.line), line.part, line.entry.text, ", ".join(line.bound) or "manual")


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(contract)
