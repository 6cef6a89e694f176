"""Which router hangs on which, under what prefix: `include_router` and `mount`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from backcheck.backend import Unresolved
from backcheck.extract.fastapi.objects import Owner, calls
from backcheck.program import Binding, Scope
from backcheck.program.bindings import names_of
from backcheck.program.form import Assign, Attribute, Call, Loop, Mapping, Name, Operation, Sequence, Spread, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.fastapi.objects import Owners
    from backcheck.program import Program
    from backcheck.program.form import Expr

_MAX_NESTING = 12


@dataclass(frozen=True, slots=True, eq=False)
class Inclusion:
    """One owner made part of another."""

    parent: Owner
    child: Owner
    prefix: str
    scope: Scope
    call: Call
    mounted: bool
    """A sub-application: dependencies of the parent do not reach it, its middlewares do."""


@dataclass(frozen=True, slots=True, eq=False)
class Mount:
    """One way from an application down to an owner."""

    application: Owner
    prefix: str
    chain: tuple[Owner | Inclusion, ...]
    """What a request passes on the way, outermost first."""


class Mounting:
    """The tree of applications and routers of a program."""

    def __init__(self, program: Program, owners: Owners) -> None:
        """Read every `include_router` and `mount`."""
        self._program = program
        self._owners = owners
        self.applications: list[Owner] = []
        self.routers: list[Owner] = []
        self.unresolved: list[tuple[Scope, Call]] = []
        """Inclusions of something that could not be followed."""
        self.foreign: list[tuple[Scope, Call, str]] = []
        """Inclusions of routers that a library makes, with the symbol of the call that makes them."""
        self._above: dict[Owner, list[Inclusion]] = {}
        for scope, call in calls(program):
            made = owners.made(scope, call)
            if made is not None:
                (self.applications if made.kind == "application" else self.routers).append(made)
            if isinstance(call.callee, Attribute) and call.callee.name in {"include_router", "mount"}:
                self._read(scope, call, call.callee)

    def _read(self, scope: Scope, call: Call, callee: Attribute) -> None:
        for inside in unrolled(self._program, scope, call):
            parents = self._owners.of(inside, callee.value)
            named = dict(call.keywords)
            position, name = (0, "router") if callee.name == "include_router" else (1, "app")
            child = call.args[position] if len(call.args) > position else named.get(name)
            if not parents or child is None:
                continue
            children = self._owners.of(inside, child)
            if not children and callee.name == "include_router":
                symbol = self._program.symbol(inside, child) or ""
                if symbol.endswith("()") and ":" not in symbol:
                    self.foreign.append((inside, call, symbol))
                else:
                    self.unresolved.append((inside, call))
            place = call.args[0] if callee.name == "mount" and call.args else named.get("prefix", named.get("path"))
            prefix = text(self._program, inside, place)
            for parent in parents:
                for owner in children:
                    inclusion = Inclusion(parent, owner, prefix, inside, call, callee.name == "mount")
                    self._above.setdefault(owner, []).append(inclusion)

    def mounts(self, owner: Owner, below: frozenset[Owner] = frozenset()) -> Iterator[Mount]:
        """Give each way from an application to this owner; none for a router that nothing includes."""
        own = text(self._program, owner.scope, owner.keyword("prefix")) if owner.kind == "router" else ""
        inclusions = self._above.get(owner, [])
        if owner.kind == "application" and not any(inclusion.mounted for inclusion in inclusions):
            yield Mount(owner, own, (owner,))
            return
        if owner in below or len(below) > _MAX_NESTING:
            return
        for inclusion in inclusions:
            for mount in self.mounts(inclusion.parent, below | {owner}):
                way = (*mount.chain, inclusion, owner)
                yield Mount(mount.application, join(mount.prefix, inclusion.prefix, own), way)


def join(*parts: str) -> str:
    """Return the path of these prefixes one after the other, without doubled slashes."""
    path = ""
    for part in parts:
        path = path.rstrip("/") + part if part.startswith("/") else path + part
    return path


def text(program: Program, scope: Scope, expr: Expr | None) -> str:
    """Return a prefix or path: its value, or `{?config:NAME}` in the place of what cannot be known."""
    if expr is None:
        return ""
    found = program.constant(scope, expr)
    if not isinstance(found, Unresolved):
        return found.value if isinstance(found.value, str) else ""
    match pieces(expr):
        case [_]:
            return f"{{?{found.why if found.why.startswith('config:') else 'unresolved'}}}"
        case several:
            return "".join(text(program, scope, piece) for piece in several)


def pieces(expr: Expr) -> list[Expr]:
    """Return what a string is put together from; the expression itself where it is no concatenation."""
    match expr:
        case Template(parts):
            return list(parts)
        case Operation("+", operands):
            return list(chain.from_iterable(pieces(operand) for operand in operands))
    return [expr]


def unrolled(program: Program, scope: Scope, call: Call) -> Iterator[Scope]:
    """Give the scope once for each round of the loops over literal displays that the call stands in."""
    loops = [
        binding.node
        for bindings in scope.bindings.values()
        for binding in bindings
        if isinstance(binding.node, Loop) and binding.node.at[0] <= call.at[0] < binding.node.at[1]
    ]
    scopes = [scope]
    for loop in sorted(dict.fromkeys(loops), key=lambda each: each.at):
        scopes = [inner for outer in scopes for inner in _rounds(program, outer, loop)]
    yield from scopes


def _rounds(program: Program, scope: Scope, loop: Loop) -> Iterator[Scope]:
    rounds = list(elements(program, scope, loop.iterable)) if loop.iterable is not None else []
    if not rounds or loop.target is None:
        yield scope
        return
    for origin, element in rounds:
        bound: dict[str, tuple[Binding, ...]] = {}
        for name, value, steps in names_of(loop.target, element):
            bound[name] = (Binding(Assign((Name(name, loop.at),), value, (0, 0)), value, steps),)
        # Elements are evaluated where their display stands; the loop's own names come first.
        inner = Scope(
            scope.module if origin is scope else origin.module, scope if origin is scope else origin, scope.node
        )
        inner.__dict__["bindings"] = bound
        yield inner


def elements(program: Program, scope: Scope, iterable: Expr) -> Iterator[tuple[Scope, Expr]]:
    """Give the elements of a display, wherever it was made, each with the scope to evaluate it in."""
    match iterable:
        case Call(Attribute(of, "items"), ()):
            definition = program.definition(scope, of)
            if definition is not None and isinstance(definition.node, Mapping):
                for key, value in definition.node.entries:
                    if key is not None:
                        yield _home(scope, definition.scope), Sequence("tuple", (key, value), value.at)
            return
        case Call(Attribute(of, "values"), ()):
            definition = program.definition(scope, of)
            if definition is not None and isinstance(definition.node, Mapping):
                yield from ((_home(scope, definition.scope), value) for _, value in definition.node.entries)
            return
    definition = program.definition(scope, iterable)
    if definition is not None and isinstance(definition.node, Sequence):
        for item in definition.node.items:
            if isinstance(item, Spread):
                yield from elements(program, definition.scope, item.value)
            else:
                yield _home(scope, definition.scope), item


def _home(scope: Scope, origin: Scope) -> Scope:
    """Return where to evaluate a loop's element: in the loop's scope where that sees the same names."""
    return scope if scope.module is origin.module else origin
