"""Accounts of definitions as plain data: what a client makes of one, and what its contract asks. Machines read them.

`agents-show.schema.json`, `agents-contract.schema.json` and `agents-list.schema.json` beside this file are the published
schemas of what the commands print; `backcheck agents show --schema` prints its own. Keys may be added, none is renamed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import MAX_BYTES, Agent, parse_agent, read_bytes, tool_names
from backcheck.definitions.clients import Loaded, Outcome, Tools, load_in, measured
from backcheck.definitions.contract import bind_contract
from backcheck.definitions.roster.abilities import Abilities, abilities
from backcheck.definitions.roster.cost import Cost, estimated_tokens, roster_line
from backcheck.definitions.running.models import ends, is_inherited, model_id, price
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backcheck.definitions.items import Item

_ENTRY = {
    "items": ("text", "line"),
    "promises": ("text", "line"),
    "rules": ("text", "line", "when"),
    "targets": ("metric", "operator", "value", "unit", "percentile", "scope", "line", "text", "also"),
    "documents": ("kind", "value", "text", "line"),
}
"""What each part of a contract shows of an entry, beside `bound`."""

_DEPTH = 8
_ROOM = 2 * MAX_BYTES
"""Characters and values that one account shows: more than any file holds, and a page of aliases can stand for millions."""


def schema(command: str) -> str:
    """Return the JSON schema of what `backcheck agents <command> --format json` prints."""
    return Path(__file__).with_name(f"agents-{command}.schema.json").read_text(encoding="utf-8")


def account(path: Path, client: str) -> dict[str, Any]:
    """Return what the client makes of a file, and what backcheck reads in it.

    `name`, `description` and `tools.effective` are what that client would use, `fields` what backcheck itself uses. A
    file that nobody can load is `dead` with the reason. Raises `UsageError` for a client that nobody measured.
    """
    client = measured(client)
    agent: Agent | None = None
    try:
        content = read_bytes(path)
    except UsageError as error:
        return dead(str(path), client, str(error))
    with suppress(UsageError):  # the client says why
        agent = parse_agent(content, path)
    loaded = load_in(client, content, path, meant=agent.description if agent else None)
    return _account(str(path), client, loaded, agent)


def dead(file: str, client: str, why: str) -> dict[str, Any]:
    """Return the account of a file that cannot even be read."""
    return _account(file, client, Loaded(Outcome.DEAD, why, None, None, Tools(None, ())), None)


def _account(file: str, client: str, loaded: Loaded, agent: Agent | None) -> dict[str, Any]:
    alive = loaded.outcome is not Outcome.DEAD
    cost = _cost(loaded, agent) if alive else Cost(0, 0)
    return {
        "file": file,
        "client": client,
        "outcome": loaded.outcome.value,
        "reason": loaded.reason,
        "name": loaded.name,
        "description": loaded.description,
        "fields": _plain(agent.fields, [_ROOM]) if agent else {},
        "spans": _spans(agent) if agent else {},
        "tools": _listed(asdict(loaded.tools)),
        "capability": _capability(abilities(loaded.tools, client) if alive else Abilities()),
        "model": _model(agent, cost if alive else None),
        "tokens": asdict(cost),
        "recoveries": [{"rule": entry.rule, "line": entry.line} for entry in agent.recoveries] if agent else [],
    }


def contract_account(agent: Agent, items: Mapping[str, Item]) -> dict[str, Any]:
    """Return the agent's contract with the items that answer each line; a line with an empty `bound` is manual."""
    parts: dict[str, Any] = {part: [] for part in _ENTRY}
    for line in bind_contract(agent.contract, items, agent.name).lines:
        entry = _listed({key: getattr(line.entry, key) for key in _ENTRY[line.part]})
        parts[line.part].append({**entry, "bound": list(line.bound)})
    parts["contradictions"] = [
        {"metric": pair.metric, "lines": [pair.first.line, pair.second.line]} for pair in agent.contract.contradictions
    ]
    return parts


def _capability(found: Abilities) -> dict[str, Any]:
    return {
        "can": list(found.can),
        "cannot": list(found.cannot),
        "lost": [asdict(loss) for loss in found.lost],
        "gained": list(found.gained),
        "mcp": list(found.mcp),
    }


def _cost(loaded: Loaded, agent: Agent | None) -> Cost:
    denied = tool_names(agent.fields.get("disallowedTools")) if agent else ()
    line = roster_line(loaded.name or "", loaded.description or "", loaded.tools.written, denied)
    return Cost(estimated_tokens(line), estimated_tokens(agent.body if agent else ""))


def _model(agent: Agent | None, cost: Cost | None) -> dict[str, Any]:
    """Return the model that the agent runs on: an `id` of null is whatever its caller uses, a price of null is unknown."""
    written = agent.model if agent else None
    name = None if written is None or is_inherited(written) else model_id(written)
    listed = price(name) if name else None
    return {
        "written": written,
        "id": name,
        "ends": ends(name) if name else None,
        "usd_per_start": round(cost.body * listed.input / 1_000_000, 8) if listed and cost else None,
    }


def _spans(agent: Agent) -> dict[str, dict[str, int]]:
    return {
        key: {"start": span.value.start, "end": span.value.end, "line": span.line} for key, span in agent.spans.items()
    }


def _listed(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in entry.items()}


def _plain(value: object, left: list[int], depth: int = 0) -> object:
    """Return a field as JSON can hold it.

    What is nested without end, as YAML's aliases allow, or goes beyond the number in ``left`` becomes the name of its type.
    """
    match value:
        case dict() if _has_room(value, left, depth):
            return {str(key): _plain(inner, left, depth + 1) for key, inner in value.items()}
        case list() if _has_room(value, left, depth):
            return [_plain(inner, left, depth + 1) for inner in value]
        case bool() | int() | None:
            return value
        case str() if _has_room(value, left, 0):
            return value
        case float() if value == value and abs(value) != float("inf"):  # noqa: PLR0124 - the test for NaN
            return value
        case _:
            return type(value).__name__ if isinstance(value, dict | list | str) else str(value)


def _has_room(value: dict[Any, Any] | list[Any] | str, left: list[int], depth: int) -> bool:
    left[0] -= len(value) + 1
    return depth < _DEPTH and left[0] >= 0
