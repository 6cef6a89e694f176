"""Tries a middleware or a handler on a request, to see what it does rather than what it is called.

Each function is tried twice: on a request of which nothing is known, and on one that carries no credentials at all. A
guard that then never lets the request on is one that authenticates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import GuardKind
from backcheck.extract.express.evaluation import Exhausted, Thrown
from backcheck.extract.express.libraries import (
    guard_of,
    is_check,
    is_validator,
    lets_anybody_in,
    strategies,
    strategy_kind,
)
from backcheck.extract.express.machine import MAX_REPEATS
from backcheck.extract.express.operators import found_in, operate
from backcheck.extract.express.requests import NOTHING, Requests, dereference, text_of_error
from backcheck.extract.express.trial import Asked, Trial, checks_body, holds, meaning, status_of
from backcheck.extract.express.values import (
    Closure,
    External,
    Frame,
    Items,
    Known,
    Native,
    Promised,
    Unknown,
    Value,
    truth,
)
from backcheck.program.form import Attribute, Call

if TYPE_CHECKING:
    from backcheck.extract.express.machine import Machine

_STEPS = 20_000
_ISSUES = re.compile(r"^(?:jsonwebtoken|jws|jose|jwt-simple|njwt|paseto)\b.*\b(?:sign|encode|create|SignJWT)$")
_LOGS = re.compile(
    r"^(?:console|(?:\w+\.)*(?:log|logger|winston|pino))\.(?:log|info|debug|warn|warning|error|trace|verbose|http|dir|silly)$",
    re.IGNORECASE,
)
_VERIFIES = re.compile(r"verify|^unseal|^jwtDecrypt", re.IGNORECASE)


class Inspection(Requests):
    """Tries functions; names and modules are those of the machine that ran the registration."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine.modules, machine.locate)
        self.loaded = machine.loaded

    def attempt(self, closure: Closure, *, anonymous: bool, asked: Asked = NOTHING) -> Trial:
        """Return what the function does to a request for this; ``anonymous`` for one without credentials."""
        self._asked = asked
        self.trial, self._anonymous, self._done, self._assigned = Trial(), anonymous, False, {}
        self._status = None
        self.steps, self.limit, self.uncertain = 0, _STEPS, 0
        try:
            self.apply(closure, [Native("request"), Native("response"), Native("next")])
        except Thrown as thrown:
            self._end("fail", status_of(thrown.value), text_of_error(thrown.value))
        except (Exhausted, RecursionError):
            self.trial.exhausted = True
        self._active.clear()
        return self.trial

    # Calls

    def call(self, expr: Call, frame: Frame) -> Value:
        """Do a call; a promise that fails goes to its `catch`."""
        if _LOGS.search(frame.module.text(expr.callee)):
            return self._logged(expr, frame)
        match expr.callee:
            case Attribute(of, ("then" | "catch" | "finally") as name):
                try:
                    receiver = self.evaluate(of, frame)
                except Thrown as thrown:
                    handlers = [each for each in self.spread(expr.args, frame) if isinstance(each, Closure | Native)]
                    if name == "catch" or len(handlers) > 1:
                        return self.invoke(handlers[-1], [thrown.value], expr, frame) if handlers else Unknown()
                    raise
                return self._settled(receiver, name, self.spread(expr.args, frame), expr, frame)
        return super().call(expr, frame)

    def _logged(self, expr: Call, frame: Frame) -> Value:
        """Do a call that writes to a log: what it shows of the body is not taken from it."""
        body = self.trial.body
        value = super().call(expr, frame)
        self.trial.body = body
        return value

    def _settled(self, value: Value, name: str, args: list[Value], expr: Call, frame: Frame) -> Value:
        kept = [each for each in value.settled if each[0]] if isinstance(value, Promised) else [(True, value, True)]
        broken = [each for each in value.settled if not each[0]] if isinstance(value, Promised) else []
        match name:
            case "then":
                runs = [(kept, args[:1]), (broken, args[1:2])]
            case "catch":
                runs = [(broken, args[:1])]
            case _:
                runs = [(kept, args)]
        for cases, handlers in runs:
            if not handlers:
                continue
            if isinstance(value, Promised) and not cases:
                continue
            if cases and not (kept and broken) and not isinstance(value, External | Unknown):
                self.invoke(handlers[0], [cases[0][1]], expr, frame)
                continue
            for _, given, _ in cases or [(False, Unknown("error"), False)]:
                self._perhaps(handlers[0], [given], expr, frame)
        return value

    def _perhaps(self, callee: Value, args: list[Value], expr: Call, frame: Frame) -> None:
        self.both(lambda: self._invoked(callee, args, expr, frame), lambda: False)

    def _invoked(self, callee: Value, args: list[Value], expr: Call, frame: Frame) -> bool:
        self.invoke(callee, args, expr, frame)
        return False

    def awaited(self, value: Value) -> Value:
        """Return what awaiting gives; a promise that is broken for sure throws."""
        if isinstance(value, Promised):
            if value.settled and not any(kept for kept, _, _ in value.settled):
                raise Thrown(value.settled[0][1])
            return next((given for kept, given, _ in value.settled if kept), Unknown())
        return value

    def method(self, receiver: Value, name: str, args: list[Value], expr: Call, frame: Frame) -> Value:
        """Call a method of a value."""
        if isinstance(expr.callee, Attribute):
            dereference(expr.callee, receiver, frame)
        if isinstance(receiver, Native):
            return self._native(receiver, name, args)
        if isinstance(receiver, External) and receiver.symbol == "Set()" and name == "has":
            for listed in receiver.args[:1]:
                return self.ask(listed, "includes", args) if isinstance(listed, Items) else Unknown()
        if isinstance(receiver, Unknown) and is_check(name) and any(holds(arg, "body") for arg in args):
            self._checked(expr, frame, body=True)
        return super().method(receiver, name, args, expr, frame)

    def invoke(self, callee: Value, args: list[Value], expr: Call, frame: Frame) -> Value:
        """Call a value."""
        match callee:
            case Native("next"):
                self._next(args)
                return Unknown()
            case Native("resolve" | "reject", promise=Promised() as promise):
                promise.settled.append((callee.kind == "resolve", args[0] if args else Unknown(), self.uncertain == 0))
                return Unknown()
            case Closure() if not self._worth(callee, args):
                return Unknown(callee.name)
        return super().invoke(callee, args, expr, frame)

    def _worth(self, closure: Closure, args: list[Value]) -> bool:
        """Whether a call can tell something: it is handed a part of the request or what came of it, or is local."""
        local = closure.frame.parent is not None and closure.frame.cls is None
        kinds = ("request", "response", "next", "absent", "body", "resolve", "reject", "headers", "identity")
        nothing = self._anonymous and any(isinstance(arg, Known) and not arg.value for arg in args)
        return (
            local
            or nothing
            or any(holds(arg, kind) for arg in args for kind in kinds)
            or any(isinstance(a, Closure) for a in args)
        )

    def _next(self, args: list[Value]) -> None:
        match args[:1]:
            case [] | [Known(None) | Known(False) | Native("absent")]:
                self._end("pass")
            case [Known("route" | "router")]:
                self.uncertain += 1
                self._end("pass")
                self.uncertain -= 1
            case [value]:
                self._end("fail", status_of(value), text_of_error(value))

    def external(self, callee: External, args: list[Value], expr: Call, frame: Frame) -> Value:
        """Call something of a package."""
        name = callee.symbol.rpartition(".")[2]
        self.trial.issues |= _ISSUES.search(callee.symbol) is not None
        if callee.symbol == "Promise" and args and isinstance(args[0], Closure):
            promise = Promised()
            self.apply(args[0], [Native("resolve", promise=promise), Native("reject", promise=promise)])
            return promise
        if callee.symbol == "Promise.reject":
            raise Thrown(args[0] if args else Unknown())
        if callee.symbol.endswith("promisify()") and callee.args:
            return self.invoke(callee.args[0], args, expr, frame)
        if callee.symbol.endswith("validationResult"):
            self._checked(expr, frame, body=True)
        elif is_check(name) and is_validator(callee.symbol):
            self._checked(expr, frame, body=checks_body(callee, args, self.trial))
        if any(holds(arg, "request") for arg in args):
            self._hand_over(callee, args)
        return self._outside(callee, name, args)

    def _hand_over(self, callee: External, args: list[Value]) -> None:
        """Call a guard of a package with the request at hand."""
        callbacks = [arg for arg in callee.args if isinstance(arg, Closure)]
        if callee.symbol == "passport.authenticate()":
            asks = strategy_kind(strategies(callee.args)) is GuardKind.AUTHENTICATION
            self.trial.credentials |= asks
            if callbacks:
                user: Value = Known(value=False) if self._anonymous and asks else Native("identity")
                self.apply(callbacks[0], [Known(None), user, Unknown("info")])
            elif self._anonymous and asks:
                self._end("fail", 401)
            else:
                self.both(lambda: self._ended("fail", 401), lambda: self._ended("pass", None))
            return
        guard = guard_of(callee.symbol)
        if guard is not None and any(holds(arg, "next") for arg in args):
            self.trial.libraries.append(callee.symbol)
            self._asked_by_package(asks=guard.kind is GuardKind.AUTHENTICATION and not lets_anybody_in(callee.args))

    def _asked_by_package(self, *, asks: bool) -> None:
        self.trial.credentials |= asks
        if not asks:
            self._end("pass")
        elif self._anonymous:
            self._end("fail", 401)
        else:
            self.both(lambda: self._ended("fail", 401), lambda: self._ended("pass", None))

    def _ended(self, kind: str, status: int | None) -> bool:
        self._end(kind, status)
        return False

    def _outside(self, callee: External, name: str, args: list[Value]) -> Value:
        absent = any(holds(arg, "absent") for arg in args) or holds(callee, "absent")
        if guard_of(callee.symbol) is not None:  # makes a middleware: what it is given runs later
            return External(f"{callee.symbol}()", tuple(args), callee)
        called_back = self.call_back(args, absent=absent, fails=_VERIFIES.search(name) is not None)
        if self._anonymous and _VERIFIES.search(name) and args and isinstance(args[0], Known) and not args[0].value:
            absent = True
        if absent and _VERIFIES.search(name) and not called_back:
            raise Thrown(External("JsonWebTokenError"))
        if absent:
            return Native("absent")
        kind = next((kind for kind in ("identity", "body") if any(holds(arg, kind) for arg in args)), None)
        result = External(f"{callee.symbol}()", tuple(args), callee)
        return Native("identity") if kind == "identity" and not _is_error(name) else result

    def unknown_call(self, callee: Value, args: list[Value]) -> Value:
        """Call something unknown; of an absent credential comes nothing."""
        absent = any(holds(arg, "absent") for arg in args)
        self.call_back(args, absent=absent)
        if absent:
            return Native("absent")
        return super().unknown_call(callee, [])

    def call_back(self, args: list[Value], *, absent: bool, fails: bool = False) -> bool:
        """Run the functions that something unknown was given; return whether there are any."""
        callbacks = [arg for arg in args if isinstance(arg, Closure)]
        for callback in callbacks:
            count = len(callback.function.parameters)
            if absent and count > 1:
                given: list[Value] = [
                    Known(value=True) if fails else Unknown("error"),
                    *[Native("absent")] * (count - 1),
                ]
                self.apply(callback, given)
            elif absent:
                self.apply(callback, [Native("absent")] * count)
            else:
                self.both(lambda: self._applied(callback, count), lambda: False)  # noqa: B023 - called at once
        return bool(callbacks)

    def _applied(self, callback: Closure, count: int) -> bool:
        self.apply(callback, [Unknown(parameter.name) for parameter in callback.function.parameters[:count]])
        return False

    def ask(self, array: Items, name: str, args: list[Value]) -> Value:
        """Answer a question about an array: what is absent is in none; a known path or method is looked for."""
        if self._asked != NOTHING and (answer := self._found(array, name, args)) is not None:
            return answer
        self.call_back(args, absent=False)
        if any(isinstance(arg, Native) and arg.kind == "absent" for arg in args):
            return Known(-1) if name == "indexOf" else Known(value=False)
        return Unknown()

    def _found(self, array: Items, name: str, args: list[Value]) -> Value | None:
        """Return what an array of constants answers; None where that is open."""
        match name, args:
            case (("includes" | "indexOf"), [Known() as wanted, *_]):
                held = [truth(operate("===", each, wanted)) for each in array.values]
            case (("some" | "every" | "find"), [Closure() as test, *_]) if len(array.values) <= MAX_REPEATS:
                held = [truth(self.apply(test, [each])) for each in array.values]
            case _:
                return None
        return found_in(array, name, held)

    def _checked(self, expr: Call, frame: Frame, *, body: bool) -> None:
        callee = expr.callee
        of = callee.value if isinstance(callee, Attribute) else callee
        self.trial.checks.append((frame.module.text(of), frame.module.place(expr), body))


def _is_error(name: str) -> bool:
    return name.endswith(("Error", "Exception")) or meaning(name) is not None
