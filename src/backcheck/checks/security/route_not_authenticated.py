"""Every route that changes something asks who is calling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Authentication, GuardKind
from backcheck.findings import Confidence, failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Route
    from backcheck.findings import Judgement

_PREFIXES = re.compile(
    r"api|rest|v\d+([._]\d+)?|auth|authentication|oauth2?|identity|idp|users?|accounts?|members?|customers?|clients?|admins?"
    r"|sessions?|public|security|me|profile|\{[^}]*\}"
)
"""Segments that say where a route lies, and not what it does."""

_NEWCOMERS = re.compile(
    r"log-?in|log-?out|sign-?in|sign-?up|sign-?out|register|registration|tokens?|(access|id|auth|refresh)-tokens?|refresh(-tokens?)?"
    r"|authenticate|authorize|callback|sessions?|(forgot|reset|recover|forgotten|request|set)-?password(-reset)?|(tfa|mfa|2fa|otp|totp)"
    r"|password-?(reset|recovery|forgot|recover)s?|passwords?|forgot|recover(y)?|reset(-request)?|verify(-.*)?|verification|confirm(-.*)?"
    r"|activate|activation|resend-.*|(send|request)-(verification|otp|code)(-email)?|magic-?link|introspect|revoke"
)
"""What callers do who have no account, or cannot prove one yet."""

_EVERYBODY = re.compile(
    r"contact(-us)?|feedback|newsletter|subscribe|unsubscribe|health(z|check)?|ping|csp-report|report-uri|heartbeat"
)
_SIGNED = re.compile(r"(web)?-?hooks?")
_RESOLVERS = re.compile(r"graphql|rpc|trpc|mcp")
_PEOPLE = re.compile(r"users?|accounts?|members?|customers?")
_SIGN_UP = re.compile(r"sign-?up|register|registration")

_AUTHENTICATING = {GuardKind.AUTHENTICATION, GuardKind.OPTIONAL_AUTHENTICATION, GuardKind.ROLE}


def check(routes: tuple[Route, ...]) -> Iterator[Judgement]:
    """Give one judgement for each route whose method may change something: authenticated, public by nature, or open."""
    somebody = any(guard.kind in _AUTHENTICATING for route in routes for guard in route.guards)
    sign_up = any(_does(route, _SIGN_UP) for route in routes)
    for route in routes:
        if route.mutates:
            yield _judged(route, somebody=somebody, sign_up=sign_up)


def _judged(route: Route, *, somebody: bool, sign_up: bool) -> Judgement:
    guards = tuple(guard.place for guard in route.guards if guard.kind in _AUTHENTICATING)
    match route.authentication:
        case Authentication.REQUIRED:
            return passed(route, at=guards)
        case Authentication.UNKNOWN:
            unread = [guard.name for guard in route.guards if guard.kind is GuardKind.UNKNOWN]
            cause = f"it cannot be read what {', '.join(unread)} does" if unread else "its guards could not be read"
            return undecided(route, f"whether it asks who is calling is not known: {cause}")
        case _ if reason := _public_by_nature(route, sign_up=sign_up):
            return passed(route, reason, confidence=Confidence.MEDIUM)
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


def _public_by_nature(route: Route, *, sign_up: bool) -> str:
    """Return why the route serves callers who cannot be known; empty where it does not."""
    if _does(route, _NEWCOMERS):
        return "it serves callers who cannot prove who they are yet"
    if _does(route, _EVERYBODY):
        return "it serves everybody by its nature"
    # `POST /users` signs up where nothing else does; beside a sign-up route it is how an administrator adds users.
    if route.method == "POST" and not sign_up and _PEOPLE.fullmatch(_segments(route)[-1]) and _said(route, _PEOPLE):
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


def _said(route: Route, what: re.Pattern[str]) -> bool:
    return all(what.fullmatch(word) or _PREFIXES.fullmatch(word) for word in _segments(route))


def _segments(route: Route) -> list[str]:
    return [word.casefold().replace("_", "-") for word in route.path.split("/") if word] or [""]
