"""Where a Python module lies that an import names.

Follows Python's rules as far as files of the code base go. What `sys.path` will be cannot be known from files: the
folders above the importer, nearest first, and their `src` are tried, then every folder that could hold a top-level module.
"""

from __future__ import annotations

import posixpath
import sys
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Locator:
    """Finds modules among these files. Answers are paths of ``paths``, or None for a module that is not among them."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes]) -> None:
        """Look among ``paths`` (POSIX, relative to the root). Python needs no file's content to find a module."""
        del read
        self._paths = frozenset(path for path in paths if path.endswith((".py", ".pyi")))
        self._found: dict[tuple[str, str], str | None] = {}

    def locate(self, importer: str, source: str) -> str | None:
        """Return the file that ``source`` (`a.b`, `..c`) names in the file ``importer``."""
        folder = posixpath.dirname(importer)
        key = (folder, source)
        if key not in self._found:
            self._found[key] = (
                self._relative(folder, source) if source.startswith(".") else self._absolute(folder, source)
            )
        found = self._found[key]
        # `import redis` in `redis.py` means the other one.
        return None if found == importer and not source.startswith(".") else found

    def _relative(self, folder: str, source: str) -> str | None:
        rest = source.lstrip(".")
        for _ in range(len(source) - len(rest) - 1):
            if not folder:
                return None
            folder = posixpath.dirname(folder)
        return self._module(folder, rest)

    def _absolute(self, folder: str, source: str) -> str | None:
        return next(filter(None, (self._module(base, source) for base in self._bases(folder, source))), None)

    def _bases(self, folder: str, source: str) -> Iterator[str]:
        above = list(_ancestors(folder))
        for base in above:
            if posixpath.join(base, "__init__.py") not in self._paths:
                yield base
                yield posixpath.join(base, "src")
        top = source.partition(".")[0]
        if top in sys.stdlib_module_names:
            return
        yield from (base for base in above if posixpath.join(base, "__init__.py") in self._paths)
        if len(bases := self._tops.get(top, ())) == 1:
            yield from bases

    def _module(self, base: str, source: str) -> str | None:
        path = posixpath.join(base, *source.split(".")) if source else base
        tries = (f"{path}/__init__.py", f"{path}.py", f"{path}.pyi", f"{path}/__init__.pyi")
        return next((found for found in (each.lstrip("/") for each in tries) if found in self._paths), None)

    @cached_property
    def _tops(self) -> dict[str, tuple[str, ...]]:
        """Folders that hold a top-level package or module of each name: the ones that are no packages themselves."""
        found: dict[str, set[str]] = {}
        for path in self._paths:
            folder, name = posixpath.split(path)
            if name == "__init__.py":
                parent, top = posixpath.split(folder)
                if folder and posixpath.join(parent, "__init__.py") not in self._paths:
                    found.setdefault(top, set()).add(parent)
        return {top: tuple(sorted(folders)) for top, folders in found.items()}


def _ancestors(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""
