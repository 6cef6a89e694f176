"""What packages put in front of a handler: the table `libraries.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from backcheck import data
from backcheck.backend import GuardKind
from backcheck.extract.express.operators import either_of
from backcheck.extract.express.values import Closure, External, Items, Known, Record, Unknown

if TYPE_CHECKING:
    from backcheck.extract.express.values import Value


@dataclass(frozen=True, slots=True)
class LibraryGuard:
    """What a package's middleware does."""

    kind: GuardKind
    effects: frozenset[str]


def guard_of(symbol: str) -> LibraryGuard | None:
    """Return what the middleware of this name does (`helmet()`, `passport.authenticate()`); None for an unknown one."""
    plain = symbol.replace("()", "")
    guards = _table()["guards"]
    while plain:
        found = guards.get(plain) or guards.get(f"{plain.rpartition('.')[0]}.*")
        if found is not None:
            return LibraryGuard(GuardKind(found["kind"]), frozenset(found.get("effects", ())))
        plain = plain.rpartition(".")[0]
    return None


def choose(values: list[Value]) -> Value:
    """Return what a choice that only the environment decides is worth.

    A limiter that can be switched off is a limiter; a guard that can be switched off, or one of two functions, is not known.
    """
    closures = {id(value.function) for value in values if isinstance(value, Closure)}
    guards = [value for value in values if isinstance(value, External) and _guards(value)]
    if not closures or len(closures) + len(guards) < 2:
        return either_of(values)
    limiter = next((value for value in guards if _guards(value) is GuardKind.RATE), None)
    return Unknown("one of several functions") if limiter is None else limiter


def _guards(value: External) -> GuardKind | None:
    found = guard_of(value.symbol)
    return found.kind if found is not None and found.kind is not GuardKind.OTHER else None


def strategies(args: tuple[Value, ...]) -> tuple[str, ...]:
    """Return the names of the strategies that `passport.authenticate` is given."""
    first = args[:1]
    values = first[0].values if first and isinstance(first[0], Items) else first
    return tuple(each.value for each in values if isinstance(each, Known) and isinstance(each.value, str))


def strategy_kind(names: tuple[str, ...]) -> GuardKind:
    """Return what `passport.authenticate` with these strategies does: one that takes a password or redirects is a login."""
    table = _table()["passport"]
    if "anonymous" in names:
        return GuardKind.OPTIONAL_AUTHENTICATION
    for kind in (GuardKind.OTHER, GuardKind.AUTHENTICATION):
        words = table[kind.value]
        if names and all(any(word in name.lower() for word in words) for name in names):
            return kind
    return GuardKind.UNKNOWN


def lets_anybody_in(args: tuple[Value, ...]) -> bool:
    """Whether options of a package's guard make credentials optional."""
    for arg in args:
        match arg:
            case Record(fields):
                for option in ("credentialsRequired", "authRequired", "sessionRequired"):
                    if isinstance(flag := fields.get(option), Known) and flag.value is False:
                        return True
    return False


def is_validator(symbol: str) -> bool:
    """Return whether a name belongs to a package that validates."""
    return any(symbol == name or symbol.startswith((f"{name}.", f"{name}()")) for name in _table()["validators"])


def is_check(name: str) -> bool:
    """Return whether a method of this name checks data, on an object of such a package."""
    return name in _table()["checks"]


@cache
def _table() -> dict[str, Any]:
    table = data.table("backcheck.extract.express", "libraries.yaml")
    assert isinstance(table, dict)
    return table
