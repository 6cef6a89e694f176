"""The audited folder as manifests see it: which files there are, and their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from backcheck.findings import Place
from backcheck.source import Unreadable

if TYPE_CHECKING:
    from backcheck.source import SourceTree

_LONGEST_LINE = 1000


@dataclass(frozen=True)
class Folder:
    """Files by path. One that is there and cannot be read (too large, not regular) has no text."""

    tree: SourceTree

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every file, also those that are too large to read (lock files often are)."""
        return frozenset(file.path for file in self.tree.files) | frozenset(part.path for part in self.tree.unread)

    def text(self, path: str) -> str | None:
        """Return the file's text; None where there is none, or it cannot be read."""
        if path not in self.paths:
            return None
        try:
            return self.tree.read(path).decode("utf-8-sig", "replace")
        except Unreadable:
            return None

    def above(self, path: str) -> list[str]:
        """Return the folders that hold the file, innermost first, each with a trailing slash; the root is empty."""
        parts = path.split("/")[:-1]
        return ["".join(f"{part}/" for part in parts[:depth]) for depth in range(len(parts), -1, -1)]

    def line_of(self, path: str, name: str) -> Place:
        """Return the first line of the file that names a dependency; the file's first line where none does."""
        spelt = re.sub(r"(\\?[-_.])+", "[-_.]+", re.escape(name))
        form = re.compile(rf"(?<![\w@/.-]){spelt}(?![\w/-])", re.IGNORECASE)
        for number, line in enumerate((self.text(path) or "").splitlines(), 1):
            if form.search(line[:_LONGEST_LINE]):
                return Place(path, number, 1, number, len(line) + 1)
        return Place(path)
