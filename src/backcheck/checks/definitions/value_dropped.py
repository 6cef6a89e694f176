"""A field with a value that the client drops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.running.conduct import EFFORTS
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement

_SMALLEST_WINDOW = 100_000


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent with a field of which the client takes certain values alone: whether it takes these."""
    for definition, agent in definitions.equipped:
        fields = [key for key in _TAKEN if agent.fields.get(key) is not None]
        wrong = [key for key in fields if not _TAKEN[key][0](agent.fields[key])]
        if wrong:
            told = "; ".join(f"`{key}` takes {_TAKEN[key][1]}, not {_shown(agent.fields[key])}" for key in wrong)
            yield failed(definition, f"{told}: the client drops it", at=definition.at(*wrong))
        elif fields:
            yield passed(definition, "the client takes the values of its fields")


def _one_of(*words: str) -> tuple[Callable[[object], bool], str]:
    return (lambda value: value in words), ", ".join(words[:-1]) + f" or {words[-1]}"


def _whole(value: object, least: int) -> bool:
    if isinstance(value, str) and value.strip().isdecimal() and value.isascii():
        value = int(value[:18])
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _effort(value: object) -> bool:
    return (isinstance(value, str) and value in EFFORTS) or _whole(value, 0)


_TAKEN: dict[str, tuple[Callable[[object], bool], str]] = {
    "permissionMode": _one_of("acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "plan"),
    "maxTurns": (lambda value: _whole(value, 1), "a whole number above 0"),
    "effort": (_effort, f"{', '.join(EFFORTS)} or a whole number"),
    "background": (
        lambda value: value in {"true", "false"} if isinstance(value, str) else isinstance(value, bool),
        "true or false",
    ),
    "isolation": _one_of("worktree", "remote"),
    "memory": _one_of("user", "project", "local"),
    "autoCompactWindow": (
        lambda value: _whole(value, _SMALLEST_WINDOW),
        f"a whole number from {_SMALLEST_WINDOW:,} on",
    ),
    "model": (lambda value: isinstance(value, str), "one name"),
}
"""What Claude Code 2.1.329 takes, by its own log: anything else is dropped, with a line that only `--debug` shows."""


def _shown(value: object) -> str:
    match value:
        case str():
            return repr(value[:40])
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return str(value).lower()[:40]
