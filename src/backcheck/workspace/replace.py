"""Put a file in place whole: whoever looks, and whenever the power goes, sees the old one or the new one."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.workspace.resolve import refusal

if TYPE_CHECKING:
    from backcheck.workspace.resolve import Place

_NEW = 0o666


def current(place: Place) -> os.stat_result | None:
    """Return the file now at ``place``, or None; anything but a regular file is refused."""
    try:
        found = os.stat(place.leaf, dir_fd=place.folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refusal(error, place.path) from error
    if stat.S_ISDIR(found.st_mode):
        raise ToolError(f"{printable(place.path, keep='')!r} is a folder", help="name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise ToolError(
            f"{printable(place.path, keep='')!r} is not a regular file", help="only regular files can be written"
        )
    return found


def replace(place: Place, data: bytes, before: os.stat_result | None) -> None:
    """Write ``data`` to ``place`` atomically and durably; mode and owner stay those of ``before``.

    A hard link is broken by it, which is right: the other name may lie outside the workspace.
    """
    temporary = f".backcheck-{secrets.token_hex(8)}.tmp"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        # A new file gets what the umask leaves; one that replaces another is closed until it has the other's mode.
        fd = os.open(temporary, flags, 0o600 if before else _NEW, dir_fd=place.folder)
        try:
            _filled(fd, data, before)
            os.rename(temporary, place.leaf, src_dir_fd=place.folder, dst_dir_fd=place.folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=place.folder)
            raise
        finally:
            os.close(fd)
        os.fsync(place.folder)
    except OSError as error:
        raise refusal(error, place.path) from error


def _filled(fd: int, data: bytes, before: os.stat_result | None) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
    if before:
        with suppress(PermissionError):  # only root may give a file away
            os.fchown(fd, before.st_uid, before.st_gid)
        os.fchmod(fd, stat.S_IMODE(before.st_mode))
    os.fsync(fd)
