"""`backcheck agents contract`: what a definition promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backcheck.cli._output import emit
from backcheck.cli.agents._named import one_path
from backcheck.cli.agents._shown import FORMAT, SCHEMA, Format, as_json, table
from backcheck.errors import UsageError
from backcheck.escape import printable

if TYPE_CHECKING:
    from backcheck.definitions.contract import BoundLine, DocumentRule, Promise, Rule, Target


def contract(
    wanted: Annotated[str, typer.Argument(metavar="PATH|NAME", help="A definition, or the name of an agent.")] = "",
    form: FORMAT = Format.TERMINAL,
    schema: SCHEMA = False,
) -> None:
    """Show what a definition promises, and which items judge each line; the others are manual."""
    from backcheck.definitions.agents import load_agent
    from backcheck.definitions.contract import bind_contract
    from backcheck.definitions.items import load_items
    from backcheck.definitions.roster.account import contract_account
    from backcheck.definitions.roster.account import schema as published

    if schema:
        emit(published("contract"))
        return
    if not wanted:
        raise UsageError("no definition is named", help="name a file or an agent; `backcheck agents list` lists them")
    agent = load_agent(one_path(wanted))
    items = load_items()
    if form is Format.JSON:
        as_json(contract_account(agent, items))
        return
    if agent.contract.is_empty:
        typer.echo(f"{printable(agent.name)}: the contract is empty: the text promises nothing, so it decides nothing")
        return
    bound = bind_contract(agent.contract, items, agent.name)
    for part, title in _PARTS.items():
        if rows := [_row(line) for line in bound.lines if line.part == part]:
            table(("line", f"{title} ({len(rows)})", "judged by"), rows)
            typer.echo()
    judged = len(bound.lines) - sum(1 for line in bound.lines if not line.bound)
    items_named = "1 item" if len(bound.items) == 1 else f"{len(bound.items)} items"
    typer.echo(f"{printable(agent.name)}: {len(bound.lines)} entries, {judged} judged by {items_named}.")
    if judged < len(bound.lines):
        typer.echo("For the others a person has to look.")
    for clash in agent.contract.contradictions:
        typer.echo(
            f"Lines {clash.first.line} and {clash.second.line} contradict each other: "
            f"{printable(clash.first.asked)}, {printable(clash.second.asked)}."
        )


_PARTS = {
    "items": "checklist",
    "promises": "promises",
    "targets": "targets",
    "rules": "rules of work",
    "documents": "documents",
}
"""What each part of a contract is called, in the order in which they are shown."""


def _row(line: BoundLine) -> tuple[str, str, str]:
    return (str(line.entry.line), _said(line.entry), ", ".join(line.bound) or "–")  # noqa: RUF001 - a dash for nothing


def _said(entry: Promise | Rule | Target | DocumentRule) -> str:
    """Return what an entry says; of a target how it was read, of a rule on documents what it rules."""
    from backcheck.definitions.contract import DocumentRule, Rule, Target

    match entry:
        case Target():
            also = f" (also line {', '.join(map(str, entry.also))})" if entry.also else ""
            return f"{entry.asked}{f', {entry.scope}' if entry.scope else ''}{also}"
        case DocumentRule():
            return f"{entry.kind}: {entry.value}"
        case Rule(when=when) if when and when.casefold() not in entry.text.casefold():
            return f"{entry.text} (when {when})"
        case _:
            return entry.text


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(contract)
