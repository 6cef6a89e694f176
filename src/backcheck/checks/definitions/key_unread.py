"""A key that asks for something, and that the client does not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.roster.gathering import readers
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement

_CLIENTS = {"copilot": "Copilot", "gemini": "Gemini CLI", "cursor": "Cursor", "opencode": "opencode"}


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that loads: whether it has a key of another client, which asks this one in vain."""
    for definition, agent in definitions.equipped:
        foreign = {key: _readers(key) for key in agent.fields if _readers(key)}
        if foreign:
            told = ", ".join(f"`{key}` (a key of {' and '.join(clients)})" for key, clients in foreign.items())
            yield failed(definition, f"the client does not read {told}", at=definition.at(*foreign))
        else:
            yield passed(definition, "no key is another client's")


def _readers(key: str) -> list[str]:
    clients = readers().get(key, ())
    return [] if "claude-code" in clients else [_CLIENTS[client] for client in clients if client in _CLIENTS]
