"""Accounts of definitions as plain data: what a client makes of one, and what its contract asks. Machines read them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import Agent, parse_agent, read_bytes
from backcheck.definitions.clients import Loaded, Outcome, Tools, load_in
from backcheck.definitions.contract import bind_contract
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from backcheck.definitions.items import Item


def account(path: Path, client: str) -> dict[str, Any]:
    """Return what the client makes of a file, and what backcheck reads in it.

    `name`, `description` and `tools.effective` are what that client would use, `fields` what backcheck itself uses. A
    file that nobody can load is `dead` with the reason. Raises `UsageError` for a client that nobody measured.
    """
    agent: Agent | None = None
    why = ""
    content = b""
    try:
        content = read_bytes(path)
        agent = parse_agent(content, path)
    except UsageError as error:
        why = str(error)
    loaded = load_in(client, content, path, meant=agent.description if agent else None)
    if agent is None and not content:
        loaded = Loaded(Outcome.DEAD, why, None, None, Tools(None, ()))
    return {
        "file": str(path),
        "client": client,
        "outcome": loaded.outcome.value,
        "reason": loaded.reason,
        "name": loaded.name,
        "description": loaded.description,
        "fields": _plain(agent.fields) if agent else {},
        "tools": _listed(loaded.tools),
        "recoveries": [asdict(recovery) for recovery in agent.recoveries] if agent else [],
    }


def contract_account(agent: Agent, items: Mapping[str, Item]) -> dict[str, Any]:
    """Return the agent's contract with the items that answer each line; a line with an empty `bound` is manual."""
    parts: dict[str, Any] = {"items": [], "promises": [], "rules": [], "targets": [], "documents": []}
    for line in bind_contract(agent.contract, items).lines:
        entry = asdict(line.entry)
        entry.pop("label", None)
        parts[line.part].append({**entry, "bound": list(line.bound)})
    parts["contradictions"] = [
        {"metric": pair.metric, "lines": [pair.first.line, pair.second.line]} for pair in agent.contract.contradictions
    ]
    return parts


def _listed(tools: Tools) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(tools).items()}


def _plain(value: object, depth: int = 0) -> object:
    """Return a field as JSON can hold it: what is nested without end, as YAML's aliases allow, becomes its name."""
    match value:
        case dict() if depth < 6:
            return {str(key): _plain(inner, depth + 1) for key, inner in list(value.items())[:200]}
        case list() if depth < 6:
            return [_plain(inner, depth + 1) for inner in value[:200]]
        case str() | bool() | int() | None:
            return value
        case float() if value == value and abs(value) != float("inf"):  # noqa: PLR0124 - the test for NaN
            return value
        case _:
            return type(value).__name__ if isinstance(value, dict | list) else str(value)
