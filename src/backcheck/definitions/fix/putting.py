"""A file put into a folder whole or not at all: written beside its place, then renamed into it.

One writer at a time works in a folder. What a writer that was killed left beside a file goes with the next one: its name
hangs on the file's name alone, and no client reads it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from backcheck.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAME = re.compile(r"\.[0-9a-f]{16}\.backcheck")
_PATIENCE = 60.0
"""Seconds that another writer is waited for; 2,000 files take it 20."""
_PAUSE = 0.02


def put(
    folder: int, name: str, content: bytes, check: Callable[[], object], like: os.stat_result | None = None
) -> None:
    """Put a file into an open folder, in place of one of that name.

    ``check`` is called as late as can be, and raises what speaks against it. With ``like`` the file gets that mode, and that
    owner where this user may give files away. Raises `OSError` where the folder or disk refuses.
    """
    with alone(folder) as is_alone:
        beside = f".{_digits(name)}.backcheck" if is_alone else f".{secrets.token_hex(8)}.backcheck"
        with suppress(FileNotFoundError):
            os.unlink(beside, dir_fd=folder)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(beside, flags, 0o600 if like else 0o666, dir_fd=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                if like:
                    _liken(handle, like)
                file.write(content)
                file.flush()
                os.fsync(handle)
            check()
            os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(beside, dir_fd=folder)
            raise


def _digits(name: str) -> str:
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:16]


def _liken(handle: int, like: os.stat_result) -> None:
    with suppress(PermissionError):
        os.fchown(handle, like.st_uid, like.st_gid)
    os.fchmod(handle, stat.S_IMODE(like.st_mode))


def sweep(folder: int) -> None:
    """Remove from an open folder what writers that were killed left."""
    with alone(folder) as is_alone:
        for name in os.listdir(folder) if is_alone else ():
            if _NAME.fullmatch(name):
                with suppress(OSError):
                    os.unlink(name, dir_fd=folder)


@contextmanager
def alone(folder: int) -> Iterator[bool]:
    """Keep other writers out of an open folder; gives False where the file system knows no locks.

    Raises `EnvironmentFault` where another one does not come to an end.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise EnvironmentFault(
                    "another backcheck is writing there and does not end", help="end it, and run the command again"
                ) from error
            time.sleep(_PAUSE)
        except OSError:
            yield False
            return
        else:
            break
    try:
        yield True
    finally:
        fcntl.flock(folder, fcntl.LOCK_UN)
