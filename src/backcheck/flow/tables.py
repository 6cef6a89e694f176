"""The data tables of sources, sinks and effects, made ready to ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from typing import TYPE_CHECKING, Any

from backcheck import data
from backcheck.flow.value import CLEAN, Taint, Value, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.findings import Place

_HASH_NAME = re.compile(r"hash|bcrypt|argon|scrypt|pbkdf|make_?password|encrypt_?password|hashpw", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One framework's request object."""

    framework: str
    members: frozenset[str]
    methods: frozenset[str]


@dataclass(frozen=True, slots=True)
class SqlSink:
    """A call that takes SQL text."""

    position: int
    certain: bool
    """False where only the text itself says that this is SQL."""


class Tables:
    """Answers what a name of a library means to a flow."""

    def __init__(self) -> None:
        self._sinks = _load("sinks.yaml")
        self._effects = _load("effects.yaml")
        self._requests: dict[str, Request] = {}
        self.frameworks: dict[str, Request] = {}
        for name, table in _load("sources.yaml").items():
            request = Request(name, frozenset(table["members"]), frozenset(table["methods"]))
            self.frameworks[name] = request
            self._requests |= dict.fromkeys(table["symbols"], request)
        self._clean = _pattern(self._effects["clean"])
        self._hashes = _pattern(self._effects["hashes"])
        self._digests = _pattern(self._effects["digests"])
        self._reversible = _pattern(self._effects["reversible"])
        self.handing: dict[str, int] = self._effects["handing"]
        """Where the function stands among the arguments of what makes the call for its caller, by last name."""
        self.keeping = frozenset(self._effects["keeping"])
        self.clean_names = frozenset(self._effects["clean_names"])
        self.clean_calls = frozenset(self._effects["clean_calls"])
        self.stored_names = frozenset(self._effects["stored_names"])
        self.storing = frozenset(self._sinks["storing"])
        self.keywords: tuple[str, ...] = tuple(self._sinks["keywords"])
        self.parameters: tuple[str, ...] = tuple(self._sinks["parameters"])
        self.tagged = frozenset(self._sinks["tagged"])
        self._builders = frozenset(self._effects["builders"])
        self._visible = frozenset(self._sinks["visible"])
        libraries: dict[str, dict[str, int]] = self._sinks["libraries"]
        begin = self._sinks["builders"]
        self._conditions = frozenset(begin["methods"])
        self.builder_begins = frozenset(begin["begin"])
        self.sink_names = frozenset(
            {name for methods in libraries.values() for name in methods}
            | set(self._sinks["names"]) | self._visible | self._conditions | self.tagged
        )  # fmt: skip
        """Last names of every call that may take SQL text."""

    def request(self, symbol: str) -> Request | None:
        """Return the request object that this symbol is, if it is one."""
        return self._requests.get(symbol)

    def read_request(self, request: object, member: str, place: Place) -> Value:
        """Return what a member of a request object holds."""
        assert isinstance(request, Request)
        if member in request.members:
            return Value(taints=(Taint(place, member),))
        return unknown(f"`{member}` of the request is set by something in front of the handler", place)

    def call_request(self, request: object, method: str, place: Place) -> Value:
        """Return what a method of a request object gives."""
        assert isinstance(request, Request)
        if method in request.methods:
            return Value(taints=(Taint(place, method),))
        return CLEAN

    def is_clean(self, symbol: str) -> bool:
        """Whether this cannot carry a caller's text into SQL."""
        return bool(self._clean.fullmatch(symbol))

    def is_builder(self, symbol: str | None, name: str) -> bool:
        """Whether this call builds a query in which values are bound."""
        if symbol is None:
            return False
        return root(symbol) in self._effects["builder_libraries"] and name not in self._sinks["libraries"].get(
            root(symbol), {}
        )

    def real_name(self, symbol: str | None, name: str) -> str:
        """Return the name under which a library knows what is called: `text` of `from sqlalchemy import text as t`."""
        if symbol is None or ":" in symbol.partition("(")[0]:
            return name
        last = re.split(r"[.]", symbol)[-1].removesuffix("()")
        return last if root(symbol) in self._sinks["libraries"] else name

    def is_statement(self, symbol: str) -> bool:
        """Whether the call makes a statement of a text that was judged there and then."""
        last = symbol.removesuffix("()").rsplit(".", 1)[-1]
        return root(symbol) in self._effects["builder_libraries"] and last in {"text", "literal_column", "TextClause"}

    def begins_builder(self, name: str) -> bool:
        """Whether a bare function of this name begins a query builder's expression."""
        return name in self._builders

    def hash_state(self, symbol: str | None, name: str) -> str:
        """Return what the call does to a password: `hashed`, `hashed?` by its name alone, `weak:NAME`, or nothing."""
        if symbol is not None:
            plain = symbol.removesuffix("()")
            if self._hashes.fullmatch(plain):
                return "hashed"
            for pattern, prefix in ((self._digests, "weak"), (self._reversible, "reversible")):
                if pattern.fullmatch(plain):
                    return f"{prefix}:{_digest_name(plain)}"
        return "hashed?" if _HASH_NAME.search(name) else ""

    def sql_sink(self, symbol: str | None, name: str, chain: frozenset[str]) -> SqlSink | None:
        """Return how this call takes SQL text; ``chain`` holds the names of the calls that its receiver is made by."""
        if name in self._sinks["names"]:
            return SqlSink(self._sinks["names"][name], certain=True)
        if name in self._conditions and chain & self.builder_begins:
            return SqlSink(0, certain=True)
        if symbol is not None:
            position = self._sinks["libraries"].get(root(symbol), {}).get(name)
            if position is not None:
                return SqlSink(position, certain=True)
        return SqlSink(0, certain=False) if name in self._visible else None


def root(symbol: str) -> str:
    """Return the library of a symbol: `pg` of `pg.Pool().query`, `@prisma/client` of `@prisma/client.PrismaClient()`."""
    return re.split(r"[.(]", symbol, maxsplit=1)[0]


def _digest_name(symbol: str) -> str:
    return next(
        (part for part in reversed(re.findall(r"[\w-]+", symbol)) if part not in {"update", "digest", "hexdigest"}),
        symbol,
    )


def _pattern(globs: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(translate(glob) for glob in globs))


@cache
def _load(name: str) -> Any:  # noqa: ANN401 - each table has its own shape
    return data.table("backcheck.flow", name)
