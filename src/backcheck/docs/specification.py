"""The API specification: what the code says of its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Authentication, GuardKind, Schema, Unresolved
from backcheck.definitions.prompts import render
from backcheck.docs.document import Document, Kind, revision, slug
from backcheck.docs.markdown import code, link, plain

if TYPE_CHECKING:
    from datetime import date

    from backcheck.backend import Application, Backend, Guard, Route


def api_specification(backend: Backend, *, api: str, day: date, commit: str | None, dirty: bool = False) -> Document:
    """Return the specification of every route in ``backend``.

    It was read at ``commit`` (None: a tree without one); ``dirty`` says that the tree differed from it.
    """
    text = render(
        "api-specification",
        api=slug(api),
        date=day.isoformat(),
        commit=commit or "none",
        revision=revision(commit, dirty=dirty),
        sources=sorted({route.place.path for route in backend.routes}),
        applications=[_application(app) for app in backend.applications],
        routes=[_route(route) for route in backend.routes],
        authentication=_authentication(backend.routes),
        statuses=", ".join(str(status) for status in sorted({s for route in backend.routes for s in route.statuses})),
        limits=_limits(backend),
        unread=[f"{code(unread.path)}: {plain(unread.why)}" for unread in backend.unread],
    )
    return Document(Kind.API_SPECIFICATION, api, day, text)


def _application(app: Application) -> dict[str, str]:
    return {
        "name": code(app.name),
        "framework": plain(app.framework),
        "guards": ", ".join(code(guard.name) for guard in app.guards) or "nothing",
    }


def _route(route: Route) -> dict[str, str]:
    return {
        "method": plain(route.method),
        "path": code(route.path),
        "authentication": route.authentication.value,
        "body": _schema(route.body) if route.takes_body or route.body else "none",
        "response": _schema(route.response),
        "limiter": ", ".join(code(guard.name) for guard in route.limiters) or "none",
        "statuses": ", ".join(map(str, route.statuses)),
        "code": link(route.place.path, route.place.start_line),
    }


def _schema(schema: Schema | Unresolved | None) -> str:
    match schema:
        case Schema(name):
            return code(name)
        case Unresolved(why):
            return f"unknown: {plain(why)}"
        case _:
            return "no schema"


def _authentication(routes: tuple[Route, ...]) -> list[str]:
    """Say for each state how many routes are in it, and name the guards that make it so."""
    lines = []
    for state in Authentication:
        members = [route for route in routes if route.authentication is state]
        if not members:
            continue
        guards = {guard for route in members for guard in route.guards if _recognises(guard)}
        named = sorted({f"{code(guard.name)} ({plain(guard.recognised)})" for guard in guards})
        by = f", by {', '.join(named)}" if named else ""
        lines.append(f"{state.value}: {len(members)} of {len(routes)}{by}")
    return lines or ["There are no routes."]


def _recognises(guard: Guard) -> bool:
    return guard.kind in {GuardKind.AUTHENTICATION, GuardKind.OPTIONAL_AUTHENTICATION, GuardKind.ROLE}


def _limits(backend: Backend) -> str:
    limited = sum(bool(route.limiters) for route in backend.routes)
    many = [call for call in backend.calls if call.reads_many]
    unbounded = sum(call.bounded is False for call in many)
    return (
        f"{limited} of {len(backend.routes)} routes have a rate limiter. "
        f"{len(many)} queries may give many rows, {unbounded} of them without a limit."
    )
