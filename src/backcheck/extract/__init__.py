"""From a program to its Backend: one module a framework or kind of fact, found by walking this package.

Each module (or package) here with an ``extract(program) -> Backend`` gives the part of the model that it reads; this one puts
the parts together and links calls to the routes that make them.
"""

from __future__ import annotations

import pkgutil
from dataclasses import fields, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from backcheck.backend import Backend
from backcheck.extract.calls.reach import link

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.findings import Place
    from backcheck.program import Program


def extract(program: Program) -> Backend:
    """Return everything that the extractors find in the program, in order of path and line."""
    backend = merge(*(read(program) for read in extractors().values()))
    examined = {*backend.files, *program.modules}
    unread = {*backend.unread, *program.unread}
    backend = replace(
        backend,
        files=tuple(sorted(examined)),
        unread=tuple(sorted(unread, key=lambda entry: (entry.path, entry.why))),
    )
    return link(program, backend)


@cache
def extractors() -> dict[str, Callable[[Program], Backend]]:
    """Return each extractor by its module's name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = {name: getattr(import_module(f"{__name__}.{name}"), "extract", None) for name in names}
    return {name: read for name, read in found.items() if read is not None}


def merge(*parts: Backend) -> Backend:
    """Return one model of several partial ones: the same thing found twice counts once."""
    merged: dict[str, tuple[Any, ...]] = {}
    for field in fields(Backend):
        found = dict.fromkeys(entity for part in parts for entity in getattr(part, field.name))
        merged[field.name] = (
            tuple(sorted(found, key=_order)) if found and hasattr(next(iter(found)), "place") else tuple(found)
        )
    return Backend(**merged)


def _order(entity: Any) -> Place:  # noqa: ANN401 - entities share `place` and nothing else
    place: Place = entity.place
    return place
