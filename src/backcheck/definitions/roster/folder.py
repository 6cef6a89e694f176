"""Which files of a folder are definitions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.definitions.agents import parse_agent, read_bytes
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

ALWAYS = ".md"
"""The ending that clients read: every such file is looked at, whatever it holds."""

ALSO = frozenset({".markdown", ".mdc", ".mdx", ".txt", ".text"})
"""Endings under which people keep definitions that no client finds. Such a file counts where it names and describes an agent."""

_SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv"})


def definitions_below(folder: Path) -> tuple[Path, ...]:
    """Return the definitions below a folder, sorted: each `.md` file, and what reads like a definition under another ending."""
    return tuple(sorted(path for path in files_below(folder) if path.suffix == ALWAYS or _is_definition(path)))


def files_below(folder: Path) -> Iterator[Path]:
    """Give the regular files below a folder that may be definitions by their ending, folder by folder, sorted.

    Links are not followed; version control's own folders and installed packages are left out.
    """
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in {ALWAYS, *ALSO} and path.is_file() and not path.is_symlink():
                yield path


def _is_definition(path: Path) -> bool:
    try:
        return "name" in parse_agent(read_bytes(path), path).fields
    except UsageError:
        return False
