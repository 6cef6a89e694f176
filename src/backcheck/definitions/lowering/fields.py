"""What becomes of the fields that a target does not have, as `fields.yaml` tells it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from backcheck import data
from backcheck.definitions.agents.restrictions import ALLOWED, DENIED, letters
from backcheck.definitions.lowering.exported import Effect, Loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent

_ELSEWHERE = frozenset({"name", "description", "tools"})
"""Fields that every target lowers by itself, as it does those that restrict tools."""

_MOST = 1_000_000
_BITS = 64
"""Python refuses to write out a number of thousands of digits, which YAML can hold (`0xfff…`)."""


def unkept(agent: Agent, *kept: str) -> Iterator[Loss]:
    """Give what is lost or gained by the fields other than ``kept``; those that no client reads share one line."""
    table = _table()
    unread: list[str] = []
    for key, value in agent.fields.items():
        if key in kept or key in _ELSEWHERE or letters(key) in {ALLOWED, DENIED} or value in (None, "", [], {}):
            continue
        row = table.get(key)
        if row is None:
            unread.append(key)
            continue
        if value in row.get("harmless", ()):
            continue
        restriction = row.get("restrictions", {}).get(value) if isinstance(value, str) else None
        if restriction:
            yield Loss(Effect.GAINS, f"{key}: {value}", restriction)
        else:
            yield Loss(Effect(row["effect"]), _said(key, value), row["why"])
    if unread:
        yield Loss(Effect.LOSES, ", ".join(unread), "the client reads no such field")


@cache
def _table() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = data.table(__package__, "fields.yaml")
    return table


def _said(key: str, value: object) -> str:
    short = isinstance(value, str | float) or (isinstance(value, int) and value.bit_length() <= _BITS)
    return f"{key}: {value}" if short else key


def positive(value: object) -> int | None:
    """Return a count as a number, also where it was written as text; None for what is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 < value < _MOST else None
    text = value.strip() if isinstance(value, str) else ""
    return positive(int(text)) if text.isascii() and text.isdigit() and len(text) < len(str(_MOST)) else None
