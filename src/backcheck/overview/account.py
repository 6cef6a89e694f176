"""A code base in a few hundred words: what an agent needs before its first look, and a person to get an idea."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Backend, Route

_SHOWN = 40
"""Routes or tables that are listed one by one; a model's attention is paid for by the word."""


def overview(backend: Backend) -> str:
    """Return applications, routes with their authentication, tables, outgoing calls and what was not read, as Markdown."""
    return "".join(f"{printable(line, keep='')}\n" for line in _lines(backend))


def _lines(backend: Backend) -> Iterator[str]:
    if not backend.applications and not backend.routes:
        yield "No web application was recognised."
    for application in backend.applications:
        yield f"- application `{application.name}` ({application.framework}), {application.place}"
    unread = [framework.name for framework in backend.frameworks if not framework.read]
    if unread:
        yield f"- named, and not read: {', '.join(unread)}"
    if backend.routes:
        yield ""
        yield f"{len(backend.routes)} routes:"
        yield from (_route(route) for route in backend.routes[:_SHOWN])
        yield from _rest(len(backend.routes))
    if backend.tables:
        yield ""
        names = ", ".join(f"{table.name} ({table.place})" for table in backend.tables[:_SHOWN])
        yield f"{len(backend.tables)} tables: {names}"
    if backend.calls:
        counts = Counter(call.kind.value for call in backend.calls)
        yield ""
        yield "calls: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    if backend.unread:
        yield ""
        yield f"{len(backend.unread)} files could not be read: " + ", ".join(entry.path for entry in backend.unread[:5])


def _route(route: Route) -> str:
    return (
        f"- {route.method} {route.path} → {route.handler} ({route.place}), authentication {route.authentication.value}"
    )


def _rest(total: int) -> Iterator[str]:
    if total > _SHOWN:
        yield f"- … {total - _SHOWN} more: the tool `routes` lists all"
