"""One look at a folder: its files, their common form, the Backend, and what could not be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from backcheck import repository
from backcheck.audit.aside import standing_aside
from backcheck.audit.coverage import Coverage
from backcheck.audit.imports import foreign_imports
from backcheck.extract import extract
from backcheck.findings import Unread
from backcheck.program import load

if TYPE_CHECKING:
    from backcheck.backend import Backend
    from backcheck.program import Program
    from backcheck.source import SourceTree

Progress: TypeAlias = Callable[[str], None]
"""Told what is being done, in a few words."""


def silent(_doing: str) -> None:
    """Tell nobody: the progress of a caller who does not ask for any."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of one folder."""

    tree: SourceTree
    program: Program
    backend: Backend
    unread: tuple[Unread, ...]

    @property
    def coverage(self) -> Coverage:
        """What this look can and cannot prove."""
        return Coverage(self.tree, self.backend, self.unread, foreign_imports(self.program))


def look(tree: SourceTree, progress: Progress, before: SourceTree | None = None) -> Look:
    """Read a tree's files and extract its Backend; what is new since ``before`` and stands aside is listed as unread."""
    progress(f"reading {len(tree.files)} files")
    program = load(tree)
    progress("extracting routes, tables and calls")
    backend = extract(program)
    submodules = (Unread(path, "a submodule: not entered") for path in repository.submodules(tree.root))
    known = None if before is None else {file.path for file in before.files}
    aside = (
        entry
        for entry in (standing_aside(program) if known is not None or not backend.applications else ())
        if not backend.applications or (known is not None and entry.path not in known)
    )
    unread = dict.fromkeys((*tree.unread, *program.unread, *backend.unread, *submodules, *aside))
    return Look(tree, program, backend, tuple(sorted(unread, key=lambda entry: (entry.path, entry.why))))
