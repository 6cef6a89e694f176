"""What is seen while a middleware or a handler is tried on a request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backcheck.extract.express.values import External, Instance, Items, Known, Native, Record, Value

if TYPE_CHECKING:
    from backcheck.findings import Place

_MEANINGS = (
    (re.compile(r"unauthori[sz]ed|unauthenticated|not_?authenticated", re.IGNORECASE), 401),
    (re.compile(r"forbidden|access_?denied|insufficient|permission_?denied", re.IGNORECASE), 403),
    (re.compile(r"too_?many_?requests|rate_?limit", re.IGNORECASE), 429),
    (re.compile(r"unprocessable|validation", re.IGNORECASE), 422),
    (re.compile(r"bad_?request", re.IGNORECASE), 400),
    (re.compile(r"not_?found", re.IGNORECASE), 404),
    (re.compile(r"conflict", re.IGNORECASE), 409),
    (re.compile(r"no_?content", re.IGNORECASE), 204),
    (re.compile(r"\bcreated", re.IGNORECASE), 201),
    (re.compile(r"internal_?server", re.IGNORECASE), 500),
)
"""Names of statuses and errors as status libraries and error classes spell them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, as a middleware on its way sees it. A text is empty where it is not known."""

    path: str
    """`req.path`: below where the middleware is mounted, parameters in braces."""
    original: str
    """`req.originalUrl`, without a query."""
    method: str


_ERRORS = frozenset({"Error()", ""})


@dataclass(frozen=True, slots=True)
class End:
    """One way in which the function lets go of a request."""

    kind: str
    """`pass` (to the next handler), `answer`, `redirect`, `fail` (an error, thrown or handed on)."""
    status: int | None
    certain: bool
    """Whether nothing undecided led here."""
    target: str = ""
    """Of a redirection, where to; of a failure, the error's name."""

    @property
    def turns_away(self) -> bool:
        """Whether it says that the caller is nobody, or may not."""
        return self.status in {401, 403}

    @property
    def refuses(self) -> bool:
        """Whether it turns away, or hands on an error that was made for it; a slip such as a `TypeError` is none."""
        return (
            self.turns_away
            or self.kind == "redirect"
            or (self.kind == "fail" and self.status is None and self.target in _ERRORS)
        )


@dataclass(slots=True)
class Trial:
    """What one run of a function on one request showed."""

    ends: list[End] = field(default_factory=list)
    credentials: bool = False
    """Reads what identifies a caller."""
    recognises: bool = False
    """Keeps an identity for handlers to come (`req.user = …`)."""
    roles: bool = False
    """Asks what a caller may do."""
    body: bool = False
    """Reads the request's body."""
    scheme: bool = False
    """Asks whether the request came over TLS."""
    effects: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    checks: list[tuple[str, Place, bool]] = field(default_factory=list)
    """What checks the request's content: name, place, whether it covers the body."""
    libraries: list[str] = field(default_factory=list)
    """Guards of packages that it calls itself."""
    issues: bool = False
    """Signs a token: it logs somebody in, or renews a login."""
    chooses: bool = False
    """Asks for the path or the method, which were not known."""
    exhausted: bool = False

    @property
    def passes(self) -> list[End]:
        """The ways on to the next handler."""
        return [end for end in self.ends if end.kind == "pass"]


def status_of(value: Value, depth: int = 0) -> int | None:
    """Return the HTTP status that a value stands for: a number, `httpStatus.FORBIDDEN`, an error that carries one."""
    if depth > 3:
        return None
    match value:
        case Known(bool()):
            return None
        case Known(int(code)):
            return code if 100 <= code < 600 else None
        case External(symbol, args):
            inner = (
                status_of(arg, depth + 1) for arg in args if not isinstance(arg, Known) or isinstance(arg.value, int)
            )
            return next((code for code in inner if code), None) or meaning(symbol.removesuffix("()").rpartition(".")[2])
        case Record(fields):
            return _status_in(fields, depth)
        case Instance(cls, fields):
            return _status_in(fields, depth) or meaning(cls.node.name)
    return None


def _status_in(fields: dict[str, Value], depth: int) -> int | None:
    for name in ("status", "statusCode", "httpStatus", "code", "errorCode", "httpCode"):
        if name in fields and (code := status_of(fields[name], depth + 1)):
            return code
    return None


def meaning(name: str) -> int | None:
    """Return the status that a constant's or an error class's name states."""
    return next((code for pattern, code in _MEANINGS if pattern.search(name)), None)


def holds(value: Value, kind: str, depth: int = 0) -> bool:
    """Return whether a value is, or contains, something of this kind (`absent`, `body`, `request` …)."""
    if depth > 3:
        return False
    match value:
        case Native(found):
            return found == kind
        case Items(values):
            return any(holds(each, kind, depth + 1) for each in values[:20])
        case Record(fields):
            return any(holds(each, kind, depth + 1) for each in fields.values())
        case External(_, args, base):
            return any(holds(each, kind, depth + 1) for each in args) or (
                base is not None and holds(base, kind, depth + 1)
            )
    return False


def checks_body(callee: External, args: list[Value], trial: Trial) -> bool:
    """Whether a validator's call covers the body: by its argument, or by the parts that its schema names."""
    parts = _parts(callee)
    if parts:
        return "body" in parts
    return any(holds(arg, "body") for arg in args) or trial.body


def _parts(callee: External) -> set[str]:
    link: External | None = callee
    while link is not None:
        for arg in link.args:
            if isinstance(arg, Record) and set(arg.fields) & {"body", "query", "params"}:
                return set(arg.fields)
        link = link.base
    return set()
