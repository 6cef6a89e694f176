"""A file's bytes replaced whole or not at all, and only while they are the ones that were read."""

from __future__ import annotations

import os
import stat
from functools import partial
from typing import TYPE_CHECKING

from backcheck.definitions.fix.putting import put
from backcheck.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Write ``after`` where ``before`` stands: beside the file first, then renamed over it, its mode kept.

    A second name of the file (a hard link) keeps ``before``: to write into the file itself could leave half of it.
    Raises `UsageError` for a link, for a file that may not be written and for one that changed since it was read, and
    `EnvironmentFault` where the disk refuses. The file is then as it was.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            check = partial(_check, folder, path, before)
            put(folder, path.name, after, check, like=check())
        finally:
            os.close(folder)
    except OSError as error:
        raise EnvironmentFault(
            f"cannot write {path}: {error.strerror}", help="make room or mend the permissions; the file is as it was"
        ) from error


def _check(folder: int, path: Path, before: bytes) -> os.stat_result:
    """Return what the system tells of the file; an editor may have saved while the mend was proved."""
    if stat.S_ISLNK(os.stat(path.name, dir_fd=folder, follow_symlinks=False).st_mode):
        raise UsageError(f"{path} is a link", help="name the file that it leads to")
    if not os.access(path.name, os.W_OK, dir_fd=folder):
        raise UsageError(f"{path} may not be written", help="give yourself the right to write it")
    # What took the file's place may be a pipe, which would be waited for, or a device, which has no end.
    handle = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or file.read(len(before) + 1) != before:
            raise UsageError(f"{path} changed while it was mended", help="run the command again")
    return found
