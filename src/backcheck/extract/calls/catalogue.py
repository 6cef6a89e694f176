"""What libraries' calls are, by resolved name: the tables beside this module, ready to be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from backcheck import data
from backcheck.backend import CallKind


@dataclass(frozen=True, slots=True)
class Database:
    """One database library."""

    library: str
    blocking: bool
    handle: re.Pattern[str]
    """Matches the name of a handle, with what its builders began as the group `built`."""
    runs: dict[str, str]
    ends: dict[str, str]
    imports: frozenset[str]
    distinct: frozenset[str]
    models: frozenset[str]
    named: re.Pattern[str] | None
    """What a receiver of `models` is called, where it is not called like a class or a repository."""

    def gives(self, receiver: str, method: str) -> str | None:
        """Return what `method` of this receiver gives (`many`, `one`, `sql` …); None where it runs no query."""
        found = self.handle.fullmatch(receiver)
        if found is None:
            return None
        methods = self.ends if found["built"] else self.runs
        return methods.get(method, methods.get("*"))


@dataclass(frozen=True, slots=True)
class Client:
    """One HTTP library."""

    library: str
    default: bool
    blocking: bool
    calls: frozenset[str]
    clients: frozenset[str]
    methods: frozenset[str]
    options: frozenset[str]
    client_options: frozenset[str]
    position: int | None
    chained: frozenset[str]
    defaults: str

    def called(self, symbol: str) -> bool | None:
        """Return whether the name is a request through a client object (True) or a plain one (False); None for neither."""
        if symbol in self.calls:
            return False
        receiver, dot, method = symbol.rpartition(".")
        if dot and receiver in self.clients and method in self.methods:
            return True
        return True if symbol in self.clients and "" in self.methods else None


@cache
def databases() -> tuple[Database, ...]:
    """Return the database libraries."""
    return tuple(_database(entry) for entry in _load("queries.yaml"))


@cache
def unread_databases() -> dict[str, frozenset[str]]:
    """Return the packages of database libraries that no table describes, by ecosystem."""
    table = _load("unread.yaml")
    return {ecosystem: frozenset(table[ecosystem]) - _read() for ecosystem in ("pypi", "npm")}


@cache
def read_modules() -> dict[str, str]:
    """Return the modules of the database libraries that a table describes, each with itself as the library's name."""
    return {name: name for name in _read()}


@cache
def unread_modules() -> dict[str, str]:
    """Return the modules of database libraries that no table describes, each with its package's name."""
    spelt = _load("unread.yaml")["modules"]
    packages = unread_databases()
    python = {spelt.get(name, name.replace("-", "_")): name for name in packages["pypi"]}
    return python | {name: name for name in packages["npm"]}


@cache
def _read() -> frozenset[str]:
    return frozenset[str]().union(*(database.imports for database in databases()))


@cache
def query_methods() -> frozenset[str]:
    """Return every method that runs a query in some library: other calls need not be resolved."""
    return frozenset(name for entry in databases() for name in (*entry.runs, *entry.ends))


@cache
def clients() -> tuple[Client, ...]:
    """Return the HTTP libraries."""
    return tuple(_client(entry) for entry in _load("outgoing.yaml"))


@cache
def waits() -> dict[str, tuple[CallKind, bool]]:
    """Return the names of calls that wait, with what they reach and whether they hold the thread meanwhile."""
    return {
        name: (CallKind(kind), manner == "blocking")
        for manner, kinds in _load("blocking.yaml").items()
        for kind, names in kinds.items()
        for name in names
    }


def _load(name: str) -> Any:  # noqa: ANN401 - what YAML holds; the shape is stated at the head of each table
    return data.table("backcheck.extract.calls", name)


def _database(entry: dict[str, Any]) -> Database:
    handles = "|".join(re.escape(handle).replace(r"\*", r"[\w$]+") for handle in entry["handles"])
    builders = "|".join(map(re.escape, entry.get("builds", ())))
    ends = "|".join(map(re.escape, entry.get("ends", ())))
    # What a query's end gives is a row and no query: its own methods mean something else.
    built = rf"(?P<built>\.(?:{builders})\(\)(?:\.(?!(?:{ends})\(\))[\w$]+\(\))*)?" if builders else "(?P<built>(?!))?"
    named = entry.get("named")
    return Database(
        entry["library"],
        entry["blocking"],
        re.compile(f"(?:{handles}){built}"),
        entry["runs"],
        entry.get("ends", {}),
        frozenset(entry["imports"]),
        frozenset(entry.get("distinct", ())),
        frozenset(entry.get("models", ())),
        re.compile(named) if named else None,
    )


def _client(entry: dict[str, Any]) -> Client:
    return Client(
        entry["library"],
        entry["default"],
        entry["blocking"],
        frozenset(entry["calls"]),
        frozenset(entry["clients"]),
        frozenset(entry["methods"]),
        frozenset(entry["options"]),
        frozenset(entry["client_options"]),
        entry.get("position"),
        frozenset(entry.get("chained", ())),
        entry.get("defaults", ""),
    )
