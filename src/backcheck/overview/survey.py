"""From a folder to its Backend, for the doors that show it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.errors import UsageError
from backcheck.extract import extract
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.backend import Backend


def survey(root: Path) -> Backend:
    """Return the Backend of a folder; its `unread` names everything that no layer could read."""
    tree = collect(root)
    program = load(tree)
    backend = extract(program)
    unread = dict.fromkeys((*tree.unread, *program.unread, *backend.unread))
    return replace(backend, unread=tuple(sorted(unread, key=lambda entry: (entry.path, entry.why))))


def check_folder(root: Path) -> None:
    """Raise `UsageError` for what is no folder that can be listed."""
    try:
        if root.is_dir():
            next(root.iterdir(), None)
            return
    except OSError as error:
        raise UsageError(f"cannot list {str(root)!r}: {error.strerror}", help="mend its permissions") from error
    what = "is not a folder" if root.exists() else "does not exist"
    raise UsageError(f"{str(root)!r} {what}", help="name the folder that holds the backend's source")
