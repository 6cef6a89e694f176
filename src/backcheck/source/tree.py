"""The files of one code base."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.findings import Unread
from backcheck.repository import files as git_files
from backcheck.source import reading
from backcheck.source.entries import named_entries
from backcheck.source.roles import Role, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = {
    ".py": "python", ".pyi": "python", ".pyw": "python",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "typescript",
    ".go": "go", ".java": "java", ".kt": "kotlin", ".rb": "ruby", ".php": "php", ".rs": "rust", ".cs": "csharp",
    ".ex": "elixir", ".exs": "elixir", ".scala": "scala", ".sql": "sql", ".prisma": "prisma",
}  # fmt: skip
"""Language of each file ending. An ending that is not here has the empty string: configuration, text, data."""

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox", ".mypy_cache"}
)
"""Folders that a walk outside git leaves out: what `.gitignore` would say of them."""


_BUILT_FROM = frozenset({"javascript", "typescript"})
_SHEBANG = re.compile(rb"#!.*\b(python|node|bun|deno)[\d.]*\b")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that belongs to the code base."""

    path: str
    """POSIX path relative to the root; bytes that are no UTF-8 as surrogates."""
    language: str
    """`python`, `javascript`, `typescript`, `go`, `java`, `ruby`, `php`, `sql`, `prisma` …; empty for any other file."""
    role: Role
    size: int
    """Bytes."""


@dataclass(frozen=True)
class SourceTree:
    """The files of a code base, in order of path, and the source files that had to be left out."""

    root: Path
    files: tuple[SourceFile, ...]
    unread: tuple[Unread, ...] = ()

    def read(self, path: str) -> bytes:
        """Return a file's bytes: confined to the root, no link out, regular files only. Raises `Unreadable`."""
        return reading.read(self.root, path)


def collect(root: Path) -> SourceTree:
    """Return the files below ``root``: git's view of it, else a walk. Links are never followed.

    What deployment names as started is application code wherever it lies. Source files that cannot be looked at (too large, a link, no regular file) are in `SourceTree.unread`, with the reason.
    """
    paths = git_files(root)
    found: list[SourceFile] = []
    unread: list[Unread] = []
    for path in sorted(_walk(root)) if paths is None else paths:
        language, role = LANGUAGES.get(Path(path).suffix.lower(), ""), role_of(path)
        try:
            about = os.lstat(root / path)
        except OSError as error:
            why = error.strerror or "cannot be read"
        else:
            why = _obstacle(root / path, about)
            if not why:
                found.append(SourceFile(path, language or _announced(root, path), role, about.st_size))
                continue
        if language and role in {Role.APPLICATION, Role.MIGRATION}:
            unread.append(Unread(path, why))
    return SourceTree(root, tuple(_with_entries(root, found)), tuple(unread))


def _with_entries(root: Path, files: list[SourceFile]) -> Iterator[SourceFile]:
    """Give the files again, those that deployment starts as application code; what is built from another stays aside."""
    ours = [file.path for file in files if file.role is Role.APPLICATION]
    started = named_entries(root, ours)
    written = {path.rpartition(".")[0] for path in ours if LANGUAGES.get(Path(path).suffix) in _BUILT_FROM}
    for file in files:
        aside = file.role is Role.TEST or (file.role is Role.GENERATED and not _sources(file.path) & written)
        yield replace(file, role=Role.APPLICATION) if file.path in started and file.language and aside else file


def _sources(path: str) -> set[str]:
    """Return where what a file is built from may lie, without the ending: `dist/a.js` comes from `src/a.ts` or `a.ts`."""
    stem = path.rpartition(".")[0].removesuffix(".min").split("/")
    without = [stem[:index] + put + stem[index + 1 :] for index in range(len(stem)) for put in ([], ["src"], ["lib"])]
    return {"/".join(parts) for parts in (stem, *without) if "/".join(parts) != path.rpartition(".")[0]}


def _announced(root: Path, path: str) -> str:
    """Return the language that the first line of a file without an ending names, as a shell would run it."""
    if "." in path.rpartition("/")[2].strip("."):
        return ""
    try:
        first = reading.head(root, path, 80)
    except reading.Unreadable:
        return ""
    interpreter = _SHEBANG.match(first)
    return "" if interpreter is None else {b"python": "python", b"deno": "typescript"}.get(interpreter[1], "javascript")


def _obstacle(path: Path, about: os.stat_result) -> str:
    """Return why a file is left out; empty where nothing is in the way."""
    if stat.S_ISLNK(about.st_mode):
        return "it is a link, and links are not followed"
    if not stat.S_ISREG(about.st_mode):
        return "it is not a regular file"
    if not about.st_mode & 0o444 or not os.access(path, os.R_OK):
        return "Permission denied"
    return ""


def _walk(root: Path) -> Iterator[str]:
    for folder, names, leaves in os.walk(root):
        names[:] = sorted(name for name in names if name not in _SKIPPED)
        here = Path(folder)
        linked = (name for name in names if (here / name).is_symlink())
        for name in (*leaves, *linked):
            yield (here / name).relative_to(root).as_posix()
