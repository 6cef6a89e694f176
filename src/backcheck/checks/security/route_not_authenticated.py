"""Every route that changes something asks who is calling."""

from __future__ import annotations

import re
from itertools import dropwhile
from typing import TYPE_CHECKING

from backcheck.backend import Authentication, GuardKind
from backcheck.findings import Confidence, failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Route
    from backcheck.findings import Judgement

_PREFIXES = re.compile(
    r"api|rest|v\d+([._]\d+)?|auth|authentication|oauth2?|identity|idp|users?|accounts?|members?|customers?|clients?|admins?"
    r"|sessions?|public|security|me|profile|2fa|mfa|tfa|two-factor|webauthn|passkeys?|\{[^}]*\}"
)
"""Segments that say where a route lies, and not what it does."""

_NEWCOMERS = re.compile(
    r"log-?in|log-?out|sign-?in|sign-?up|sign-?out|register|registration|authenticate|authorize|callback|sessions?"
    r"|tokens?|(access|id|auth|refresh|verify)-tokens?|refresh(-tokens?)?|introspect|revoke"
    r"|((send|request)-)?(forgot|forgotten|reset|recover|set|new)-?(password|pass|pwd|pw)(-reset)?"
    r"|((send|request)-)?(password|pwd)-?(reset|recovery|forgot|recover)s?|forgot|recover(y)?|reset(-request)?"
    r"|verify(-.*)?|verification|confirm(-.*)?|activate|activation|resend-.*|(send|request)-(verification|otp|code)(-email)?"
    r"|magic-?link|otp|totp|sso|saml|oidc|social|google|facebook|github|gitlab|apple|twitter|linkedin|microsoft|discord"
)
"""What callers do who have no account, or cannot prove one yet."""

_ENTRANCE = re.compile(
    r"log-?in|sign-?in|sign-?up|register|registration|(forgot|reset)-?password|password-?(reset|recovery)"
)
"""Whatever lies below these is a step of coming in: `/login/2fa/resend`."""

_EVERYBODY = re.compile(
    r"contact(-us)?|feedback|newsletter|subscribe|unsubscribe|health(z|check)?|ping|csp-report|report-uri|heartbeat"
)
_SIGNED = re.compile(r"(web)?-?hooks?|slack|telegram")
"""What services call that sign what they send."""
_RESOLVERS = re.compile(r"graphql|rpc|trpc|mcp")
_PEOPLE = re.compile(r"users?|accounts?|members?|customers?")
_STAFF = re.compile(r"admins?|staff|internal|back-?office|manage(ment|r)?|super-?users?|root")
"""Below these nobody signs up."""
_SIGN_UP = re.compile(r"sign-?up|register|registration")

_AUTHENTICATING = {GuardKind.AUTHENTICATION, GuardKind.OPTIONAL_AUTHENTICATION, GuardKind.ROLE}
_MAY_AUTHENTICATE = _AUTHENTICATING | {GuardKind.UNKNOWN}


def check(routes: tuple[Route, ...]) -> Iterator[Judgement]:
    """Give one judgement for each route whose method may change something: authenticated, public by nature, or open."""
    somebody = any(guard.kind in _MAY_AUTHENTICATE for route in routes for guard in route.guards)
    sign_up = any(_does(route, _SIGN_UP) for route in routes)
    for route in routes:
        if route.mutates and not _refuses(route):
            yield _judged(route, somebody=somebody, sign_up=sign_up)


def _judged(route: Route, *, somebody: bool, sign_up: bool) -> Judgement:
    guards = tuple(guard.place for guard in route.guards if guard.kind in _AUTHENTICATING)
    match route.authentication:
        case Authentication.REQUIRED:
            return passed(route, at=guards)
        case _ if reason := _public_by_nature(route, sign_up=sign_up):
            return passed(route, reason, confidence=Confidence.MEDIUM)
        case Authentication.UNKNOWN:
            unread = [guard.name for guard in route.guards if guard.kind is GuardKind.UNKNOWN]
            cause = f"it cannot be read what {', '.join(unread)} does" if unread else "its guards could not be read"
            return undecided(route, f"whether it asks who is calling is not known: {cause}")
        case _ if reason := _authenticated_elsewhere(route):
            return undecided(route, reason)
        case Authentication.OPTIONAL:
            return failed(
                route,
                "it recognises callers, and lets anybody in",
                at=(route.place, *guards),
                confidence=Confidence.LOW,
            )
        case _:
            lone = "" if somebody else "; nothing in this code base authenticates anybody"
            return failed(route, f"anybody may call it{lone}")


def _refuses(route: Route) -> bool:
    """Whether all that it ever answers is that there is nothing: the last route of many applications.

    Only one for every method: another that names a 404 alone may well answer something else without naming it.
    """
    return route.method == "ANY" and bool(route.statuses) and set(route.statuses) <= {404, 405, 410, 501}


def _public_by_nature(route: Route, *, sign_up: bool) -> str:
    """Return why the route serves callers who cannot be known; empty where it does not."""
    if _does(route, _NEWCOMERS) or _lies_below(route, _ENTRANCE):
        return "it serves callers who cannot prove who they are yet"
    if _does(route, _EVERYBODY):
        return "it serves everybody by its nature"
    # `POST /users` signs up where nothing else does; beside a sign-up route it is how an administrator adds users.
    words = _segments(route)
    staff = any(map(_STAFF.fullmatch, words))
    if route.method == "POST" and not (sign_up or staff) and _PEOPLE.fullmatch(words[-1]) and _said(route, _PEOPLE):
        return "it is the only way to sign up"
    return ""


def _authenticated_elsewhere(route: Route) -> str:
    words = _segments(route)
    if any(_SIGNED.fullmatch(word) for word in words):
        return "a webhook is authenticated by the signature of its body, which is not examined"
    if any(_RESOLVERS.fullmatch(word) for word in words):
        return "its operations are authenticated one by one, which is not examined"
    return ""


def _does(route: Route, what: re.Pattern[str]) -> bool:
    """Whether the path says that the route does this, and nothing else: `/auth/register`, not `/devices/register`."""
    return any(what.fullmatch(word) for word in _segments(route)) and _said(route, what)


def _lies_below(route: Route, what: re.Pattern[str]) -> bool:
    after = list(dropwhile(_PREFIXES.fullmatch, _segments(route)))
    return bool(after) and what.fullmatch(after[0]) is not None


def _said(route: Route, what: re.Pattern[str]) -> bool:
    return all(what.fullmatch(word) or _PREFIXES.fullmatch(word) for word in _segments(route))


def _segments(route: Route) -> list[str]:
    return [word.casefold().replace("_", "-") for word in route.path.split("/") if word] or [""]
