"""Every response tells browsers what they must not do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import GuardKind
from backcheck.findings import Confidence, failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Application, Backend, Route
    from backcheck.findings import Judgement

_EFFECT = "security-headers"


def check(applications: tuple[Application, ...], backend: Backend) -> Iterator[Judgement]:
    """Give one judgement for each application: set for all its routes, by itself or in front of it, or not."""
    for application in applications:
        yield _judged(application, backend)


def _precedes(route: Route, application: Application) -> bool:
    """Whether Express answers the route before it comes to the application's own middleware."""
    return application.framework == "express" and not any(_EFFECT in guard.effects for guard in route.guards)


def _judged(application: Application, backend: Backend) -> Judgement:
    routes = [route for route in backend.routes if route.application == application.name]
    for guard in (*application.guards, *backend.deployment):
        if _EFFECT in guard.effects:
            early = [route for route in routes if guard in application.guards and _precedes(route, application)]
            if not early:
                return passed(application, f"{guard.name} sets them", at=(guard.place,))
            reason = f"{guard.name} comes after {len(early)} of {len(routes)} routes, which answer without them"
            return failed(application, reason, at=(guard.place, early[0].place))
    setting = [guard for route in routes for guard in route.guards if _EFFECT in guard.effects]
    covered = sum(any(_EFFECT in guard.effects for guard in route.guards) for route in routes)
    if routes and covered == len(routes):
        return passed(application, f"{setting[0].name} sets them on every route", at=(setting[0].place,))
    for guard in (*application.guards, *backend.deployment):
        if guard.kind is GuardKind.UNKNOWN:
            reason = f"it cannot be read whether {guard.name} sets security headers"
            return undecided(application, reason, at=(application.place, guard.place))
    if setting:
        reason = f"{setting[0].name} sets them on {covered} of {len(routes)} routes only"
        return failed(application, reason, at=(application.place, setting[0].place))
    return failed(
        application,
        f"nothing sets them: none of its middlewares ({len(application.guards)}), and no deployment file of the repository "
        f"({len(backend.files)} source files searched)",
        confidence=Confidence.MEDIUM,
    )
