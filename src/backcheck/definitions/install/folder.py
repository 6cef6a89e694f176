"""A folder in a project that nobody vouches for: no part of the way into it may be a link, and each file is written whole."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from backcheck.definitions.agents import MAX_BYTES
from backcheck.definitions.fix.putting import alone, put, sweep
from backcheck.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Folder:
    """An open folder, held by its descriptor: what happens to its path afterwards does not matter."""

    def __init__(self, path: Path, handles: Sequence[int], made: int) -> None:
        """Keep the descriptors from the base down to the folder itself, and how many folders had to be made."""
        self.path = path
        self.made = made
        self._handles = handles

    @property
    def _handle(self) -> int:
        return self._handles[-1]

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes; None where there is none. Raises `UsageError` for a link and for what is no plain file."""
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._handle)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _in_the_way(self.path / name, error) from error
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"{str(self.path / name)!r} is no plain file", help="move it away")
            return file.read(MAX_BYTES * 2)

    def twin(self, name: str) -> str | None:
        """Return the name of an entry that differs from ``name`` in capitals alone; None where there is none."""
        names = os.listdir(self._handle)  # noqa: PTH208 - by descriptor
        return next((one for one in names if one != name and one.casefold() == name.casefold()), None)

    def write(self, name: str, content: bytes, before: bytes | None) -> None:
        """Write a file whole or not at all, where ``before`` is what it holds; None where it is not there.

        Raises `UsageError` where somebody else wrote it meanwhile.
        """
        put(self._handle, name, content, partial(self._check, name, before))

    def _check(self, name: str, before: bytes | None) -> None:
        if self.read(name) != before:
            raise UsageError(f"{str(self.path / name)!r} changed meanwhile", help="run the command again")

    def sweep(self) -> None:
        """Remove what writers that were killed left here."""
        sweep(self._handle)

    def remove(self, name: str, before: bytes) -> None:
        """Remove a file that holds ``before``. Raises `UsageError` where somebody wrote it meanwhile."""
        self._check(name, before)
        os.unlink(name, dir_fd=self._handle)

    def tidy(self, count: int) -> None:
        """Remove up to ``count`` folders that are empty, from this one up, never the base."""
        for depth in range(len(self._handles) - 1, max(0, len(self._handles) - 1 - count), -1):
            part = self.path.parts[len(self.path.parts) - len(self._handles) + depth]
            try:
                os.rmdir(part, dir_fd=self._handles[depth - 1])
            except OSError:
                return


@contextmanager
def opened(base: Path, below: str, *, make: bool) -> Iterator[Folder | None]:
    """Open the folder ``below`` a base; None where it is not there, unless it is to be made.

    The base itself may be reached by a link: the user named it. Raises `UsageError` for a link or a file on the way,
    `EnvironmentFault` where the folder cannot be made.
    """
    handles: list[int] = []
    made = 0
    try:
        handles.append(_base(base))
        path = base
        for part in below.split("/"):
            path /= part
            handle, new = _descended(handles[-1], part, path, make=make)
            if handle is None:
                yield None
                return
            handles.append(handle)
            made = made + 1 if new else 0
        yield Folder(path, handles, made)
    finally:
        for handle in handles:
            os.close(handle)


@contextmanager
def reserved(base: Path) -> Iterator[None]:
    """Keep every other install out of a base: between the look at its names and the last file nobody may take one."""
    handle = _base(base)
    try:
        with alone(handle):
            yield
    finally:
        os.close(handle)


def _base(base: Path) -> int:
    try:
        return os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(
            f"cannot use the folder {str(base)!r}: {error.strerror}",
            help="mend its permissions, or name another: `--dir`",
        ) from error


def _descended(above: int, part: str, path: Path, *, make: bool) -> tuple[int | None, bool]:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(part, flags, dir_fd=above), False
    except FileNotFoundError:
        if not make:
            return None, False
    except OSError as error:
        raise _in_the_way(path, error) from error
    try:
        os.mkdir(part, dir_fd=above)
        return os.open(part, flags, dir_fd=above), True
    except OSError as error:
        raise EnvironmentFault(f"cannot make {str(path)!r}: {error.strerror}", help="mend its permissions") from error


def _in_the_way(path: Path, error: OSError) -> UsageError:
    what = "is a link" if path.is_symlink() else f"cannot be used: {error.strerror}"
    return UsageError(f"{str(path)!r} {what}", help="nothing is written through links; move it away")
