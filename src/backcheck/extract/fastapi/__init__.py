"""FastAPI, and Starlette below it: applications, routers, dependencies and middlewares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Application, Backend
from backcheck.extract.fastapi import dependencies
from backcheck.extract.fastapi.guards import Guards
from backcheck.extract.fastapi.middleware import Middlewares
from backcheck.extract.fastapi.mounting import Mounting
from backcheck.extract.fastapi.objects import Owners
from backcheck.extract.fastapi.parameters import Parameters
from backcheck.extract.fastapi.routes import Routes, application_name
from backcheck.extract.fastapi.statuses import Statuses
from backcheck.findings import Unread

if TYPE_CHECKING:
    from backcheck.program import Program


def extract(program: Program) -> Backend:
    """Return the FastAPI applications of a code base with their routes, in order of path and line."""
    owners = Owners(program)
    mounting = Mounting(program, owners)
    if not mounting.applications and not mounting.routers:
        return Backend()
    statuses = Statuses(program)
    guards = Guards(program, statuses)
    middlewares = Middlewares(program, owners, guards, statuses)
    parameters = Parameters(program)
    reader = Routes(
        program, owners, mounting, guards=guards, middlewares=middlewares, parameters=parameters, statuses=statuses
    )
    routes = sorted(reader.routes(), key=lambda route: (route.place, route.path, route.method))
    applications = [
        Application(
            application_name(owner),
            owner.framework,
            owner.scope.module.place(owner.call),
            (
                *middlewares.of(owner),
                *map(guards.guard, dependencies.of_list(program, owner.scope, owner.keyword("dependencies"))),
            ),
        )
        for owner in mounting.applications
        if any(mount.application is owner for mount in mounting.mounts(owner))
    ]
    unread = [
        Unread(
            scope.module.path,
            f"line {scope.module.place(call).start_line}: which router is included here is decided at run time",
        )
        for scope, call in mounting.unresolved
    ]
    unread += [
        Unread(
            scope.module.path,
            f"line {scope.module.place(call).start_line}: the routes that {symbol} makes are a library's",
        )
        for scope, call, symbol in mounting.foreign
    ]
    unread += [
        Unread(
            owner.scope.module.path,
            f"line {owner.scope.module.place(owner.call).start_line}: nothing is seen to include this router: "
            f"{count} {'route was' if count == 1 else 'routes were'} not judged",
        )
        for owner, count in reader.loose.items()
    ]
    applications.sort(key=lambda application: application.place)
    return Backend(applications=tuple(applications), routes=tuple(routes), unread=tuple(unread))
