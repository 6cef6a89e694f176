"""One file's bytes out of a tree that nobody trusts."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 2 * 1024 * 1024
"""Larger files are generated or data: nobody writes that much by hand into one file."""


class Unreadable(Exception):  # noqa: N818 - it is a fact about the file, which the caller lists; no fault of ours
    """A file whose bytes cannot be had; ``why`` is one phrase for a person."""

    def __init__(self, why: str) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.why = why


def read(root: Path, path: str) -> bytes:
    """Return the bytes of the regular file at the POSIX ``path`` below ``root``.

    No part of the path may be a link: a repository would else have us quote what is not its own. Raises `Unreadable`.
    """
    return _confined(root, path, MAX_BYTES, whole=True)


def head(root: Path, path: str, size: int) -> bytes:
    """Return the first ``size`` bytes of such a file. Raises `Unreadable`."""
    return _confined(root, path, size, whole=False)


def _confined(root: Path, path: str, limit: int, *, whole: bool) -> bytes:
    parts = path.split("/")
    if path.startswith("/") or not all(part not in {"", ".", ".."} for part in parts):
        raise Unreadable("its path leaves the code base")
    try:
        return _read(root, parts, limit, whole=whole)
    except FileNotFoundError as error:
        raise Unreadable("there is no such file") from error
    except OSError as error:
        linked = any((root / "/".join(parts[:length])).is_symlink() for length in range(1, len(parts) + 1))
        raise Unreadable("it is or lies behind a link" if linked else error.strerror or "cannot be read") from error


def _read(root: Path, parts: list[str], limit: int, *, whole: bool) -> bytes:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        # Non-blocking: a FIFO of this name would hold the audit for ever.
        with os.fdopen(os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise Unreadable("it is not a regular file")
            data = file.read(limit + 1 if whole else limit)
    finally:
        os.close(folder)
    if len(data) > limit:
        raise Unreadable(f"it is larger than {limit // 1024 // 1024} MiB ({about.st_size} bytes)")
    return data
