"""Routes as a table for a person, JSON for a program, or Markdown for a document."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import TYPE_CHECKING

from backcheck.errors import UsageError
from backcheck.escape import printable

if TYPE_CHECKING:
    from backcheck.backend import Backend, Route

FORMATS = ("table", "json", "markdown")
_HEAD = ("method", "path", "handler", "authentication", "guards", "place")


def render_routes(backend: Backend, form: str, *, width: int = 120) -> str:
    """Return the routes in one of `FORMATS`. Raises `UsageError` for another."""
    match form:
        case "json":
            return _json(backend)
        case "markdown":
            return _markdown(backend)
        case "table":
            return _table(backend, width)
        case _:
            raise UsageError(f"no format {form!r} for routes", help=f"there are: {', '.join(FORMATS)}")


def _json(backend: Backend) -> str:
    routes = [
        {
            "method": route.method,
            "path": route.path,
            "file": route.place.path,
            "line": route.place.start_line,
            "handler": route.handler,
            "framework": route.framework,
            "auth": route.authentication.value,
            "guards": [
                {
                    "kind": guard.kind.value,
                    "name": guard.name,
                    "file": guard.place.path,
                    "line": guard.place.start_line,
                    "recognised": guard.recognised,
                }
                for guard in route.guards
            ],
        }
        for route in backend.routes
    ]
    unread = [{"path": entry.path, "why": entry.why} for entry in backend.unread]
    return json.dumps({"routes": routes, "unread": unread}, indent=2) + "\n"


def _markdown(backend: Backend) -> str:
    lines = [f"| {' | '.join(_HEAD)} |", f"|{'---|' * len(_HEAD)}"]
    lines += [f"| {' | '.join(_escaped(cell) for cell in _cells(route))} |" for route in backend.routes]
    return "\n".join((*lines, *(f"\nNot read: {_escaped(line)}" for line in _unread(backend)))) + "\n"


def _table(backend: Backend, width: int) -> str:
    # Rich is slow to import and only a person's table needs it.
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    out = StringIO()
    console = Console(file=out, width=max(width, 40), no_color=True, highlight=False, markup=False, emoji=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in _HEAD:
        table.add_column(name, overflow="fold")
    for route in backend.routes:
        table.add_row(*(Text(printable(cell, keep="")) for cell in _cells(route)))
    if backend.routes:
        console.print(table)
    console.print(f"{len(backend.routes)} routes")
    for line in _unread(backend):
        console.print(Text(f"not read: {printable(line, keep='')}"), soft_wrap=True)
    return out.getvalue()


def _cells(route: Route) -> tuple[str, ...]:
    guards = ", ".join(guard.name for guard in route.guards)
    return route.method, route.path, route.handler, route.authentication.value, guards, str(route.place)


def _unread(backend: Backend) -> list[str]:
    frameworks = [
        f"{framework.name}, named at {framework.place}: no extractor reads it"
        for framework in backend.frameworks
        if not framework.read
    ]
    return frameworks + [f"{entry.path}: {entry.why}" for entry in backend.unread]


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#~@])", r"\\\1", printable(text, keep=""))
