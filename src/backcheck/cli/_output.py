"""What commands print and write."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 0.7
"""Seconds without a word before progress is shown."""


def emit(text: str) -> None:
    """Print text as it is; what the terminal's encoding lacks is shown as an escape.

    A reader that left (`| head`) is no error, and no verdict either: the work and its exit code stay what they are.
    """
    stream = sys.stdout
    try:
        stream.write(text.encode(stream.encoding or "utf-8", "backslashreplace").decode(stream.encoding or "utf-8"))
        stream.flush()
    except BrokenPipeError:
        hush()
    except OSError as error:
        hush()
        raise EnvironmentFault(
            f"cannot write to standard output: {error.strerror}", help="make room where it goes to"
        ) from error


def hush() -> None:
    """Let standard output go nowhere from now on: Python would complain again of a closed pipe when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def wants_colour() -> bool:
    """Whether standard output is a terminal whose user did not say no (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return the columns of the terminal; 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns


def check_target(path: Path) -> None:
    """Raise `UsageError` for a file that could not be written: asked before the work, not after it."""
    if path.is_dir():
        raise UsageError(f"{str(path)!r} is a folder", help="name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {str(path.parent)!r}", help="make it first")


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all: beside it first, then renamed. Raises `EnvironmentFault` where that fails.

    What is no regular file (`/dev/stdout`, a pipe) is written to as it is.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        raise EnvironmentFault(
            f"cannot write {str(path)!r}: {error.strerror}",
            help="make room or mend the permissions; nothing was changed",
        ) from error


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def progress(*, quiet: bool) -> tuple[Callable[[str], None], Callable[[], None]]:
    """Return what shows progress on stderr, and what wipes it: both do nothing unless stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        return (lambda _doing: None), (lambda: None)
    began = time.monotonic()

    def show(doing: str) -> None:
        if time.monotonic() - began > _PATIENCE:
            sys.stderr.write(f"\r\x1b[K{doing} …")
            sys.stderr.flush()

    def wipe() -> None:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    return show, wipe
