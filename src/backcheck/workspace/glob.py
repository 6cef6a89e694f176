"""The `glob` tool: files by name, newest first."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.workspace.answer import ANSWER
from backcheck.workspace.search import PRUNED, glob_expression, walk

if TYPE_CHECKING:
    from backcheck.workspace.resolve import Root

SHOWN = 500
"""Paths given at most."""
_SECONDS = 20.0


def glob(root: Root, *, pattern: str, path: str = ".", offset: int = 0) -> str:
    """Give the files beneath ``path`` whose path fits ``pattern``, newest first, and a footer where there are more.

    Links are named, never followed. `.git` and folders that tools make (`node_modules` …) are left out unless the
    pattern names them.
    """
    expression = _expression(root, pattern)
    named = set(re.split(r"[/{},]", pattern))
    deadline = time.monotonic() + _SECONDS
    found: list[tuple[int, str]] = []
    late = False
    with root.folder(path) as fd:
        real = root.real(fd, root.relative(path))
        for relative, entry, _ in walk(fd, lambda folder: folder not in PRUNED or folder in named):
            if expression.match(relative):
                found.append((-_modified(entry), f"{real}/{relative}".removeprefix("/")))
            if late := time.monotonic() > deadline:
                break
    found.sort()
    return _answered([printable(one, keep="") for _, one in found], offset, late=late)


def _expression(root: Root, pattern: str) -> re.Pattern[str]:
    words = root.relative(pattern) if pattern.startswith("/") else pattern.removeprefix("./")
    if ".." in words.split("/"):
        raise ToolError(
            f"the pattern {printable(pattern, keep='')!r} climbs out of its folder", help="name the folder with path"
        )
    try:
        return re.compile(glob_expression(words), re.DOTALL)
    except re.error as error:
        raise ToolError(
            f"{printable(pattern, keep='')!r} is not a glob: {error}", help="use `*`, `**`, `?`, `[a-z]`, `{a,b}`"
        ) from error


def _modified(entry: object) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_mtime_ns  # type: ignore[attr-defined, no-any-return]
    except OSError:
        return 0


def _answered(paths: list[str], offset: int, *, late: bool) -> str:
    shown: list[str] = []
    room = ANSWER
    for path in paths[offset : offset + SHOWN]:
        room -= len(path) + 1
        if room < 0 and shown:
            break
        shown.append(path)
    notes = [f"stopped after {_SECONDS:.0f} s: name a path"] if late else []
    last = offset + len(shown)
    if last < len(paths):
        notes.append(f"{offset + 1}-{last} of {len(paths):,} files; next offset={last}")
    if not shown:
        notes.append(f"no more files: there are {len(paths):,}" if paths else "no files match")
    return "\n".join([*shown, *(f"[{note}]" for note in notes)])
