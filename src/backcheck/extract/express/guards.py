"""What each middleware does: a `Guard` for every value that stands before a handler."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.backend import Guard, GuardKind
from backcheck.extract.express.inspection import Inspection
from backcheck.extract.express.libraries import guard_of, lets_anybody_in, strategies, strategy_kind
from backcheck.extract.express.requests import NOTHING
from backcheck.extract.express.unless import is_unless, spares
from backcheck.extract.express.values import Closure, External, Frame, Layer, Record, Value
from backcheck.program.form import Call, Function

if TYPE_CHECKING:
    from backcheck.extract.express.machine import Machine
    from backcheck.extract.express.trial import Asked, End, Trial
    from backcheck.findings import Place
    from backcheck.program.form import Expr

_LONG = 80
_OF_CALLERS = re.compile(
    r"auth|jwt|passport|session|guard|acl|permission|login|sso|saml|oidc|clerk|keycloak|okta|token|firebase|secur|casbin|"
    r"role|access|protect|restrict|require|identity|user|account|credential|firewall|allow|shield|verif|check|private|admin",
    re.IGNORECASE,
)
_CONDITIONAL = "applied under a condition that could not be decided"


@dataclass(frozen=True, slots=True)
class Look:
    """What the two trials of one function showed."""

    known: Trial
    """On a request of which nothing is known."""
    nobody: Trial
    """On a request without credentials."""

    @property
    def ends_requests(self) -> bool:
        """Whether it answers and never lets a request on."""
        return bool(self.known.ends) and not self.known.passes


class Guards:
    """Classifies middlewares, each function once."""

    def __init__(self, machine: Machine) -> None:
        self._inspection = Inspection(machine)
        self._looks: dict[tuple[int, int, int, Asked], Look] = {}
        self._kept: list[Closure] = []

    def look(self, closure: Closure, asked: Asked = NOTHING) -> Look:
        """Return what a function does to requests, or to those for one path and method."""
        key = (id(closure.function), id(closure.frame), id(closure.this), asked)
        if key not in self._looks:
            self._kept.append(closure)  # its ids stay its own
            known = self._inspection.attempt(closure, anonymous=False, asked=asked)
            self._looks[key] = Look(known, self._inspection.attempt(closure, anonymous=True, asked=asked))
        return self._looks[key]

    def chooses(self, value: Value) -> bool:
        """Return whether a middleware may treat one path or method otherwise than another."""
        own = wrapped(value)
        return is_unless(value) or (own is not None and self.look(own).known.chooses)

    def guard(self, value: Value, expr: Expr, layer: Layer, asked: Asked = NOTHING) -> Guard:
        """Return the guard that a middleware is, or what it is to requests for one path and method."""
        name, place = _name(value, expr, layer), layer.module.place(expr)
        match value:
            case Closure():
                guard = self._own(value, name, place, asked)
            case External() if (inner := wrapped(value)) is not None:
                guard = self._own(inner, name, place, asked)
            case External() if is_unless(value) and (spared := spares(value, asked)) is not False:
                kind = GuardKind.OTHER if spared else GuardKind.UNKNOWN
                guard = Guard(kind, name, place, "spares this path" if spared else "spares some paths")
            case External(symbol, args, base):
                symbol, args = (
                    (base.base.symbol, base.base.args) if is_unless(value) and base and base.base else (symbol, args)
                )
                guard = _package(symbol, args, name, place)
            case _:
                guard = Guard(GuardKind.UNKNOWN, name, place, "could not be resolved")
        if layer.conditional and guard.kind in {GuardKind.AUTHENTICATION, GuardKind.ROLE}:
            return Guard(GuardKind.UNKNOWN, guard.name, place, _CONDITIONAL, guard.definition, guard.effects)
        return guard

    def _own(self, closure: Closure, name: str, place: Place, asked: Asked) -> Guard:
        definition = closure.frame.module.place(closure.function)
        if _is_error_handler(closure):
            effects = frozenset({"error-handler"})
            return Guard(GuardKind.OTHER, name, place, "takes four parameters", definition, effects)
        look = self.look(closure, asked)
        kind, recognised = _judge(look)
        return Guard(kind, name, place, recognised, definition, frozenset(_effects(look.known)))


def wrapped(value: Value) -> Closure | None:
    """Return the middleware that a value is, also within a package's wrapper: `asyncHandler(check)`."""
    match value:
        case Closure():
            return value
        case External(symbol, (Closure() as inner,)) if guard_of(symbol) is None and symbol.endswith("()"):
            return inner if len(inner.function.parameters) > 1 else None
    return None


def _is_error_handler(closure: Closure) -> bool:
    return len(closure.function.parameters) == 4


def _name(value: Value, expr: Expr, layer: Layer) -> str:
    """Return the middleware as the code names it, without a long list of arguments or a function's body."""
    text = " ".join(layer.module.text(expr).split())
    if len(text) <= _LONG and not isinstance(expr, Function):
        return text
    if isinstance(expr, Call):
        return f"{' '.join(layer.module.text(expr.callee).split())[:_LONG]}(…)"
    return (value.name if isinstance(value, Closure) else "") or "<anonymous>"


def _effects(trial: Trial) -> set[str]:
    redirects = trial.scheme and any(end.kind == "redirect" for end in trial.ends)
    return trial.effects | ({"https-redirect"} if redirects else set())


def _judge(look: Look) -> tuple[GuardKind, str]:
    known, nobody = look.known, look.nobody
    if known.exhausted or nobody.exhausted:
        return GuardKind.UNKNOWN, "too long to be followed"
    if any(end.status == 429 for end in known.ends):
        return GuardKind.RATE, "answers 429"
    kinds = {guard.kind for symbol in known.libraries if (guard := guard_of(symbol)) is not None}
    if GuardKind.RATE in kinds:
        return GuardKind.RATE, f"calls {known.libraries[0]}"
    judged = _of_credentials(known, nobody) if nobody.credentials else _without_credentials(known)
    return judged or _of_content(known)


def _of_content(known: Trial) -> tuple[GuardKind, str]:
    if known.checks:
        return GuardKind.VALIDATION, f"checks with {known.checks[0][0]}"
    if any(end.status in {400, 422} for end in known.ends) and known.passes and known.body:
        return GuardKind.VALIDATION, "answers 400 or 422 for content that it refuses"
    if not known.ends:
        return GuardKind.UNKNOWN, "neither answers nor passes on in a way that could be followed"
    return GuardKind.OTHER, "asks for no credentials"


def _of_credentials(known: Trial, nobody: Trial) -> tuple[GuardKind, str] | None:
    refuses = [end for end in nobody.ends if end.kind != "pass"]
    if not nobody.passes and refuses and _turned_away(refuses) and known.passes:
        if known.roles and any(end.status == 403 for end in known.ends):
            return GuardKind.ROLE, f"{_how(refuses)} without credentials, 403 without the role"
        return GuardKind.AUTHENTICATION, f"{_how(refuses)} without credentials"
    if not known.passes:
        return None
    if any(end.certain for end in nobody.passes) and (known.recognises or any(end.turns_away for end in known.ends)):
        return GuardKind.OPTIONAL_AUTHENTICATION, "recognises a caller and lets anybody in"
    if any(end.turns_away for end in (*known.ends, *nobody.ends)):
        return GuardKind.UNKNOWN, "turns callers away under a condition that could not be decided"
    return None


def _turned_away(refuses: list[End]) -> bool:
    """Whether these are refusals of a caller, not a handler's own answers."""
    return all(end.kind in {"fail", "redirect"} or (end.status is not None and end.status >= 400) for end in refuses)


def _how(refuses: list[End]) -> str:
    status = next((end.status for end in refuses if end.status is not None), None)
    if status is not None:
        return f"answers {status}"
    return "redirects" if any(end.kind == "redirect" for end in refuses) else "fails"


def _without_credentials(known: Trial) -> tuple[GuardKind, str] | None:
    status = next((end.status for end in known.ends if end.turns_away), None)
    if status is None:
        return None
    if not known.passes:
        return GuardKind.AUTHENTICATION, f"answers {status} to everybody"
    return GuardKind.UNKNOWN, f"answers {status} under a condition that could not be decided"


def says_nothing_of_callers(value: Value) -> bool:
    """Return whether a middleware is an unknown package's, whose name hints at neither callers nor rights."""
    return (
        isinstance(value, External)
        and wrapped(value) is None
        and guard_of(value.symbol) is None
        and not _OF_CALLERS.search(value.symbol)
    )


def hands_on(value: Value) -> bool:
    """Return whether a value is a package's guard, which passes on what it does not turn away."""
    guard = guard_of(value.symbol) if isinstance(value, External) else None
    return guard is not None and guard.kind is not GuardKind.OTHER


def _package(symbol: str, args: tuple[Value, ...], name: str, place: Place) -> Guard:
    found = guard_of(symbol)
    if found is None:
        return Guard(GuardKind.UNKNOWN, name, place, f"{symbol} is not known")
    kind = found.kind
    if symbol == "passport.authenticate()":
        kind = strategy_kind(strategies(args))
    if kind is GuardKind.AUTHENTICATION and lets_anybody_in(args):
        kind = GuardKind.OPTIONAL_AUTHENTICATION
    package = symbol.replace("()", "")
    return Guard(kind, name, place, package, None, found.effects)


def covers_body(value: Value, look: Look | None) -> bool:
    """Return whether a validation guard covers the body: by its schema's parts where it names them."""
    records = list(_given(value))
    parts = {name for record in records for name in record.fields if name in {"body", "query", "params", "headers"}}
    if parts:
        return "body" in parts
    if look is None:
        return True
    return any(body for _, _, body in look.known.checks) if look.known.checks else look.known.body


def _given(value: Value) -> list[Record]:
    match value:
        case External(_, args):
            return [arg for arg in args if isinstance(arg, Record)]
        case Closure(frame=Frame(names=names, parent=parent)) if parent is not None:
            return [each for each in names.values() if isinstance(each, Record)]
    return []
