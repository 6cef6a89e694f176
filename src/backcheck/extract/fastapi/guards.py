"""What a dependency is, by what it does: a scheme that it reaches, or how it treats a request without credentials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.backend import Guard, GuardKind, Unresolved
from backcheck.extract.fastapi import dependencies
from backcheck.extract.fastapi.absence import Absence
from backcheck.extract.fastapi.ends import End
from backcheck.extract.fastapi.schemes import Schemes
from backcheck.extract.fastapi.values import CREDENTIAL, NOT_CREDENTIAL, Known, Value
from backcheck.program.bodies import returned
from backcheck.program.form import Call, Class, Conditional, Function, Raise, walk

if TYPE_CHECKING:
    from backcheck.extract.fastapi.dependencies import Dependency
    from backcheck.extract.fastapi.statuses import Statuses
    from backcheck.findings import Place
    from backcheck.program import Definition, Meaning, Program, Scope
    from backcheck.program.form import Expr, Parameter

_FORMS = frozenset({"fastapi.security.OAuth2PasswordRequestForm", "fastapi.security.OAuth2PasswordRequestFormStrict"})
_LIMITERS = frozenset({"fastapi_limiter.depends.RateLimiter", "fastapi_limiter.depends.WebSocketRateLimiter"})
_LOGINS = frozenset(
    {"fastapi_users.FastAPIUsers().current_user", "fastapi_users.authentication.Authenticator().current_user"}
)
_REQUESTS = frozenset({"fastapi.Request()", "starlette.requests.Request()", "fastapi.requests.HTTPConnection()",
                       "starlette.requests.HTTPConnection()", "fastapi.WebSocket()", "starlette.websockets.WebSocket()"})  # fmt: skip
_HEADERS = (
    "fastapi.Header()",
    "fastapi.Cookie()",
    "fastapi.param_functions.Header()",
    "fastapi.param_functions.Cookie()",
)
_MAX_DEPTH = 12
_ASKING = frozenset({GuardKind.AUTHENTICATION, GuardKind.ROLE})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a callable does as a dependency."""

    kind: GuardKind
    recognised: str
    definition: Place | None = None


_OTHER = Finding(GuardKind.OTHER, "asks for no credentials")


class Guards:
    """Classifies dependencies of one program, each callable once."""

    def __init__(self, program: Program, statuses: Statuses) -> None:
        """Nothing is classified yet."""
        self._program = program
        self._statuses = statuses
        self._schemes = Schemes(program)
        self.absence = Absence(program, statuses, self._schemes.refuses)
        self._found: dict[object, Finding] = {}
        self._active: set[object] = set()

    def guard(self, dependency: Dependency) -> Guard:
        """Return the dependency as a guard, placed where it is applied."""
        scope, target = dependency.scope, dependency.target
        finding = self.finding(scope, target)
        name = " ".join(scope.module.text(target).split())
        return Guard(finding.kind, name, dependency.place, finding.recognised, finding.definition)

    def finding(self, scope: Scope, target: Expr, depth: int = 0) -> Finding:
        """Return what the callable does."""
        key = (scope, target)
        if key in self._found:
            return self._found[key]
        if key in self._active or depth > _MAX_DEPTH:
            return Finding(GuardKind.UNKNOWN, "it depends on itself")
        self._active.add(key)
        found = self._finding(scope, target, depth)
        self._active.discard(key)
        self._found[key] = found
        return found

    def _finding(self, scope: Scope, target: Expr, depth: int) -> Finding:
        if isinstance(target, Call) and (chosen := self._chosen(scope, target)) is not None:
            return self.finding(*chosen, depth + 1)
        meanings = self._program.alternatives(scope, target)
        found = [self._known(meaning, depth) for meaning in meanings]
        if len({finding.kind for finding in found}) == 1:
            return found[0]
        return Finding(GuardKind.UNKNOWN, f"it is one of {len(found)} things, and which one shows at run time")

    def _known(self, meaning: Meaning | None, depth: int) -> Finding:
        """Return what a callable does, given what it is."""
        refuses = self._schemes.refused_by(meaning)
        symbol = (meaning.symbol if meaning is not None else None) or ""
        if refuses is not None and not self._overrides_call(meaning.cls if meaning is not None else None):
            name = symbol.removesuffix("()").rpartition(".")[2].rpartition(":")[2]
            kind = GuardKind.AUTHENTICATION if refuses else GuardKind.OPTIONAL_AUTHENTICATION
            return Finding(kind, name if refuses else f"{name} with auto_error=False")
        if meaning is not None and meaning.cls is not None:
            called = self._program.member(meaning, "__call__")
            if called is not None and called.definition is not None and isinstance(called.definition.node, Function):
                outer, self._schemes.calling = self._schemes.calling, refuses
                found = self._function(called.definition, called.definition.node, depth)
                self._schemes.calling = outer
                if refuses is False and found.kind is GuardKind.OTHER:
                    return replace(
                        found,
                        kind=GuardKind.OPTIONAL_AUTHENTICATION,
                        recognised="lets in a request without credentials",
                    )
                return found
        if meaning is not None and meaning.definition is not None and meaning.cls is None:
            match meaning.definition.node:
                case Function() as function:
                    return self._function(meaning.definition, function, depth)
                case Class():
                    return self._class(meaning.definition, meaning.definition.node, depth)
        return self._foreign(symbol, meaning.definition if meaning is not None else None)

    def _foreign(self, symbol: str, made: Definition | None) -> Finding:
        plain = symbol.removesuffix("()")
        if plain in _FORMS:
            return Finding(GuardKind.OTHER, "a form of the request's body")
        if plain in _LIMITERS:
            return Finding(GuardKind.RATE, plain)
        if plain in _LOGINS and made is not None and isinstance(made.node, Call):
            optional = dict(made.node.keywords).get("optional")
            value = None if optional is None else self._program.constant(made.scope, optional)
            if optional is None or (not isinstance(value, Unresolved | None) and not value.value):
                return Finding(GuardKind.AUTHENTICATION, plain)
            return Finding(GuardKind.OPTIONAL_AUTHENTICATION, f"{plain} with optional=True")
        return Finding(GuardKind.UNKNOWN, f"{plain or 'it'} is not of this code base")

    def _overrides_call(self, cls: Definition | None) -> bool:
        if cls is None or not isinstance(cls.node, Class):
            return False
        return "__call__" in self._program.scope(cls.module, cls.node).bindings

    # Callables of this code base

    def _chosen(self, scope: Scope, call: Call) -> tuple[Scope, Expr] | None:
        """Return what a factory's call gives, where an argument decides: `get_user(required=False)`."""
        definition = self._program.definition(scope, call.callee)
        if definition is None or not isinstance(definition.node, Function):
            return None
        function, inside = definition.node, self._program.scope(definition.module, definition.node)
        results = list(returned(function))
        if len(results) != 1 or not isinstance(results[0], Conditional):
            return None
        env: dict[str, Value | Known] = {}
        for index, parameter in enumerate(function.parameters):
            given = dict(call.keywords).get(parameter.name)
            if given is None and parameter.kind == "plain" and index < len(call.args):
                given = call.args[index]
            home, expr = (definition.scope, parameter.default) if given is None else (scope, given)
            value = None if expr is None else self._program.constant(home, expr)
            env[parameter.name] = (
                Value.UNKNOWN if value is None or isinstance(value, Unresolved) else Known(value.value)
            )
        decided = self.absence.decide(inside, results[0].test, env)
        if decided is None:
            return None
        return inside, results[0].then if decided else results[0].other

    def _class(self, cls: Definition, node: Class, depth: int) -> Finding:
        """Return what a class does as a dependency: its constructor is what is called."""
        for scope in self._program.scope(cls.module, node).inner.values():
            if scope.function is not None and scope.function.name == "__init__" and scope.parent is not None:
                inner = type(cls)(cls.module, scope.function, scope.parent, scope.name)
                return self._function(inner, scope.function, depth)
        return replace(_OTHER, definition=cls.module.place(node))

    def _function(self, definition: Definition, function: Function, depth: int) -> Finding:
        key = (id(function), self._schemes.calling)
        if key in self._found:
            return self._found[key]
        if key in self._active:
            return Finding(GuardKind.UNKNOWN, "it depends on itself")
        self._active.add(key)
        found = replace(self._judge(definition, function, depth), definition=definition.module.place(function))
        self._active.discard(key)
        self._found[key] = found
        return found

    def _judge(self, definition: Definition, function: Function, depth: int) -> Finding:
        inside = self._program.scope(definition.module, function)
        below = {
            dependency.parameter: (dependency, self.finding(dependency.scope, dependency.target, depth + 1))
            for dependency in dependencies.of_function(self._program, definition.scope, function)
        }
        for dependency, found in below.values():
            if found.kind in _ASKING:
                through = dependency.scope.module.text(dependency.target)
                # Right behind a scheme 403 means a wrong token; behind a known caller it means that this one may not.
                if found.kind is GuardKind.ROLE or (found.definition is not None and self._forbids(inside, function)):
                    return Finding(GuardKind.ROLE, f"answers 403 after {through}")
                return Finding(GuardKind.AUTHENTICATION, f"through {through}: {found.recognised.rpartition(': ')[2]}")
        env = {parameter.name: self._given(definition.scope, parameter, below) for parameter in function.parameters}
        paths = self.absence.run(inside, function, env)
        if self.absence.met and paths.refuses:
            return Finding(GuardKind.AUTHENTICATION, "answers 401 or 403 to a request without credentials")
        if any(found.kind is GuardKind.UNKNOWN for _, found in below.values()):
            return Finding(GuardKind.UNKNOWN, "depends on what is not of this code base")
        if any(found.kind is GuardKind.RATE for _, found in below.values()) or self._throttles(inside, function):
            return Finding(GuardKind.RATE, "answers 429")
        optional = any(found.kind is GuardKind.OPTIONAL_AUTHENTICATION for _, found in below.values())
        if End.REFUSED in paths.ends:
            return Finding(GuardKind.UNKNOWN, "turns away some requests without credentials and not others")
        if self.absence.met and End.SERVED not in paths.ends:
            return Finding(GuardKind.UNKNOWN, "fails without credentials, but not with 401 or 403")
        if optional:
            return Finding(GuardKind.OPTIONAL_AUTHENTICATION, "lets in a request without credentials")
        return _OTHER

    def _given(self, scope: Scope, parameter: Parameter, below: dict[str, tuple[Dependency, Finding]]) -> Value | Known:
        """Return what a request without credentials puts into a parameter."""
        if parameter.name in below:
            kind = below[parameter.name][1].kind
            return Value.ABSENT if kind is GuardKind.OPTIONAL_AUTHENTICATION else Value.UNKNOWN
        annotated = self._program.annotated(scope, parameter.annotation) if parameter.annotation is not None else None
        if annotated in _REQUESTS:
            return Value.REQUEST
        symbols = [] if parameter.default is None else [self._program.symbol(scope, parameter.default)]
        if parameter.annotation is not None:
            symbols += [self._program.symbol(home, part)
                        for home, part, _ in dependencies.metadata(self._program, scope, parameter.annotation)]  # fmt: skip
        if any(symbol in _HEADERS for symbol in symbols):
            credential = CREDENTIAL.search(parameter.name) and not NOT_CREDENTIAL.search(parameter.name)
            return Value.ABSENT if credential else Value.UNKNOWN
        return Value.UNKNOWN

    def handler(self, definition: Definition, function: Function) -> Finding:
        """Return what a handler itself does with a request without credentials (it may check a header on its own)."""
        key = ("handler", id(function))
        if key not in self._found:
            self._found[key] = self._handler(definition, function)
        return self._found[key]

    def _handler(self, definition: Definition, function: Function) -> Finding:
        inside = self._program.scope(definition.module, function)
        env = {parameter.name: self._given(definition.scope, parameter, {}) for parameter in function.parameters}
        paths = self.absence.run(inside, function, env)
        where = definition.module.place(function)
        if self.absence.met and paths.refuses:
            return Finding(
                GuardKind.AUTHENTICATION, "the handler answers 401 or 403 to a request without credentials", where
            )
        if self.absence.met and End.REFUSED in paths.ends:
            return Finding(GuardKind.UNKNOWN, "the handler turns away some requests without credentials", where)
        return Finding(GuardKind.OTHER, "")

    def _forbids(self, scope: Scope, function: Function) -> bool:
        return any(
            isinstance(node, Raise) and self._statuses.raised(scope, node.value) == 403 for node in walk(*function.body)
        )

    def _throttles(self, scope: Scope, function: Function) -> bool:
        return any(
            isinstance(node, Raise) and self._statuses.raised(scope, node.value) == 429 for node in walk(*function.body)
        )
