"""A folder's files as a commit of a repository of ours, and what differs between two of them.

The commit is made by `fast-import` from bytes that are read here: no index, no filter, no attribute has a say.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.errors import UsageError
from backcheck.repository.git import initialise
from backcheck.repository.listing import files, standing, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.repository.git import Checkout

_AUTHOR = "backcheck <backcheck@localhost> 0 +0000"
"""A fixed author and time: the same files give the same commit id."""


def private_copy(root: Path, into: Path) -> str:
    """Copy what stands below ``root`` into the empty or missing folder ``into`` and return the copy's commit id.

    In git the copy holds the tracked files as they stand, uncommitted changes with them, and untracked ones that are
    not ignored; outside git everything. What is ignored (secrets in `.env`, installed packages) stays behind. Links stay
    links; sockets, devices and FIFOs are left out. The copy is a fresh repository with one commit, without the
    original's objects, configuration and hooks, so that work in it can be compared with where it began.

    Raises `UsageError` where ``into`` is not empty or lies in ``root``.
    """
    if into.exists() and any(into.iterdir()):
        raise UsageError(f"{str(into)!r} is not empty", help="name an empty or a new folder")
    if into.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{str(into)!r} lies in {str(root)!r}", help="copy to a folder outside of it")
    into.mkdir(parents=True, exist_ok=True)
    paths = [path for path in _seen(root) if _copied(root / path, into / path)]
    checkout = initialise(into / ".git", into)
    checkout.run("fast-import", "--quiet", feed=b"".join(_commit(into, paths, "refs/heads/main")))
    checkout.run("read-tree", "HEAD")
    return checkout.run("rev-parse", "HEAD").decode("ascii").strip()


def patch(before: Path, after: Path) -> bytes:
    """Return what turns the folder ``before`` into ``after``, as a git patch that `git apply` takes; empty for nothing.

    Binary files, modes and links are included; renames are written as removal and addition. A file that `.gitignore`
    names at ``after`` is left out, unless it was there before.
    """
    earlier = _seen(before)
    later = {*_seen(after), *standing(after, earlier)}
    with tempfile.TemporaryDirectory(prefix="backcheck-") as scratch:
        checkout = initialise(Path(scratch) / "git", Path(scratch))
        stream = (*_commit(before, earlier, "refs/heads/before"), *_commit(after, sorted(later), "refs/heads/after"))
        checkout.run("fast-import", "--quiet", feed=b"".join(stream))
        return _difference(checkout)


def _difference(checkout: Checkout) -> bytes:
    options = ("-p", "-r", "--binary", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color")
    return checkout.run("diff-tree", *options, "refs/heads/before", "refs/heads/after")


def _seen(root: Path) -> list[str]:
    listed = files(root)
    return sorted(walk(root)) if listed is None else listed


def _copied(source: Path, target: Path) -> bool:
    mode = source.lstat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)
    return True


def _commit(root: Path, paths: Iterable[str], reference: str) -> Iterator[bytes]:
    """Give the fast-import stream of one commit without parent."""
    yield b"commit %s\ncommitter %s\ndata 8\nas given\n" % (reference.encode(), _AUTHOR.encode())
    for path in paths:
        mode, data = _content(root / path)
        if mode:
            yield b"M %s inline %s\ndata %d\n" % (mode, _quoted(path), len(data))
            yield data
            yield b"\n"
    yield b"\n"


def _content(path: Path) -> tuple[bytes, bytes]:
    about = path.lstat()
    if stat.S_ISLNK(about.st_mode):
        return b"120000", os.fsencode(path.readlink())
    if not stat.S_ISREG(about.st_mode):
        return b"", b""
    return b"100755" if about.st_mode & stat.S_IXUSR else b"100644", path.read_bytes()


def _quoted(path: str) -> bytes:
    """Quote a path as fast-import reads it: every byte that is not plain as an octal escape."""
    plain = b"".join(
        bytes([byte]) if 32 < byte < 127 and byte not in b'"\\' else b"\\%03o" % byte for byte in os.fsencode(path)
    )
    return b'"' + plain + b'"'
