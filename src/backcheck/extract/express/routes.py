"""From an endpoint to a `Route`: its guards, what they ask of a caller, and what the handler does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Authentication, Guard, GuardKind, Route, Schema, Unresolved
from backcheck.extract.express import paths
from backcheck.extract.express.guards import Guards, Look, covers_body, says_nothing_of_callers
from backcheck.extract.express.trial import Asked
from backcheck.extract.express.values import Closure, External, Unknown, Value

if TYPE_CHECKING:
    from backcheck.extract.express.mounts import Endpoint, Step

_OPEN = frozenset({GuardKind.UNKNOWN, GuardKind.OPTIONAL_AUTHENTICATION})
_PROTECTS = frozenset({GuardKind.AUTHENTICATION, GuardKind.ROLE})


class Routes:
    """Makes routes of endpoints."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards
        self._made: dict[tuple[int, int, int], Guard] = {}

    def route(self, endpoint: Endpoint, application: str) -> Route:
        """Return the route of an endpoint."""
        handler = handler_of(endpoint.value)
        look = self._guards.look(endpoint.value) if isinstance(endpoint.value, Closure) else None
        guards = [self._guard(step, endpoint) for step in endpoint.steps]
        telling = [guard for step, guard in zip(endpoint.steps, guards, strict=True) if _tells(step, guard)]
        own = self._own(endpoint, look)
        guards += own
        module = endpoint.layer.module
        looks = [self._guards.look(step.value) for step in endpoint.steps if isinstance(step.value, Closure)]
        looks += [look] if look is not None else []
        return Route(
            method=endpoint.method,
            path=endpoint.path,
            handler=_name(endpoint, handler),
            framework="express",
            place=module.place(endpoint.layer.node),
            handler_place=None if handler is None else handler.frame.module.place(handler.function),
            application=application,
            guards=tuple(guards),
            authentication=_unless_it_may_refuse(authentication([*telling, *own]), look),
            takes_body=_takes_body(look, handler, endpoint.value),
            body=self._body(endpoint, guards, look),
            statuses=tuple(sorted({status for each in looks for status in each.known.statuses})),
            parameters=paths.parameters(endpoint.path),
            is_async=True,
        )

    def _guard(self, step: Step, endpoint: Endpoint) -> Guard:
        key = (id(step.value), id(step.expr), id(step.layer))
        if key not in self._made:
            self._made[key] = self._guards.guard(step.value, step.expr, step.layer)
        made = self._made[key]
        if made.kind not in _OPEN or not self._guards.chooses(step.value):
            return made
        return self._guards.guard(step.value, step.expr, step.layer, _asked(step, endpoint))

    def _own(self, endpoint: Endpoint, look: Look | None) -> list[Guard]:
        """Return what the handler asks of a caller itself."""
        if endpoint.passes:
            return [self._guards.guard(endpoint.value, endpoint.expr, endpoint.layer)]
        inline = None if look is None else self._inline(endpoint, look)
        return [] if inline is None else [inline]

    def _inline(self, endpoint: Endpoint, look: Look) -> Guard | None:
        """Return the guard that a handler is itself, where it refuses everybody who has no credentials."""
        known, nobody = look.known, look.nobody
        let_in = [end for end in nobody.ends if not end.refuses]
        succeeds = [end for end in known.ends if not end.refuses]
        if not nobody.credentials or not nobody.ends or let_in or not succeeds or nobody.exhausted or known.issues:
            return None
        place = endpoint.layer.module.place(endpoint.expr)
        status = next((end.status for end in nobody.ends if end.status), "an error")
        return Guard(
            GuardKind.AUTHENTICATION,
            _name(endpoint, handler_of(endpoint.value)),
            place,
            f"the handler itself answers {status} without credentials",
            place if handler_of(endpoint.value) is None else None,
        )

    def _body(self, endpoint: Endpoint, guards: list[Guard], look: Look | None) -> Schema | Unresolved | None:
        for step, guard in zip(endpoint.steps, guards, strict=False):
            if guard.kind is GuardKind.VALIDATION:
                seen = self._guards.look(step.value) if isinstance(step.value, Closure) else None
                if covers_body(step.value, seen):
                    return Schema(guard.name, guard.place)
        for name, place, body in look.known.checks if look is not None else ():
            if body:
                return Schema(name, place)
        return None


def _tells(step: Step, guard: Guard) -> bool:
    """Whether a guard says what this very route asks of a caller; the application's own look at a session does not."""
    everywhere = step.layer.method == "USE" and step.scope == "/"
    if everywhere and guard.kind is GuardKind.OPTIONAL_AUTHENTICATION:
        return False
    return not says_nothing_of_callers(step.value)


def _asked(step: Step, endpoint: Endpoint) -> Asked:
    """Return what requests for an endpoint ask for, as this middleware in front of it sees them."""
    below = "" if step.exact or step.parameter else paths.below(step.scope, endpoint.path)
    method = "" if endpoint.method == "ANY" else endpoint.method
    return Asked(paths.definite(below), paths.definite(endpoint.path), method)


def handler_of(value: Value) -> Closure | None:
    """Return the function that answers, within the wrappers around it."""
    seen = 0
    while seen < 10:
        seen += 1
        match value:
            case Closure(wraps=Closure() as inner):
                value = inner
            case Closure():
                return value
            case External(_, args) if any(isinstance(arg, Closure) for arg in args):
                value = next(arg for arg in reversed(args) if isinstance(arg, Closure))
            case _:
                return None
    return None


def authentication(guards: list[Guard]) -> Authentication:
    """Return what these guards together ask of a caller; one that is not understood leaves it open."""
    kinds = {guard.kind for guard in guards}
    if kinds & _PROTECTS:
        return Authentication.REQUIRED
    if GuardKind.UNKNOWN in kinds:
        return Authentication.UNKNOWN
    if GuardKind.OPTIONAL_AUTHENTICATION in kinds:
        return Authentication.OPTIONAL
    return Authentication.PUBLIC


def _unless_it_may_refuse(asked: Authentication, look: Look | None) -> Authentication:
    """Return what guards ask, or unknown where the handler answers 401 itself to something it reads: `body.token`, say."""
    if asked is not Authentication.PUBLIC or look is None or look.known.issues:
        return asked
    return Authentication.UNKNOWN if any(end.status == 401 for end in look.nobody.ends) else asked


def _name(endpoint: Endpoint, handler: Closure | None) -> str:
    text = " ".join(endpoint.layer.module.text(endpoint.expr).split())
    if len(text) <= 60 and "=>" not in text and not text.startswith(("function", "async ")):
        return text
    return (handler.name if handler is not None else "") or "<anonymous>"


def _takes_body(look: Look | None, handler: Closure | None, value: Value) -> bool | Unresolved:
    if look is None or (look.known.exhausted and not look.known.body):
        why = value.why if isinstance(value, Unknown) and value.why else "the handler"
        return Unresolved(
            f"{why} could not be followed", None if handler is None else handler.frame.module.place(handler.function)
        )
    return look.known.body
