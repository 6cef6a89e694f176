"""What a request and a response are made of, and what code that reads and answers them shows of itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.extract.express.calls import Calls
from backcheck.extract.express.evaluation import Thrown
from backcheck.extract.express.trial import Asked, End, Trial, meaning, status_of
from backcheck.extract.express.values import External, Frame, Known, Native, Record, Value, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backcheck.extract.express.entries import Locate
    from backcheck.program.form import Attribute, Module

_IDENTITY = re.compile(
    r"^(?:current_?)?(?:user|account|auth|member|customer|admin|principal|identity|session|login|logged|token|jwt|decoded|"
    r"payload|claims|uid|role|permission|api_?key|passport|access|refresh|sid|me$|is_?(?:auth|admin|logged))",
    re.IGNORECASE,
)
_HEADER = re.compile(r"auth|token|api-?key|cookie|session|x-user|jwt|secret", re.IGNORECASE)
_NO_IDENTITY = re.compile(r"refresh|csrf|agent|xsrf|reset|captcha|lang|theme|cart|flash", re.IGNORECASE)
"""Not what lets a caller in: a refresh token buys a new one at a route that is open to all."""
_ROLE = re.compile(r"role|permission|scope|admin|privilege|rights|grant|ability", re.IGNORECASE)
_STANDARD = frozenset(
    {"path", "url", "originalUrl", "baseUrl", "ip", "hostname", "app", "route", "socket", "connection"}
)
_PARTS = {
    "headers": "headers", "cookies": "cookies", "signedCookies": "cookies", "session": "session", "method": "method",
    "secure": "scheme", "protocol": "scheme", "get": "header", "header": "header", "isAuthenticated": "authenticated",
    "isUnauthenticated": "unauthenticated", "query": "query", "params": "unknown", "res": "response", "next": "next",
}  # fmt: skip
_ROUTED = {"path": "path", "url": "path", "originalUrl": "original", "method": "method"}
NOTHING = Asked("", "", "")
"""Of a request that may be any."""
_BODY = frozenset({"body", "rawBody", "file", "files"})
_SENDS = frozenset({"json", "send", "end", "render", "sendFile", "sendfile", "download", "jsonp", "pipe", "format"})
_HEADERS = {
    "x-frame-options": "security-headers", "content-security-policy": "security-headers",
    "x-content-type-options": "security-headers", "strict-transport-security": "hsts",
    "access-control-allow-origin": "cors",
}  # fmt: skip


class Requests(Calls):
    """Gives meaning to the request, the response and their parts; keeps what it sees in `trial`."""

    def __init__(self, modules: Mapping[str, Module], locate: Locate) -> None:
        super().__init__(modules, locate)
        self._anonymous = False
        self._done = False
        self._asked = NOTHING
        self._status: int | None = None
        self._assigned: dict[str, Value] = {}
        self.trial = Trial()

    def call_back(self, args: list[Value], *, absent: bool, fails: bool = False) -> bool:
        """Run the functions that something unknown was given; return whether there are any."""
        raise NotImplementedError

    def both(self, first: Callable[[], bool], second: Callable[[], bool]) -> bool:
        """Run two branches; the request is done with only where both that go on have done with it."""
        before, status, self.uncertain = self._done, self._status, self.uncertain + 1
        ended, done = [], []
        for branch in (first, second):
            self._done, self._status = before, status
            ended.append(self._branch(branch))
            done.append(self._done)
        self.uncertain -= 1
        self._status = status
        self._done = all([done[index] for index in (0, 1) if not ended[index]] or done)
        return all(ended)

    def _branch(self, branch: Callable[[], bool]) -> bool:
        try:
            return branch()
        except Thrown as thrown:
            self._end("fail", status_of(thrown.value), text_of_error(thrown.value))
            return True

    def _end(self, kind: str, status: int | None = None, target: str = "") -> None:
        if status is not None:
            self.trial.statuses.add(status)
        if not self._done:
            self.trial.ends.append(End(kind, status, self.uncertain == 0, target))
            self._done = True

    # What a request and a response are made of

    def _identity(self, name: str) -> Value:
        if _NO_IDENTITY.search(name):
            return Native("unknown")
        self.trial.credentials = True
        if _ROLE.search(name):
            self.trial.roles = True
        return Native("absent", sure=True) if self._anonymous else Native("identity")

    def attribute(self, expr: Attribute, value: Value, frame: Frame) -> Value:
        """Return what `value.name` gives; of `undefined` it throws, unless it says `?.`."""
        dereference(expr, value, frame)
        return super().attribute(expr, value, frame)

    def subscript(self, value: Value, index: Value) -> Value:
        """Return what `value[index]` gives: nothing, for an index that is absent."""
        if self._anonymous and isinstance(index, Native | Known) and truth(index) is False and not _is_number(index):
            return Native("absent", sure=True)
        return super().subscript(value, index)

    def member(self, value: Value, name: str) -> Value:
        """Return a member of a value."""
        match value:
            case Native("request"):
                return self._of_request(name)
            case Native("headers" | "header"):
                return self._header(name)
            case Native("cookies" | "session" | "locals"):
                return self._identity(name) if _IDENTITY.search(name) or _HEADER.search(name) else Native("unknown")
            case Native("query"):
                return Native("unknown")
            case Native("response") if name == "locals":
                return Native("locals")
            case Native("absent"):
                self._identity(name)
                return Native("absent")
            case Native("identity"):
                return self._identity(name)
            case Known(None) | Known(False):
                return Known(None)
            case Native("body"):
                return value
            case Native():
                return Native("unknown")
        return super().member(value, name)

    def _of_request(self, name: str) -> Value:
        if name in self._assigned:
            return self._assigned[name]
        if name in _BODY:
            self.trial.body = True
            return Native("body")
        if name in _ROUTED:
            text: str = getattr(self._asked, _ROUTED[name])
            if text:
                return Known(text)
            self.trial.chooses = True
        if name in _PARTS:
            self.trial.scheme |= _PARTS[name] == "scheme"
            return Native(_PARTS[name])
        return self._identity(name) if _IDENTITY.search(name) and name not in _STANDARD else Native("unknown")

    def _header(self, name: str) -> Value:
        if name.lower() == "x-forwarded-proto":
            self.trial.scheme = True
            return Native("scheme")
        return self._identity(name) if _HEADER.search(name) else Native("unknown")

    def set_member(self, owner: Value, name: str, value: Value) -> None:
        """Set a field; an identity that is put on the request is what recognising a caller means."""
        match owner:
            case Native("request" | "locals" | "session"):
                if owner.kind == "request":
                    self._assigned[name] = value
                self.trial.recognises |= _IDENTITY.search(name) is not None
            case Native("response") if name == "statusCode":
                self._status = status_of(value)
            case _:
                super().set_member(owner, name, value)

    def _native(self, receiver: Native, name: str, args: list[Value]) -> Value:
        match receiver.kind, name:
            case "request", ("get" | "header"):
                return (
                    self._header(args[0].value)
                    if args and isinstance(args[0], Known) and isinstance(args[0].value, str)
                    else Native("unknown")
                )
            case "request", ("isAuthenticated" | "isUnauthenticated"):
                self.trial.credentials = True
                return Known(name == "isUnauthenticated") if self._anonymous else Native("unknown")
            case "request", ("login" | "logIn"):
                return self.unknown_call(receiver, args)
            case "response", _:
                return self._respond(receiver, name, args)
            case (("absent" | "identity"), _):
                self.member(receiver, name)
                self.call_back(args, absent=receiver.kind == "absent")
                return Native(receiver.kind)
        self.call_back(args, absent=False)
        return receiver if receiver.kind == "body" else Native("unknown")

    def _respond(self, response: Native, name: str, args: list[Value]) -> Value:
        first = args[0] if args else Known(None)
        match name:
            case "status" | "code" | "writeHead":
                self._status = status_of(first)
                if self._status is not None:
                    self.trial.statuses.add(self._status)
            case "sendStatus":
                self._end("answer", status_of(first))
            case "redirect":
                target = next(
                    (arg.value for arg in reversed(args) if isinstance(arg, Known) and isinstance(arg.value, str)), ""
                )
                self._end("redirect", None, target)
            case "set" | "setHeader" | "header" | "append":
                self._set_headers(first)
            case _ if name in _SENDS:
                code = self._status
                if code is None and len(args) == 2:  # res.send(401, …), long deprecated
                    code = status_of(first)
                self._end("answer", code)
            case _ if meaning(name) is not None:
                self._end("answer", meaning(name))
            case _:
                self.call_back(args, absent=False)
        return response

    def _set_headers(self, first: Value) -> None:
        names = (
            tuple(first.fields)
            if isinstance(first, Record)
            else (str(first.value),)
            if isinstance(first, Known)
            else ()
        )
        for name in names:
            effect = _HEADERS.get(name.lower())
            if effect is not None:
                self.trial.effects.add(effect)


def text_of_error(error: Value) -> str:
    """Return the name of an error's class or constructor."""
    return error.symbol if isinstance(error, External) else ""


def dereference(expr: Attribute, value: Value, frame: Frame) -> None:
    """Throw as JavaScript does for a member of `undefined`, unless the code says `?.`."""
    if isinstance(value, Native) and value.kind == "absent" and value.sure:
        after = expr.value.at[1]
        if frame.module.source[after : expr.at[1]].lstrip()[:1] != b"?":
            raise Thrown(External("TypeError"))


def _is_number(value: Value) -> bool:
    return isinstance(value, Known) and isinstance(value.value, int)
