"""`backcheck agents list`: the definitions that are in force here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcheck.cli._output import emit
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
    table,
)
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.scopes import Listed, Scope


def list_agents(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of the project.")] = Path(),
    client: Annotated[str, typer.Option("--client", help="Client that loads them.")] = "claude-code",
    form: PAGE_FORMAT = PageFormat.TERMINAL,
    schema: SCHEMA = False,
) -> None:
    """List the agents of backcheck, of the project (.claude/agents) and of the user (~/.claude/agents).

    By scope, then by `priority` (high, medium, low), then by name. A name in the project hides the same name of the user.
    """
    from backcheck.definitions.clients import measured
    from backcheck.definitions.roster import account
    from backcheck.definitions.roster.scopes import Scope, listed

    if schema:
        emit(account.schema("list"))
        return
    if not directory.is_dir():
        raise UsageError(f"there is no folder {str(directory)!r}", help="name a folder of the project")
    client = measured(client)
    agents = listed(directory, client)
    roster = {scope.value: sum(_roster(agents, scope).values()) for scope in Scope}
    match form:
        case PageFormat.JSON:
            as_json({"client": client, "agents": [_plain(one) for one in agents], "roster_tokens": roster})
        case PageFormat.HTML:
            from backcheck.definitions.roster.cards import card, page

            cards = (card(one.account, _badges(one)) for one in agents)
            emit(page(f"Agents in {client}", cards, _summary(roster)))
        case _:
            _print(agents)
            say("", f"{client}: {_summary(roster)}")


def _roster(agents: tuple[Listed, ...], scope: Scope) -> dict[str, int]:
    """Return the tokens of each name that the client has in this scope; of several with one name it keeps one."""
    found: dict[str, int] = {}
    for one in agents:
        if one.scope is scope and one.in_roster:
            found[one.name] = max(found.get(one.name, 0), one.account["tokens"]["roster"])
    return found


def _plain(one: Listed) -> dict[str, Any]:
    return {
        "scope": one.scope.value,
        "file": str(one.path),
        "name": one.name,
        "description": one.description,
        "outcome": one.account["outcome"],
        "reason": one.account["reason"],
        "model": one.account["model"]["written"],
        "color": one.color,
        "priority": one.priority,
        "shadowed_by": str(one.shadowed_by) if one.shadowed_by else None,
        "collides_with": [str(path) for path in one.collides_with],
        "tokens": one.account["tokens"],
    }


def _print(agents: tuple[Listed, ...]) -> None:
    from backcheck.definitions.roster.cards import can
    from backcheck.definitions.roster.colours import nearest

    wide = is_wide()
    head = ("agent", "scope", "", "priority", "model", "roster", *(("can",) if wide else ()))
    rows = (
        (
            marked(one.name, nearest(one.color)),
            one.scope.value,
            outcome(one.account["outcome"]),
            one.priority or "",
            one.account["model"]["written"] or "inherit",
            str(one.account["tokens"]["roster"]) if one.in_roster else "",
            *((can(one.account) if one.account["outcome"] != "dead" else "",) if wide else ()),
        )
        for one in agents
    )
    table(head, rows, whole=6)
    if notes := [note for one in agents for note in _notes(one)]:
        say("", *dict.fromkeys(notes))


def _notes(one: Listed) -> Iterator[str]:
    """Give a line for whatever keeps the client from having the definition as it stands."""
    if one.account["reason"]:
        yield f"{one.name}: {one.account['outcome']}: {one.account['reason']} ({short(one.path)})"
    if one.shadowed_by:
        yield f"{one.name}: {short(one.path)} is hidden by {short(one.shadowed_by)}"
    if one.collides_with:
        files = ", ".join(short(path) for path in sorted((one.path, *one.collides_with)))
        yield f"{one.name}: {len(one.collides_with) + 1} files have this name, and the client keeps one of them: {files}"


def _badges(one: Listed) -> Iterator[str]:
    yield one.scope.value
    if one.priority:
        yield f"priority {one.priority}"
    if one.shadowed_by:
        yield f"hidden by {short(one.shadowed_by)}"
    if one.collides_with:
        yield f"one of {len(one.collides_with) + 1} with this name"


def _summary(roster: dict[str, int]) -> str:
    own = roster["project"] + roster["user"]
    return (
        f"about {own:,} tokens in every conversation (project {roster['project']:,}, user {roster['user']:,}); "
        f"{roster['shipped']:,} more with backcheck's plug-in"
    )


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("list")(list_agents)
