"""Middlewares: what stands in front of a whole application, and what it does."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from backcheck import data
from backcheck.backend import Guard, GuardKind, Unresolved
from backcheck.extract.fastapi.ends import End
from backcheck.extract.fastapi.objects import calls
from backcheck.extract.fastapi.values import Value
from backcheck.program.form import Attribute, Call, Class, Function, Literal, Name, Raise, Return, Sequence, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.fastapi.guards import Guards
    from backcheck.extract.fastapi.objects import Owner, Owners
    from backcheck.extract.fastapi.statuses import Statuses
    from backcheck.extract.fastapi.values import Asked
    from backcheck.findings import Place
    from backcheck.program import Definition, Program, Scope
    from backcheck.program.form import Expr

_HEADERS = {
    "x-frame-options": "security-headers", "content-security-policy": "security-headers",
    "x-content-type-options": "security-headers", "strict-transport-security": "hsts",
}  # fmt: skip
_MAY_AUTHENTICATE = re.compile(r"(?i)auth|jwt|login|token|iam\b|keycloak|sso|guard|permission|firewall")
_HELPER_DEPTH = 3


class Middlewares:
    """Reads the middlewares of every application of a program."""

    def __init__(self, program: Program, owners: Owners, guards: Guards, statuses: Statuses) -> None:
        """Find them all."""
        self._program, self._owners, self._guards, self._statuses = program, owners, guards, statuses
        self._of: dict[Owner, list[Guard]] = {}
        self._choosing: dict[Place, tuple[Scope, Function]] = {}
        """Functions that turn some requests away and not others, by where their middleware is defined."""
        self.limits_all = False
        """A slowapi limiter has default limits, so that its middleware limits every route."""
        for scope, call in calls(program):
            self._read(scope, call)
        self.limits_all = self._default_limits()
        for module in program.modules.values():
            for function, scope, _ in program.functions(module) if module.language == "python" else ():
                self._decorated(scope, function)

    def of(self, owner: Owner, asked: Asked | None = None) -> tuple[Guard, ...]:
        """Return the application's middlewares, in the order in which a request meets them: the last added is the first met.

        With what a request asks for, one that lets some paths or methods through is what it is to this request.
        """
        listed = owner.keyword("middleware")
        first = list(self._listed(owner.scope, listed)) if listed is not None else []
        found = (*reversed(self._of.get(owner, [])), *first)
        return found if asked is None else tuple(self._for(guard, asked) for guard in found)

    def _for(self, guard: Guard, asked: Asked) -> Guard:
        if guard.kind is not GuardKind.UNKNOWN or guard.definition not in self._choosing:
            return guard
        kind, recognised = self._kind(*self._choosing[guard.definition], asked)
        return replace(guard, kind=kind, recognised=recognised)

    def _read(self, scope: Scope, call: Call) -> None:
        match call.callee:
            case Attribute(of, "add_middleware") if call.args:
                self._add(scope, of, self._guard(scope, call, call.args[0]))
            case Call(Attribute(of, "middleware")) if call.args:
                definition = self._program.definition(scope, call.args[0])
                if definition is not None and isinstance(definition.node, Function):
                    self._add(scope, of, self._function(scope, call, definition, definition.node))

    def _add(self, scope: Scope, of: Expr, guard: Guard) -> None:
        for owner in self._owners.of(scope, of):
            self._of.setdefault(owner, []).append(guard)

    def _decorated(self, scope: Scope, function: Function) -> None:
        for decorator in function.decorators:
            match decorator:
                case Call(Attribute(of, "middleware"), (Literal("http"), *_)) if scope.parent is not None:
                    definition = self._program.meaning(scope.parent, Name(function.name, function.at))
                    made = definition.definition if definition is not None else None
                    if made is not None and made.node is function:
                        self._add(scope.parent, of, self._function(scope.parent, decorator, made, function))

    def _listed(self, scope: Scope, expr: Expr, depth: int = 0) -> Iterator[Guard]:
        """Give the guards of a list, also of one that a function of the code base makes; unknown where it cannot be read."""
        definition = self._program.definition(scope, expr.callee if isinstance(expr, Call) else expr)
        match definition.node if definition is not None else None:
            case Function(body=body) as made if definition and depth < _HELPER_DEPTH:
                inner = self._program.scope(definition.module, made)
                for node in walk(*body):
                    match node:
                        case Return(value=value) if value is not None:
                            yield from self._listed(inner, value, depth + 1)
                        case Call(Attribute(_, "append" | "insert"), (*_, Call(args=(cls, *_)) as made_of)):
                            yield self._guard(inner, made_of, cls)
            case Sequence(items=items) if definition:
                for item in items:
                    if isinstance(item, Call) and item.args:
                        yield self._guard(definition.scope, item, item.args[0])
                    else:
                        yield _unread(definition.scope, item)
            case _:
                yield _unread(scope, expr)

    def _guard(self, scope: Scope, call: Call, cls: Expr) -> Guard:
        name, place = " ".join(scope.module.text(cls).split()), scope.module.place(call)
        symbol = self._program.symbol(scope, cls) or ""
        choices = self._program.alternatives(scope, cls)
        if len({((choice and choice.symbol) or "").rpartition(".")[2] for choice in choices}) > 1:
            why = f"it is one of {len(choices)} things, and which one shows at run time"
            return Guard(GuardKind.UNKNOWN, name, place, why)
        effects = frozenset(_table()["effects"].get(symbol, ()))
        if effects:
            return Guard(GuardKind.OTHER, name, place, symbol, effects=effects)
        if symbol in _table()["rate"]:
            kind = GuardKind.RATE if self._default_limits() else GuardKind.OTHER
            return Guard(kind, name, place, symbol if kind is GuardKind.RATE else f"{symbol} without default limits")
        definition = self._program.definition(scope, cls)
        if definition is not None and isinstance(definition.node, Class):
            return self._class(scope, call, name, definition)
        if definition is not None and isinstance(definition.node, Function):
            return self._function(scope, call, definition, definition.node)
        handler = dict(call.keywords).get("dispatch")
        dispatch = None if handler is None else self._program.definition(scope, handler)
        if dispatch is not None and isinstance(dispatch.node, Function):
            return self._function(scope, call, dispatch, dispatch.node)
        # Logging, tracing and the like: only where the name hints at it could it turn somebody away.
        kind = GuardKind.UNKNOWN if _MAY_AUTHENTICATE.search(symbol or name) else GuardKind.OTHER
        return Guard(kind, name, place, f"{symbol or name} is not of this code base")

    def _class(self, scope: Scope, call: Call, name: str, cls: Definition) -> Guard:
        place, defined = scope.module.place(call), cls.module.place(cls.node)
        effects: set[str] = set()
        kind, recognised = GuardKind.OTHER, "asks for no credentials"
        for base in self._program.ancestry(cls):
            if isinstance(base, str):
                effects.update(_table()["effects"].get(base, ()))
                continue
            for inner in self._program.scope(base.module, base.node).inner.values():  # type: ignore[arg-type]
                if inner.function is None:
                    continue
                effects |= self._effects(inner, inner.function)
                if inner.function.name in {"dispatch", "__call__"} and kind is GuardKind.OTHER:
                    kind, recognised = self._kind(inner, inner.function)
                    if kind is GuardKind.UNKNOWN:
                        self._choosing[defined] = inner, inner.function
        return Guard(kind, name, place, recognised, defined, frozenset(effects))

    def _function(self, scope: Scope, at: Expr, definition: Definition, function: Function) -> Guard:
        inside = self._program.scope(definition.module, function)
        kind, recognised = self._kind(inside, function)
        effects = self._effects(inside, function)
        where = definition.module.place(function)
        if kind is GuardKind.UNKNOWN:
            self._choosing[where] = inside, function
        return Guard(kind, function.name, scope.module.place(at), recognised, where, frozenset(effects))

    def _kind(self, scope: Scope, function: Function, asked: Asked | None = None) -> tuple[GuardKind, str]:
        """Return what a middleware does to a request without credentials."""
        names = [parameter.name for parameter in function.parameters if parameter.name not in {"self", "cls"}]
        env: dict[str, Any] = dict.fromkeys(names[:1], Value.REQUEST)
        paths = self._guards.absence.run(scope, function, env, asked)
        if any(self._refusal(scope, node) == 429 for node in walk(*function.body)):
            return GuardKind.RATE, "answers 429"
        if self._guards.absence.met and paths.refuses:
            return GuardKind.AUTHENTICATION, "answers 401 or 403 to a request without credentials"
        if self._guards.absence.met and End.REFUSED in paths.ends:
            return GuardKind.UNKNOWN, "turns away some requests without credentials and not others"
        return GuardKind.OTHER, "asks for no credentials"

    def _refusal(self, scope: Scope, node: object) -> int | None:
        if isinstance(node, Raise):
            return self._statuses.raised(scope, node.value)
        return self._statuses.answered(scope, node) if isinstance(node, Call) else None

    def _effects(self, scope: Scope, function: Function, depth: int = 0) -> set[str]:
        """Return which headers a middleware sets, and whether it redirects to https or limits bodies."""
        found: set[str] = set()
        for node in walk(*function.body):
            match node:
                case Literal(str(text)):
                    found |= {_HEADERS[text.lower()]} & {*_HEADERS.values()} if text.lower() in _HEADERS else set()
                case Literal(bytes(raw)) if (header := raw.decode("latin-1").lower()) in _HEADERS:
                    found.add(_HEADERS[header])
                case Name() | Attribute():
                    found |= self._constant_headers(scope, node)
                case Call(callee):
                    found |= self._called_effects(scope, callee, depth)
            if self._refusal(scope, node) == 413:
                found.add("body-limit")
        return found | ({"https-redirect"} if self._redirects(scope, function) else set())

    def _redirects(self, scope: Scope, function: Function) -> bool:
        """Whether a function answers with a redirection and speaks of https."""
        nodes = list(walk(*function.body))
        calls_ = (self._program.symbol(scope, node.callee) or "" for node in nodes if isinstance(node, Call))
        schemes = (node.value for node in nodes if isinstance(node, Literal))
        return any(symbol.endswith("RedirectResponse") for symbol in calls_) and any(
            isinstance(scheme, str) and scheme.startswith("https") for scheme in schemes
        )

    def _called_effects(self, scope: Scope, callee: Expr, depth: int) -> set[str]:
        symbol = self._program.symbol(scope, callee) or ""
        found = set(_table()["headers"].get(symbol, ()))
        definition = self._program.definition(scope, callee)
        if definition is not None and isinstance(definition.node, Function) and depth < _HELPER_DEPTH:
            found |= self._effects(self._program.scope(definition.module, definition.node), definition.node, depth + 1)
        return found

    def _constant_headers(self, scope: Scope, expr: Expr) -> set[str]:
        value = self._program.constant(scope, expr)
        if isinstance(value, Unresolved):
            return set()
        keys: list[object] = []
        match value.value:
            case dict(mapping):
                keys = list(mapping)
            case list(items):
                keys = [item[0] if isinstance(item, list) and item else item for item in items]
            case str(text):
                keys = [text]
        return {_HEADERS[key.lower()] for key in keys if isinstance(key, str) and key.lower() in _HEADERS}

    def _default_limits(self) -> bool:
        for scope, call in calls(self._program):
            if dict(call.keywords).keys() & {"default_limits", "application_limits"}:
                symbol = self._program.symbol(scope, call.callee) or ""
                if symbol in {"slowapi.Limiter", "slowapi.extension.Limiter"}:
                    return True
        return False


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = data.table("backcheck.extract.fastapi", "middlewares.yaml")
    return table


def _unread(scope: Scope, expr: Expr) -> Guard:
    name = " ".join(scope.module.text(expr).split())
    return Guard(GuardKind.UNKNOWN, name, scope.module.place(expr), "a list of middlewares that could not be read")
