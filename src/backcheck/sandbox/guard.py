"""The protected names of a workspace while a command runs in it: what exists is closed, what does not is taken.

Only a mount holds a name that does not exist yet, and a mount needs something to lie on. So an empty placeholder is
made on the host, with no permission bits at all: that marks it as ours, also for the next run after a crash.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.sandbox.protected import GIT_INTRUDERS, GIT_PARTS, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS = 0
"""Permission bits of a placeholder."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What has to be mounted, in this order."""

    git: Path | None
    """The `.git` folder: a mount of its own, or it could be moved away and copied back without its holes."""
    covers: tuple[tuple[Path, Path], ...]
    """What to show, read-only, and where: an existing name shows itself, an absent one something empty."""


@contextmanager
def closed(workspace: Path) -> Iterator[Closed]:
    """Make the placeholders of ``workspace``, give what to mount, and clean up after the command.

    Runs that overlap share a lock on the folder; the last one cleans up.
    """
    lock = os.open(workspace, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        links = {path: path.readlink() for path in _worktree(workspace) if path.is_symlink()}
        intruders = [path for path in _inside_git(workspace, GIT_INTRUDERS) if not os.path.lexists(path)]
        try:
            with tempfile.TemporaryDirectory(prefix="backcheck-empty-") as empty:
                yield _survey(workspace, Path(empty))
        finally:
            for path in intruders:
                with suppress(OSError):  # absent, as it should be; or a folder, at which git stops
                    path.unlink()
            _restore(links)
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _sweep(workspace)
    finally:
        os.close(lock)


def _worktree(workspace: Path) -> list[Path]:
    return [workspace / name for name in sorted(NAMES)]


def _inside_git(workspace: Path, names: tuple[str, ...] = GIT_PARTS) -> list[Path]:
    git = workspace / ".git"
    repository = git.is_dir() and not git.is_symlink() and not _is_placeholder(git)
    return [git / name for name in names] if repository else []


def _survey(workspace: Path, empty: Path) -> Closed:
    (folder := empty / "folder").mkdir(mode=0o555)
    (file := empty / "file").touch(mode=0o444)
    inside = _inside_git(workspace)
    git = workspace / ".git" if inside else None
    # An absent name of the work tree shows an empty folder, whatever it usually is: git and `cp -r` take no notice of
    # one, where an empty file would be committed and a device makes `git add` fail. Git itself wants files for files.
    wanted = [(path, folder) for path in _worktree(workspace) if path != git]
    wanted += [(path, folder if path.name in {"hooks", "info", "modules"} else file) for path in inside]
    covers = []
    for path, nothing in wanted:
        if path.is_symlink():
            real = Path(os.path.realpath(path))  # `resolve` raises for a loop of links
            covers += [(real, real)] if workspace in real.parents and real.exists() else []
            continue
        if not (os.path.lexists(path) or _take(path, folder=nothing == folder)):
            continue  # a name that we cannot make, the command cannot make either
        covers.append((nothing if _is_placeholder(path) else path, path))
    return Closed(git, tuple(covers))


def _take(path: Path, *, folder: bool) -> bool:
    with suppress(OSError):
        if folder:
            path.mkdir(mode=_OURS)
        else:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, _OURS))
    return os.path.lexists(path)


def _is_placeholder(path: Path) -> bool:
    found = path.lstat()
    if stat.S_IMODE(found.st_mode) != _OURS:
        return False
    return stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_size == 0)


def _sweep(workspace: Path) -> None:
    """Remove placeholders. `rmdir` spares a folder that holds something."""
    for path in [*_worktree(workspace), *_inside_git(workspace)]:
        with suppress(OSError):
            if _is_placeholder(path):
                path.rmdir() if path.is_dir() else path.unlink()


def _restore(links: dict[Path, Path]) -> None:
    """Put back protected names that are symbolic links: nothing can be mounted on a link itself."""
    for path, target in links.items():
        if path.is_symlink() and path.readlink() == target:
            continue
        if os.path.lexists(path):
            path.rename(path.with_name(f"{path.name}.refused"))
        path.symlink_to(target)
