"""Nobody may try passwords and codes as fast as the server answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Authentication, GuardKind
from backcheck.findings import Confidence, failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Application, Backend, Guard, Route
    from backcheck.findings import Judgement

_LOGIN = re.compile(r"log-?in|sign-?in|authenticate|sessions?|auth")
_CREDENTIAL = re.compile(
    r"log-?in|sign-?in|authenticate|sessions?|tokens?|(access|auth|id|jwt|obtain)-tokens?|jwt|sign-?up|register|registration"
    r"|(forgot|forgotten|reset|recover|request)-?(password|pass|pwd|pw)(-reset)?|(password|pwd)-?(reset|recovery|forgot|recover)"
    r"|(verify-)?(otp|totp|2fa|mfa|tfa|pin|code)|verify-(otp|code|token)|magic-?link|(resend|send)-(otp|code)"
)
_SECOND = re.compile(r"2fa|mfa|tfa|otp|totp|two-factor")
_CONFIRMING = re.compile(r"verify|validate|check|confirm|log-?in")
_HANDLER = re.compile(
    r"(.*[._])?(log_?in|sign_?in|sign_?up|authenticate(_user)?|(user|post|handle|do)_?(log_?in|sign_?in)|log_?in_(user|access_token|for_.*)"
    r"|(forgot|reset|recover)_?password|verify_?otp|register(_?user)?)(_?handler|_?controller)?",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"(?i)push|device|refresh|csrf|api-?keys?")
"""Tokens that nobody guesses, or that are handed out to callers who are known."""
_SENDING = {"POST", "PUT", "PATCH", "ANY"}


def check(routes: tuple[Route, ...], applications: tuple[Application, ...], backend: Backend) -> Iterator[Judgement]:
    """Give one judgement for each route that takes a credential: throttled or not.

    An application without such a route is judged as a whole where it limits its callers, and not at all where it does not.
    """
    taking = [route for route in routes if _takes_credential(route)]
    for route in taking:
        yield _judged(route, backend.deployment)
    for application in applications:
        limiters = [guard for guard in application.guards if guard.kind is GuardKind.RATE]
        if limiters and not any(route.application == application.name for route in taking):
            yield passed(application, "it limits every caller", at=tuple(guard.place for guard in limiters))


def _judged(route: Route, deployment: tuple[Guard, ...]) -> Judgement:
    if route.limiters:
        names = ", ".join(guard.name for guard in route.limiters)
        return passed(route, f"{names} limits it", at=tuple(guard.place for guard in route.limiters))
    if 429 in route.statuses:  # the one status that says so: RFC 6585, section 4
        return passed(route, "it answers 429 by itself", confidence=Confidence.MEDIUM)
    if proxy := next((guard for guard in deployment if "rate-limit" in guard.effects), None):
        return passed(route, f"{proxy.name} stands in front of it", at=(proxy.place,), confidence=Confidence.MEDIUM)
    for guard in (*route.guards, *deployment):
        if guard.kind is GuardKind.UNKNOWN:
            return undecided(route, f"it cannot be read what {guard.name} does", at=(route.place, guard.place))
    return failed(route, "anybody may try passwords or codes as fast as the server answers")


def _takes_credential(route: Route) -> bool:
    if route.method not in _SENDING:
        return False
    words = [word.casefold().replace("_", "-") for word in route.path.split("/") if word and not word.startswith("{")]
    if any(_ELSEWHERE.search(word) for word in words):
        return False
    last = words[-1] if words else ""
    # A guard of passport's local strategy or of a password form *is* the login; any other says that the caller is known.
    if route.authentication is Authentication.REQUIRED and not _LOGIN.fullmatch(last):
        return False
    if _CONFIRMING.fullmatch(last) and any(_SECOND.fullmatch(word) for word in words):
        return True
    return bool(_CREDENTIAL.fullmatch(last) or _HANDLER.fullmatch(route.handler))
