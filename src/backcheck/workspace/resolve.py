"""Every path of every tool goes through here: opened beneath the workspace, by the kernel, in one step.

Checking a path and then opening it loses a race against a rename (8,303 leaks in 3 s, measured). `openat2` with
RESOLVE_BENEATH does both at once; where it is missing, folders are opened one by one and no link is followed.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import weakref
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.sandbox.protected import protected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OPENAT2 = 437
"""The same number on every architecture: it was added after Linux unified them."""
_BENEATH = 0x08
_NO_MAGICLINKS = 0x02
_ATTEMPTS = 64
"""The kernel answers EAGAIN while something else is renamed; it cannot tell then whether `..` escaped."""
_LINKS = 40
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
REGULAR = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Without O_NONBLOCK a FIFO would hold us for ever."""


class _How(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


_syscall = ctypes.CDLL(None, use_errno=True).syscall
_syscall.restype = ctypes.c_long


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is to be written: an open folder, and a name in it that is no link."""

    folder: int
    leaf: str
    path: str
    """Relative to the workspace, links resolved."""


class Root:
    """A workspace's folder, held open, so that it stays the same one whatever its name comes to mean."""

    def __init__(self, path: Path) -> None:
        """Open the folder ``path``; raises `ToolError` where it cannot be."""
        try:
            self.path = path.resolve(strict=True)
            self._fd = os.open(self.path, _FOLDER)
        except OSError as error:
            raise ToolError(
                f"cannot open the workspace {str(path)!r}: {error.strerror}", help="name a folder that exists"
            ) from error
        weakref.finalize(self, os.close, self._fd)
        self._prefixes = (os.path.abspath(path), str(self.path))  # noqa: PTH100 - lexical, links kept
        self._beneath = self._has_openat2()

    def relative(self, path: str) -> str:
        """Return ``path`` relative to the workspace, as words: an absolute one must start with the workspace's."""
        if not _is_name(path):
            raise ToolError(f"the path {printable(path, keep='')!r} holds a NUL or a surrogate", help="remove it")
        if path.startswith(("~", "file:")):
            raise ToolError(
                f"the path {printable(path, keep='')!r} is not one in the workspace",
                help="name it relative to the workspace",
            )
        if not path.startswith("/"):
            return path or "."
        cleaned = "/" + path.lstrip("/")
        for prefix in self._prefixes:
            if cleaned == prefix or cleaned.startswith(prefix.rstrip("/") + "/"):
                return cleaned[len(prefix) :].lstrip("/") or "."
        raise _outside(path)

    @contextmanager
    def folder(self, path: str) -> Iterator[int]:
        """Open the folder ``path``."""
        fd = self._opened(self.relative(path), _FOLDER, path)
        try:
            yield fd
        finally:
            os.close(fd)

    @contextmanager
    def regular(self, path: str) -> Iterator[int]:
        """Open the regular file ``path`` for reading. Devices, FIFOs, sockets and folders are refused."""
        fd = self._opened(self.relative(path), REGULAR, path)
        try:
            mode = os.fstat(fd).st_mode
            if stat.S_ISDIR(mode):
                raise ToolError(
                    f"{printable(path, keep='')!r} is a folder", help="list it with glob, or name a file in it"
                )
            if not stat.S_ISREG(mode):
                raise ToolError(
                    f"{printable(path, keep='')!r} is not a regular file", help="only regular files can be opened"
                )
            yield fd
        finally:
            os.close(fd)

    @contextmanager
    def place(self, path: str, *, make: bool) -> Iterator[Place]:
        """Find where ``path`` is to be written; with ``make`` missing folders are made; a link at its end is followed.

        Raises `ToolError` for a protected name, outside or inside a link.
        """
        wanted = self.relative(path)
        _refuse_protected(wanted, path)
        for _ in range(_LINKS):
            folder, _, leaf = wanted.rstrip("/").rpartition("/")
            if leaf in {"", ".", ".."}:
                raise ToolError(f"{printable(path, keep='')!r} names a folder", help="name a file")
            fd = self._made(folder or ".", path) if make else self._opened(folder or ".", _FOLDER, path)
            try:
                real = self.real(fd, folder)
                target = _link(fd, leaf)
                if target is None:
                    resolved = os.path.join(real, leaf)  # noqa: PTH118 - a path of the workspace, not of this process
                    _refuse_protected(resolved, path)
                    yield Place(fd, leaf, resolved)
                    return
            finally:
                os.close(fd)
            wanted = self.relative(target) if target.startswith("/") else os.path.join(real, target)  # noqa: PTH118 - as above
        raise ToolError(f"{printable(path, keep='')!r}: too many symbolic links", help="name the file itself")

    def real(self, fd: int, words: str) -> str:
        """Return where an open file lies, relative to the workspace; ``words`` are how it was asked for."""
        if not self._beneath:
            return _normal(words)  # no link was followed, so the words are the place
        where, root = (os.readlink(f"/proc/self/fd/{number}") for number in (fd, self._fd))  # noqa: PTH115 - no Path needed
        return where[len(root.rstrip("/")) :].lstrip("/")

    def _made(self, folder: str, path: str) -> int:
        """Open a folder, making what is missing of it."""
        try:
            return self._open(folder, _FOLDER)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise refusal(error, path) from error
        parent, _, leaf = folder.rstrip("/").rpartition("/")
        if leaf in {"", ".", ".."}:
            raise ToolError(f"a folder of {printable(path, keep='')!r} does not exist", help="name it without `..`")
        above = self._made(parent or ".", path)
        try:
            _refuse_protected(os.path.join(self.real(above, parent), leaf), path)  # noqa: PTH118 - as in `place`
            try:
                os.mkdir(leaf, dir_fd=above)
            except FileExistsError:
                pass  # another writer made it, or it is a dangling link: opening it tells
            except OSError as error:
                raise refusal(error, path) from error
        finally:
            os.close(above)
        return self._opened(folder, _FOLDER, path)

    def _opened(self, relative: str, flags: int, path: str) -> int:
        try:
            return self._open(relative, flags)
        except OSError as error:
            raise refusal(error, path) from error

    def _open(self, relative: str, flags: int) -> int:
        return self._openat2(relative, flags) if self._beneath else self._walked(relative, flags)

    def _openat2(self, relative: str, flags: int) -> int:
        how = _How(flags, 0, _BENEATH | _NO_MAGICLINKS)
        words = os.fsencode(relative)
        code = errno.EAGAIN
        for _ in range(_ATTEMPTS):
            fd: int = _syscall(_OPENAT2, self._fd, ctypes.c_char_p(words), ctypes.byref(how), ctypes.sizeof(how))
            if fd >= 0:
                return fd
            if (code := ctypes.get_errno()) not in {errno.EAGAIN, errno.EINTR}:
                break
        raise OSError(code, os.strerror(code), relative)

    def _walked(self, relative: str, flags: int) -> int:
        parts = [part for part in _normal(relative).split("/") if part]
        fd = os.dup(self._fd)
        for number, part in enumerate(parts, 1):
            try:
                inner = os.open(part, (flags if number == len(parts) else _FOLDER) | os.O_NOFOLLOW, dir_fd=fd)
            finally:
                os.close(fd)
            fd = inner
        return fd

    def _has_openat2(self) -> bool:
        """Whether the kernel has it and no filter of a container refuses it; `real` needs `/proc` beside it."""
        try:
            os.close(self._openat2(".", _FOLDER))
        except OSError:
            return False
        return os.path.islink(f"/proc/self/fd/{self._fd}")  # noqa: PTH114 - no Path needed


def refusal(error: OSError, path: str) -> ToolError:
    """Return what a model is told when the system refuses ``path``."""
    match error.errno:
        case errno.EXDEV:
            return _outside(path)
        case errno.ENOENT:
            return ToolError(
                f"{printable(path, keep='')!r} does not exist",
                help="find it with glob; paths are relative to the workspace",
            )
        case errno.ELOOP:
            return ToolError(
                f"{printable(path, keep='')!r} is, or leads through, a symbolic link that is not followed",
                help="name the file itself",
            )
        case errno.EISDIR:
            return ToolError(f"{printable(path, keep='')!r} is a folder", help="name a file in it")
        case errno.ENXIO | errno.ENODEV:
            return ToolError(
                f"{printable(path, keep='')!r} is not a regular file", help="only regular files can be opened"
            )
        case errno.ENOSPC | errno.EDQUOT:
            return ToolError(
                f"{printable(path, keep='')!r} was not written: the disk is full",
                help="free some space; the old file is whole",
            )
        case _:
            return ToolError(f"{printable(path, keep='')!r}: {error.strerror}", help="name another path")


def _is_name(path: str) -> bool:
    """Whether the system can be asked for it. Through ctypes a NUL would end it silently."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return False


def _outside(path: str) -> ToolError:
    return ToolError(
        f"{printable(path, keep='')!r} leads outside the workspace", help="name a path inside it, relative to its root"
    )


def _refuse_protected(resolved: str, path: str) -> None:
    if part := protected(resolved.split("/")):
        raise ToolError(
            f"{printable(path, keep='')!r} is protected: {printable(part, keep='')!r} is obeyed by git, a shell, an editor or an agent",
            help="ask the person whose repository it is to change it",
        )


def _link(folder: int, leaf: str) -> str | None:
    try:
        return os.readlink(leaf, dir_fd=folder)
    except OSError:
        return None  # no link, or nothing at all


def _normal(words: str) -> str:
    """Return ``words`` without `.` and `..`; raises OSError (EXDEV) where they climb out."""
    parts: list[str] = []
    for part in words.split("/"):
        if part == "..":
            if not parts:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), words)
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
