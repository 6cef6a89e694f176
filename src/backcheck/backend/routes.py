"""Routes, and what stands between a request and its handler."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backcheck.findings import Subject

if TYPE_CHECKING:
    from backcheck.findings import Place


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Something that is there and could not be read: a value, never a guess."""

    why: str
    place: Place | None = None


class Authentication(StrEnum):
    """What a route asks of its caller. `unknown` wherever what a guard does could not be resolved."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    PUBLIC = "public"
    UNKNOWN = "unknown"


class GuardKind(StrEnum):
    """What a guard does to a request."""

    AUTHENTICATION = "authentication"
    """Turns away callers who are nobody."""
    OPTIONAL_AUTHENTICATION = "optional_authentication"
    """Recognises a caller, lets anybody in."""
    ROLE = "role"
    """Turns away callers who may not; implies authentication."""
    VALIDATION = "validation"
    """Checks the request's content."""
    RATE = "rate"
    """Limits how often one may call."""
    OTHER = "other"
    """Known not to be any of these (logging, compression, parsing)."""
    UNKNOWN = "unknown"
    """What it does could not be read."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A dependency, decorator or middleware in front of a handler, or in front of the whole application.

    Headers, CORS, HTTPS redirection and body limits are guards of kind OTHER whose `effects` name what they do.
    """

    kind: GuardKind
    name: str
    """As the code names it: `get_current_user`, `helmet`, `requireRole('admin')`."""
    place: Place
    """Where it is applied."""
    recognised: str
    """How we know what it does: `raises 401 when no user`, `express-rate-limit`, `OAuth2PasswordBearer`."""
    definition: Place | None = None
    """Where it is defined, if that is in this code base."""
    effects: frozenset[str] = frozenset()
    """What else it does: `security-headers`, `https-redirect`, `hsts`, `cors`, `body-limit`, `error-handler` …"""


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema that the framework or a validator enforces on a part of a request or response."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path."""

    method: str
    """Upper case; `ANY` where the framework answers every method, `WEBSOCKET` for a WebSocket."""
    path: str
    """Full path with every prefix, parameters as `{name}`, what is unresolved as `{?config:API_PREFIX}`."""
    handler: str
    """Name of the function that answers, as the code names it; `<anonymous>` for an inline function."""
    framework: str
    place: Place
    """Where the route is registered: decorator or call."""
    handler_place: Place | None
    """The whole handler function, first to last line; None where it could not be found."""
    application: str = ""
    """`Application.name` of the one that mounts it."""
    guards: tuple[Guard, ...] = ()
    """In the order in which a request meets them, application-wide ones first."""
    authentication: Authentication = Authentication.UNKNOWN
    takes_body: bool | Unresolved = False
    """Whether the handler reads a request body (declares a body parameter, reads `req.body`, …)."""
    body: Schema | Unresolved | None = None
    """What validates the body: None where nothing does."""
    query: Schema | Unresolved | None = None
    response: Schema | Unresolved | None = None
    statuses: tuple[int, ...] = ()
    """Status codes that the code declares or sends literally."""
    parameters: tuple[str, ...] = ()
    """Names of the path parameters, in order."""
    is_async: bool = False
    """Whether the handler runs on the event loop (an `async def`, any Node handler)."""

    @property
    def subject(self) -> Subject:
        """The route as a subject: its method and path are its identity."""
        return Subject("route", f"{self.method} {self.path}", self.place)

    @property
    def limiters(self) -> tuple[Guard, ...]:
        """The guards that limit how often one may call."""
        return tuple(guard for guard in self.guards if guard.kind is GuardKind.RATE)

    @property
    def mutates(self) -> bool:
        """Whether the method may change state by HTTP's own rules (RFC 9110, 9.2.1); a WebSocket opens with a GET."""
        return self.method not in {"GET", "HEAD", "OPTIONS", "TRACE", "WEBSOCKET"}
