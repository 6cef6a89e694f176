"""Plain HTTP is redirected or refused, by the application or by what stands in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import GuardKind
from backcheck.findings import Confidence, failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Application, Backend
    from backcheck.findings import Judgement


def check(applications: tuple[Application, ...], backend: Backend) -> Iterator[Judgement]:
    """Give one judgement for each application: enforced by itself, by a proxy or platform, or by nothing here."""
    for application in applications:
        yield _judged(application, backend)


def _judged(application: Application, backend: Backend) -> Judgement:
    guards = (*application.guards, *backend.deployment)
    for guard in guards:
        if "https-redirect" in guard.effects:
            return passed(application, f"{guard.name} enforces it", at=(guard.place,))
    for guard in guards:
        if "hsts" in guard.effects:
            reason = f"{guard.name} sets Strict-Transport-Security: browsers that came once by HTTPS stay there"
            return passed(application, reason, at=(guard.place,), confidence=Confidence.LOW)
    for guard in guards:
        if guard.kind is GuardKind.UNKNOWN:
            reason = f"it cannot be read whether {guard.name} enforces HTTPS"
            return undecided(application, reason, at=(application.place, guard.place))
    return failed(
        application,
        f"nothing redirects or refuses plain HTTP: none of its middlewares ({len(application.guards)}), and no deployment "
        f"file of the repository ({len(backend.files)} source files searched)",
        confidence=Confidence.MEDIUM,
    )
