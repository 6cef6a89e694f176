"""Reads of small files that an audited repository offers to us: its configuration, waivers, attestations."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1_000_000


def read_below(root: Path, path: str) -> bytes | None:
    """Return a file's bytes by its POSIX path below ``root``; None where there is no such file.

    No part of the path may be a link: a repository would else have us read, and quote in an error, what is not its own.
    Raises `UsageError` for a link, for what is no regular file or cannot be read, and for more than `MAX_BYTES`.
    """
    *folders, name = path.split("/")
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        # Non-blocking: a FIFO of this name would hold the audit for ever.
        with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"{str(root / path)!r} is not a regular file", help="replace it by a plain file")
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        if _linked(root, path):
            raise _link(root, path) from error
        return None
    except OSError as error:
        if _linked(root, path):
            raise _link(root, path) from error
        raise UsageError(f"cannot read {str(root / path)!r}: {error.strerror}", help="mend its permissions") from error
    finally:
        os.close(folder)
    if len(data) > MAX_BYTES:
        raise UsageError(f"{str(root / path)!r} is larger than {MAX_BYTES} bytes", help="make it smaller")
    return data


def _linked(root: Path, path: str) -> bool:
    parts = path.split("/")
    return any((root / "/".join(parts[:length])).is_symlink() for length in range(1, len(parts) + 1))


def _link(root: Path, path: str) -> UsageError:
    return UsageError(f"{str(root / path)!r} is or lies behind a link", help="replace the link by a plain file")
