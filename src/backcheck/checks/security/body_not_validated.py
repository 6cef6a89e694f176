"""Every body that a route reads is checked against a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Schema, Unresolved
from backcheck.findings import failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Route
    from backcheck.findings import Judgement


_WITHOUT_CONTENT = {"GET", "HEAD", "DELETE", "OPTIONS"}
"""Methods whose content has no meaning of its own (RFC 9110, 9.3): that such a handler reads one has to be seen."""


def check(routes: tuple[Route, ...]) -> Iterator[Judgement]:
    """Give one judgement for each route that takes a body: validated or not."""
    for route in routes:
        match route.takes_body, route.body:
            case False, None:
                continue
            case _, Schema(name, place):
                yield passed(route, f"{name} checks its body", at=(place,))
            case _, Unresolved(why):
                yield undecided(route, why)
            case Unresolved(why), None:
                if route.method not in _WITHOUT_CONTENT:
                    yield undecided(route, why)
            case _:
                yield failed(
                    route,
                    "its handler reads a body that nothing checks: any type, any size and any extra field comes in",
                )
