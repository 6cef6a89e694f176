"""Routes: decorators, `add_api_route` and lists of routes on applications and routers, with their full paths and guards."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.backend import Authentication, Guard, GuardKind, Route, Unresolved
from backcheck.extract.fastapi import dependencies
from backcheck.extract.fastapi.ends import End
from backcheck.extract.fastapi.mounting import Inclusion, Mount, elements, join, text, unrolled
from backcheck.extract.fastapi.objects import Owner, calls
from backcheck.extract.fastapi.parameters import Taken
from backcheck.extract.fastapi.statuses import literal_statuses
from backcheck.extract.fastapi.values import Asked, Value
from backcheck.program import Definition
from backcheck.program.bodies import returned
from backcheck.program.form import Attribute, Call, Function, Name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.fastapi.guards import Guards
    from backcheck.extract.fastapi.middleware import Middlewares
    from backcheck.extract.fastapi.mounting import Mounting
    from backcheck.extract.fastapi.objects import Owners
    from backcheck.extract.fastapi.parameters import Parameters
    from backcheck.extract.fastapi.statuses import Statuses
    from backcheck.program import Program, Scope
    from backcheck.program.form import Expr

_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
_WEBSOCKET = "WEBSOCKET"
_LISTED = frozenset({"fastapi.routing.APIRoute()", "starlette.routing.Route()"})
_LISTED_WEBSOCKETS = frozenset(
    {"fastapi.routing.APIWebSocketRoute()", "starlette.routing.WebSocketRoute()", "fastapi.WebSocketRoute()"}
)
_MAX_NESTING = 8
_PARAMETER = re.compile(r"\{([A-Za-z_]\w*)(?::[^{}]*)?\}")
_LIMITS = frozenset({"slowapi.Limiter().limit()", "slowapi.Limiter().shared_limit()", "slowapi.extension.Limiter().limit()",
                     "slowapi.extension.Limiter().shared_limit()"})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """One call that registers a handler on an owner."""

    owner: Owner
    scope: Scope
    call: Call
    methods: tuple[str, ...]
    path: str
    handler: Definition | None
    name: str


class Routes:
    """Reads the routes of a program."""

    def __init__(
        self, program: Program, owners: Owners, mounting: Mounting, *, guards: Guards, middlewares: Middlewares,
        parameters: Parameters, statuses: Statuses,
    ) -> None:  # fmt: skip
        """Read with these collaborators."""
        self._program, self._owners, self._mounting, self._guards = program, owners, mounting, guards
        self._middlewares, self._parameters, self._statuses = middlewares, parameters, statuses
        self.loose: dict[Owner, int] = {}
        """After `routes`: the routers that nothing includes, with how many routes hang on each."""

    def routes(self) -> Iterator[Route]:
        """Give every route that an application serves."""
        for registration in self._registrations():
            mounts = list(self._mounting.mounts(registration.owner))
            if not mounts and (self._mounting.unresolved or not self._mounting.applications):
                own = text(self._program, registration.owner.scope, registration.owner.keyword("prefix"))
                lost = "{?mount}" if self._mounting.unresolved else ""
                mounts = [Mount(registration.owner, join(lost, own), (registration.owner,))]
            if not mounts:
                self.loose[registration.owner] = self.loose.get(registration.owner, 0) + 1
            for mount in mounts:
                yield from self._of(registration, mount)

    # What is registered

    def _registrations(self) -> Iterator[Registration]:
        for module in self._program.modules.values():
            for function, scope, name in self._program.functions(module) if module.language == "python" else ():
                if scope.parent is not None and function.decorators:
                    definition = Definition(module, function, scope.parent, name)
                    for decorator in reversed(function.decorators):
                        yield from self._decorator(scope.parent, decorator, definition, function)
        for scope, call in calls(self._program):
            match call:
                case Call(
                    Attribute(of, "add_api_route" | "add_route" | "add_api_websocket_route" | "add_websocket_route")
                ):
                    yield from self._added(scope, call, of)
                case Call(Call(Attribute()) as decorator, (handler,)):  # `router.get("/x")(handler)`
                    found = self._program.definition(scope, handler)
                    if found is not None and isinstance(found.node, Function):
                        yield from self._decorator(scope, decorator, found, found.node)

        for owner in (*self._mounting.applications, *self._mounting.routers):
            if (listed := owner.keyword("routes")) is not None:
                yield from self._listed(owner, owner.scope, listed, "", 0)

    def _listed(self, owner: Owner, scope: Scope, listed: Expr, prefix: str, depth: int) -> Iterator[Registration]:
        """Give the routes of `routes=[Route("/x", handler), Mount("/y", routes=[…])]`."""
        for inside, element in elements(self._program, scope, listed):
            found = self._program.meaning(inside, element)
            if found is None or found.definition is None or not isinstance(found.definition.node, Call):
                continue
            call, home = found.definition.node, found.definition.scope
            path, nested = join(prefix, self._path(home, call)), dict(call.keywords).get("routes")
            if found.symbol == "starlette.routing.Mount()" and nested is not None and depth < _MAX_NESTING:
                yield from self._listed(owner, home, nested, path, depth + 1)
            elif found.symbol in _LISTED | _LISTED_WEBSOCKETS:
                handler, name = self._endpoint(home, call)
                methods = (_WEBSOCKET,) if found.symbol in _LISTED_WEBSOCKETS else self._methods(home, call)
                yield Registration(owner, home, call, methods, path, handler, name)

    def _decorator(
        self, scope: Scope, decorator: Expr, handler: Definition, function: Function
    ) -> Iterator[Registration]:
        match decorator:
            case Call(Attribute(of, method)) if method in _METHODS or method in {"api_route", "route", "websocket"}:
                for owner in self._owners.of(scope, of):
                    methods = self._methods(scope, decorator) if method in {"api_route", "route"} else (method.upper(),)
                    yield Registration(
                        owner, scope, decorator, methods, self._path(scope, decorator), handler, function.name
                    )

    def _added(self, scope: Scope, call: Call, of: Expr) -> Iterator[Registration]:
        for inside in unrolled(self._program, scope, call):
            handler, name = self._endpoint(inside, call)
            socket = isinstance(call.callee, Attribute) and "websocket" in call.callee.name
            methods = (_WEBSOCKET,) if socket else self._methods(inside, call)
            for owner in self._owners.of(inside, of):
                yield Registration(owner, inside, call, methods, self._path(inside, call), handler, name)

    def _endpoint(self, scope: Scope, call: Call) -> tuple[Definition | None, str]:
        """Return the function that a call registers, and what the call names it."""
        named = dict(call.keywords)
        endpoint = call.args[1] if len(call.args) > 1 else named.get("endpoint", named.get("route"))
        if endpoint is None:
            return None, "<unknown>"
        found = self._program.definition(scope, endpoint)
        handler = found if found is not None and isinstance(found.node, Function) else None
        return handler, scope.module.text(endpoint)

    def _methods(self, scope: Scope, call: Call) -> tuple[str, ...]:
        stated = dict(call.keywords).get("methods")
        if stated is None:
            return ("GET",)
        found = self._program.constant(scope, stated)
        if isinstance(found, Unresolved) or not isinstance(found.value, list):
            return ("ANY",)
        return tuple(sorted({str(method).upper() for method in found.value}))

    def _path(self, scope: Scope, call: Call) -> str:
        return text(self._program, scope, call.args[0] if call.args else dict(call.keywords).get("path"))

    # What stands in front of it

    def _of(self, registration: Registration, mount: Mount) -> Iterator[Route]:
        scope, call = registration.scope, registration.call
        path = join(mount.prefix, registration.path) or "/"
        names = tuple(_PARAMETER.findall(path))
        path = _PARAMETER.sub(r"{\1}", path)
        handler = registration.handler
        function = handler.node if handler is not None and isinstance(handler.node, Function) else None
        socket = registration.methods == (_WEBSOCKET,)
        asked = Asked(
            "" if path.startswith(("{", "/{")) else path,
            registration.methods[0] if len(registration.methods) == 1 else "",
        )
        guards = [*self._above(mount, asked, socket=socket), *self._own(registration, handler, function)]
        authentication = _authentication(guards, handler_known=function is not None)
        if socket and authentication is Authentication.PUBLIC and function is not None and _closes(function):
            authentication = Authentication.UNKNOWN
        taken = (
            Taken()
            if socket
            else None
            if handler is None or function is None
            else self._parameters.taken(handler.scope, function, frozenset(names))
        )
        unknown = Unresolved("its handler could not be found", scope.module.place(call))
        status = self._statuses.code(scope, dict(call.keywords).get("status_code"))
        sent = set() if handler is None or function is None else set(
            literal_statuses(self._statuses, self._program.scope(handler.module, function), function)
        )  # fmt: skip
        for method in registration.methods:
            yield Route(
                method=method,
                path=path,
                handler=registration.name,
                framework=registration.owner.framework,
                place=scope.module.place(call),
                handler_place=None if handler is None or function is None else handler.module.place(function),
                application=application_name(mount.application) if mount.application.kind == "application" else "",
                guards=tuple(guards),
                authentication=authentication,
                takes_body=unknown if taken is None else taken.takes_body,
                body=unknown if taken is None else taken.body,
                query=None if taken is None else taken.query,
                response=self._parameters.response(handler.scope if handler else scope, function, call),
                statuses=tuple(sorted(sent | ({status} if status is not None else set()))),
                parameters=names,
                is_async=function is not None and function.is_async,
            )

    def _above(self, mount: Mount, asked: Asked, *, socket: bool) -> Iterator[Guard]:
        """Give what routers and applications on the way put in front, outermost first."""
        steps = list(mount.chain)
        below_last_mount = max(
            (index for index, step in enumerate(steps) if isinstance(step, Inclusion) and step.mounted), default=-1
        )
        for index, step in enumerate(steps):
            if isinstance(step, Owner) and step.kind == "application":
                found = self._middlewares.of(step, asked)
                yield from map(_before_socket, found) if socket else found
            if index > below_last_mount:
                scope, listed = (step.scope, step.keyword("dependencies")) if isinstance(step, Owner) else (
                    step.scope, dict(step.call.keywords).get("dependencies"))  # fmt: skip
                for dependency in dependencies.of_list(self._program, scope, listed):
                    yield self._guards.guard(dependency)

    def _own(
        self, registration: Registration, handler: Definition | None, function: Function | None
    ) -> Iterator[Guard]:
        listed = dict(registration.call.keywords).get("dependencies")
        for dependency in dependencies.of_list(self._program, registration.scope, listed):
            yield self._guards.guard(dependency)
        if handler is None or function is None:
            return
        for decorator in function.decorators:
            if decorator is not registration.call and (guard := self._wrapper(handler.scope, decorator)) is not None:
                yield guard
        for dependency in dependencies.of_function(self._program, handler.scope, function):
            yield self._guards.guard(dependency)
        found = self._guards.handler(handler, function)
        if found.kind is not GuardKind.OTHER:
            where = handler.module.place(function)
            yield Guard(found.kind, function.name, where, found.recognised, found.definition)

    def _wrapper(self, scope: Scope, decorator: Expr) -> Guard | None:
        """Return the guard that a decorator of the handler is, if it is one."""
        name, place = " ".join(scope.module.text(decorator).split()), scope.module.place(decorator)
        symbol = self._program.symbol(scope, decorator) or ""
        if symbol in _LIMITS:
            return Guard(GuardKind.RATE, name, place, symbol.removesuffix("()"))
        if symbol == "starlette.authentication.requires()":
            return Guard(GuardKind.AUTHENTICATION, name, place, symbol.removesuffix("()"))
        wrapper = self._wrapping(scope, decorator)
        if wrapper is None:
            return None
        inside, function = wrapper
        env = {parameter.name: Value.REQUEST for parameter in function.parameters if parameter.name == "request"}
        paths = self._guards.absence.run(inside, function, dict(env))
        if not self._guards.absence.met or End.REFUSED not in paths.ends:
            return None
        kind = GuardKind.AUTHENTICATION if paths.refuses else GuardKind.UNKNOWN
        return Guard(
            kind, name, place, "answers 401 or 403 to a request without credentials", inside.module.place(function)
        )

    def _wrapping(self, scope: Scope, decorator: Expr) -> tuple[Scope, Function] | None:
        """Return the function that a decorator of this code base puts in the handler's place."""
        found = self._program.definition(scope, decorator)
        for _ in range(2):
            if found is None or not isinstance(found.node, Function):
                return None
            inside = self._program.scope(found.module, found.node)
            for value in returned(found.node):
                inner = self._program.definition(inside, value) if isinstance(value, Name) else None
                if inner is not None and isinstance(inner.node, Function):
                    return self._program.scope(inner.module, inner.node), inner.node
            return None
        return None


def _before_socket(guard: Guard) -> Guard:
    """Return what a middleware is in front of a WebSocket: one for HTTP lets it pass unseen."""
    asks = guard.kind in {GuardKind.AUTHENTICATION, GuardKind.ROLE}
    return replace(guard, kind=GuardKind.UNKNOWN) if asks else guard


def _closes(function: Function) -> bool:
    """Whether a WebSocket's handler closes it by itself: perhaps on a caller who is nobody."""
    return any(isinstance(node, Call) and isinstance(node.callee, Attribute) and node.callee.name == "close"
               for node in walk(*function.body))  # fmt: skip


def _authentication(guards: list[Guard], *, handler_known: bool) -> Authentication:
    kinds = {guard.kind for guard in guards}
    if kinds & {GuardKind.AUTHENTICATION, GuardKind.ROLE}:
        return Authentication.REQUIRED
    if GuardKind.UNKNOWN in kinds or not handler_known:
        return Authentication.UNKNOWN
    return Authentication.OPTIONAL if GuardKind.OPTIONAL_AUTHENTICATION in kinds else Authentication.PUBLIC


def application_name(owner: Owner) -> str:
    """Return `path:variable` of an application."""
    for name, bindings in owner.scope.bindings.items():
        if any(binding.value is owner.call for binding in bindings):
            return f"{owner.scope.module.path}:{name}"
    callee = owner.call.callee
    return f"{owner.scope.module.path}:{owner.scope.name or (callee.id if isinstance(callee, Name) else 'app')}"
