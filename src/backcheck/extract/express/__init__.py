"""Express: applications, routers, mounts and middlewares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Application, Backend
from backcheck.extract.express.entries import entries
from backcheck.extract.express.evaluation import Exhausted
from backcheck.extract.express.guards import Guards, hands_on
from backcheck.extract.express.mounts import Endpoint, endpoints
from backcheck.extract.express.registration import Registration
from backcheck.extract.express.routes import Routes
from backcheck.extract.express.values import Closure, External, Router, Unknown, Value
from backcheck.findings import Unread
from backcheck.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Route
    from backcheck.program import Program

_LANGUAGES = frozenset({"javascript", "typescript"})


def extract(program: Program) -> Backend:
    """Return the Express applications of a code base with their routes, in order of path and line."""
    tree = program.tree
    modules = {path: module for path, module in program.modules.items() if module.language in _LANGUAGES}
    application = frozenset(file.path for file in tree.files if file.role is Role.APPLICATION)
    registration = Registration(modules, program.locate)
    unread: list[Unread] = []
    for path in entries(modules, program.locate, application):
        try:
            registration.begin(modules[path])
        except Exhausted:
            unread.append(Unread(path, "registers routes in more steps than are followed"))
        except RecursionError:
            unread.append(Unread(path, "is nested too deeply to be followed"))
    unread.extend(_lost(registration))
    guards = Guards(registration)
    applications, routes = _collect(registration, guards)
    return Backend(
        applications=tuple(applications),
        routes=tuple(routes),
        files=tuple(sorted(modules)),
        unread=tuple(unread),
    )


def _lost(registration: Registration) -> Iterator[Unread]:
    """Give what is mounted and was not found: routers of a file that is missing, ignored or too large."""
    for router in registration.routers:
        for layer in router.layers if router.mounted or router.is_app else ():
            lost = [
                value for value, _ in layer.handlers if isinstance(value, Unknown) and value.why.startswith((".", "/"))
            ]
            line = layer.module.place(layer.node).start_line
            if lost:
                yield Unread(layer.module.path, f"line {line}: {lost[0].why!r} is not among the files that were read")
            elif layer.method == "USE" and not layer.handlers and layer.node.args:
                yield Unread(layer.module.path, f"line {line}: what is mounted here is decided at run time")


def _collect(registration: Registration, guards: Guards) -> tuple[list[Application], list[Route]]:
    applications: list[Application] = []
    found: dict[tuple[str, str, str], tuple[Endpoint, Route]] = {}
    routes = Routes(guards)

    def passes(value: Value) -> bool:
        return bool(guards.look(value).known.passes) if isinstance(value, Closure) else hands_on(value)

    for router in registration.routers:
        if router.mounted or not router.layers:
            continue
        application = _application(router, guards) if router.is_app else None
        if application is not None:
            applications.append(application)
        name = "" if application is None else application.name
        for endpoint in endpoints(router, "" if router.is_app else "/{?mount}", passes):
            key = (name, endpoint.method, endpoint.path)
            if "*" in endpoint.path and (endpoint.passes or isinstance(endpoint.value, External)):
                continue  # a middleware in a route's clothes: `app.options('*', cors())`
            if key not in found or found[key][0].passes:  # the first one that answers wins
                found[key] = (endpoint, routes.route(endpoint, name))
    ordered = sorted((route for _, route in found.values()), key=lambda route: (route.place, route.path, route.method))
    return sorted(applications, key=lambda each: each.place), ordered


def _application(router: Router, guards: Guards) -> Application:
    place = router.module.place(router.node)
    wide = [
        guards.guard(value, expr, layer)
        for layer in router.layers
        if layer.method == "USE" and set(layer.paths) & {"", "/", "*", "/*"}
        for value, expr in layer.handlers
        if not isinstance(value, Router)
    ]
    return Application(f"{place.path}:{router.name or 'app'}", "express", place, tuple(wide))
