"""Which modules are run, and in which order: what a module imports runs before it, as it would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from backcheck.program.form import Module

    Locate = Callable[[Module, str], str | None]
    """What an import names: the path of a file, None for a foreign module."""

_PACKAGES = frozenset({"express", "express-promise-router", "router", "express-async-router"})
_IMPORT = re.compile(rb"""(?:\bfrom|\bimport|\brequire)\s*\(?\s*["']([^"'\n]+)["']""")


def entries(modules: Mapping[str, Module], locate: Locate, starts: frozenset[str]) -> Iterator[str]:
    """Give the modules to run: those that use Express, what imports them, and all that these import, dependencies first.

    ``starts`` are the paths that may begin a chain of imports. The order keeps a chain of imports from nesting the run.
    """
    graph: dict[str, list[str]] = {}
    using: list[str] = []
    for path, module in modules.items():
        sources = [found[1].decode("utf-8", "replace") for found in _IMPORT.finditer(module.source)]
        if not _PACKAGES.isdisjoint(sources):
            using.append(path)
        located = (locate(module, source) for source in dict.fromkeys(sources))
        graph[path] = [target for target in located if target in modules and target is not None]
    chosen = _importers(graph, using) & starts
    imported = {target for path in chosen for target in graph[path]}
    roots = [path for path in sorted(chosen) if path not in imported]
    yield from _dependencies_first(graph, (*roots, *sorted(chosen)))


def _importers(graph: Mapping[str, list[str]], using: list[str]) -> set[str]:
    """Return these modules and all that import one of them, however far."""
    importers: dict[str, list[str]] = {}
    for path, targets in graph.items():
        for target in targets:
            importers.setdefault(target, []).append(path)
    seen, stack = set(using), list(using)
    while stack:
        for importer in importers.get(stack.pop(), ()):
            if importer not in seen:
                seen.add(importer)
                stack.append(importer)
    return seen


def _dependencies_first(graph: Mapping[str, list[str]], starts: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(graph[start]))]
        while stack:
            path, rest = stack[-1]
            following = next((target for target in rest if target not in seen), None)
            if following is None:
                yield path
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(graph[following])))
