"""What each language brings: how its trees are lowered, where its modules lie, what they export.

The package `<language>/` has ``lower(path, language, source, tree) -> Module`` and ``Locator(paths, read)`` with
``locate(importer, source) -> str | None``, and may have ``exports(module) -> Iterator[Export]``. Where it has none, a module exports what
its scope binds. An export named `=` is the module's value itself (`module.exports = x`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Tree

    from backcheck.program.form import Export, Module


class Locator(Protocol):
    """Finds the modules that imports name."""

    def locate(self, importer: str, source: str) -> str | None:
        """Return the path of the module that ``source`` names in the file ``importer``; None for a foreign one."""
        ...


@dataclass(frozen=True, slots=True)
class Language:
    """One language's part of the program."""

    lower: Callable[[str, str, bytes, Tree], Module]
    locator: Callable[[Iterable[str], Callable[[str], bytes]], Locator]
    exports: Callable[[Module], Iterable[Export]] | None


_FAMILIES = {"python": "python", "javascript": "javascript", "typescript": "javascript"}
"""Which languages share one lowering and one way to find modules."""


def family(language: str) -> str | None:
    """Return whose modules a language's imports reach; None for a language that is not lowered."""
    return _FAMILIES.get(language)


@cache
def plug(name: str) -> Language:
    """Return what the language family brings."""
    package = import_module(f"backcheck.program.{name}")
    exports = cast("Callable[[Module], Iterable[Export]] | None", getattr(package, "exports", None))
    return Language(package.lower, package.Locator, exports)
