"""Which files git sees, which commit is checked out, and whether the tree differs from it."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.errors import UsageError
from backcheck.repository.git import Failure, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.repository.git import Checkout

_LINK = "120000"
_SUBMODULE = "160000"


def files(root: Path) -> list[str] | None:
    """Return what git sees below ``root``: tracked files, and untracked ones that no `.gitignore` names.

    POSIX paths relative to ``root``, sorted, undecodable bytes as surrogates; links are listed, submodules are not.
    None outside git, and where the folder itself is ignored. Only `.gitignore` files count: neither `.git/info/exclude`
    nor a configured excludes file, which no commit holds. A nested repository that nobody tracks is walked like any
    folder: `git init` in it would else hide code.
    """
    checkout = locate(root)
    if checkout is None:
        return None
    found = [path for path, mode, _ in _index(checkout) if mode != _SUBMODULE]
    for path in _paths(checkout.run("ls-files", "-z", "--others", "--exclude-per-directory=.gitignore")):
        found.extend(walk(checkout.cwd, path) if path.endswith("/") else (path,))
    if not found and checkout.cwd != checkout.tree:
        return None
    return sorted(set(standing(checkout.cwd, found)))


def standing(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """Give the paths that exist below ``root`` without passing through a link: `app` may have become one since."""
    linked: dict[str, bool] = {"": False}
    for path in paths:
        parent = path.rpartition("/")[0]
        for step in _steps(parent):
            if step not in linked:
                linked[step] = linked[step.rpartition("/")[0]] or (root / step).is_symlink()
        if not linked[parent] and os.path.lexists(root / path):
            yield path


def submodules(root: Path) -> list[str]:
    """Return the paths of submodules below ``root``: they are repositories of their own and are not entered."""
    checkout = locate(root)
    return sorted({path for path, mode, _ in _index(checkout) if mode == _SUBMODULE}) if checkout else []


def alternates(root: Path) -> list[str]:
    """Return the foreign object stores that this repository borrows from, as it names them."""
    checkout = locate(root)
    if checkout is None:
        return []
    common = checkout.run("rev-parse", "--path-format=absolute", "--git-path", "objects/info/alternates")
    path = Path(os.fsdecode(common.rstrip(b"\n")))
    return path.read_text("utf-8", "replace").split() if path.is_file() else []


def head(root: Path) -> str | None:
    """Return the full id of the checked-out commit; None outside git and before the first commit."""
    checkout = locate(root)
    return _commit(checkout, "HEAD") if checkout else None


def committed_at(root: Path) -> datetime | None:
    """Return when the checked-out commit was made, in UTC; None outside git and before the first commit."""
    checkout = locate(root)
    if checkout is None or _commit(checkout, "HEAD") is None:
        return None
    for line in checkout.run("cat-file", "commit", "HEAD").split(b"\n"):
        if line.startswith(b"committer "):
            return datetime.fromtimestamp(int(line.split(b" ")[-2]), UTC)
    return None


def prefix(root: Path) -> str:
    """Return the folder's POSIX path inside its repository; empty at the top of one and outside git."""
    checkout = locate(root)
    relative = checkout.cwd.relative_to(checkout.tree).as_posix() if checkout else "."
    return "" if relative == "." else relative


def resolve(root: Path, revision: str) -> str:
    """Return the full id of the commit that ``revision`` names. Raises `UsageError` where there is none."""
    checkout = locate(root)
    if checkout is None:
        raise UsageError(
            f"{str(root)!r} is not in a git repository", help="a revision needs one: `git init`, or leave it"
        )
    found = None if revision.startswith("-") else _commit(checkout, revision)
    if found is None:
        raise UsageError(
            f"no commit {revision!r} in {str(checkout.tree)!r}",
            help="fetch it first (in CI: a checkout with its full history), or name another revision",
        )
    return found


def is_dirty(root: Path) -> bool:
    """Whether any file below ``root`` differs from the commit; true outside git and before the first commit.

    The bytes are hashed here and compared with the tree's ids: git's own comparison runs clean filters. A file whose
    line ends alone differ is not dirty. A file that a filter rewrites on checkout (LFS) is: its bytes are not the commit's.
    """
    checkout = locate(root)
    if checkout is None or _commit(checkout, "HEAD") is None:
        return True
    committed = {path: (mode, oid) for mode, oid, path in tree(checkout, "HEAD") if mode != _SUBMODULE}
    present = files(root) or []
    if set(present) != set(committed):
        return True
    return any(_differs(checkout.cwd / path, mode, oid) for path, (mode, oid) in committed.items())


def tree(checkout: Checkout, revision: str) -> Iterator[tuple[str, str, str]]:
    """Give mode, object id and path (relative to the checkout's folder) of every entry of a commit."""
    for record in checkout.run("ls-tree", "-r", "-z", revision).split(b"\0"):
        if record:
            about, _, path = record.partition(b"\t")
            mode, _, oid = about.decode("ascii").split(" ")
            yield mode, oid, os.fsdecode(path)


def walk(root: Path, below: str = "") -> Iterator[str]:
    """Give every file and link below a folder as POSIX paths relative to ``root``; never through a link, never `.git`."""
    for folder, names, leaves in os.walk(root / below):
        names[:] = sorted(name for name in names if name.lower() != ".git")
        here = Path(folder)
        linked = [name for name in names if (here / name).is_symlink()]
        for name in (*leaves, *linked):
            if name.lower() != ".git":
                yield (here / name).relative_to(root).as_posix()


def _index(checkout: Checkout) -> Iterator[tuple[str, str, str]]:
    for record in checkout.run("ls-files", "-z", "--stage").split(b"\0"):
        if record:
            about, _, path = record.partition(b"\t")
            mode, oid, _ = about.decode("ascii").split(" ")
            yield os.fsdecode(path), mode, oid


def _paths(output: bytes) -> Iterator[str]:
    return (os.fsdecode(path) for path in output.split(b"\0") if path)


def _commit(checkout: Checkout, revision: str) -> str | None:
    try:
        return (
            checkout.run("rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}")
            .decode()
            .strip()
        )
    except Failure:
        return None


def _differs(path: Path, mode: str, oid: str) -> bool:
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode) or mode == _LINK:
            return not stat.S_ISLNK(about.st_mode) or mode != _LINK or _oid(os.fsencode(path.readlink()), oid) != oid
        if not stat.S_ISREG(about.st_mode):
            return True
        data = path.read_bytes()
    except OSError:
        return True
    if bool(about.st_mode & stat.S_IXUSR) != (mode == "100755"):
        return True
    return _oid(data, oid) != oid and (b"\r\n" not in data or _oid(data.replace(b"\r\n", b"\n"), oid) != oid)


def _steps(folder: str) -> Iterator[str]:
    """Give a folder's parents and itself, outermost first."""
    parts = folder.split("/") if folder else []
    return ("/".join(parts[:length]) for length in range(1, len(parts) + 1))


def _oid(data: bytes, like: str) -> str:
    """Return git's id of a blob, in the hash that ``like`` was made with."""
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()
