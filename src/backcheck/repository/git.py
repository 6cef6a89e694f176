"""One git call, hardened: git is code execution, and the repository is not ours.

A repository's own configuration names programs: file-system monitors, hooks, filters, diff drivers, pagers, helpers,
transports. What holds them off, in layers:

- only plumbing is called that never runs a filter or a diff driver (`ls-files`, `ls-tree`, `rev-parse`, `cat-file`);
  `status` and `diff` are not: both ran a planted `filter.*.clean`, whatever options they were given (measured);
- monitors, hooks, transports and lazy fetching are switched off by options and environment;
- `GIT_DIR` and `GIT_WORK_TREE` are always given, so that no `core.worktree`, planted bare repository or nested `.git`
  moves the call elsewhere, and no ownership question arises in a container;
- the environment is made from nothing, and git is never taken from the audited folder or a relative `PATH` entry.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIMEOUT = 300
"""Seconds. Listing 50,000 files takes a tenth of one; a planted FIFO would hold git for ever."""

_OPTIONS = {
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.untrackedCache": "false",
    "core.preloadIndex": "true",
    "core.quotePath": "false",
    "core.precomposeUnicode": "false",
    "safe.bareRepository": "explicit",
    "protocol.allow": "never",
    "maintenance.auto": "false",
    "gc.auto": "0",
    "submodule.recurse": "false",
    "log.showSignature": "false",
}

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_ASKPASS": "/bin/false",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


class Failure(EnvironmentFault):
    """Git refused: an answer in most places that ask, and in the others a repository that is broken."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A git directory and the work tree that it is taken to belong to."""

    directory: Path
    tree: Path
    cwd: Path
    """The folder in or below the tree that paths are relative to."""

    def run(self, *arguments: str, feed: bytes = b"", extra: Sequence[tuple[str, str]] = ()) -> bytes:
        """Run one git command and return what it printed.

        Raises `Failure` when git refuses, `EnvironmentFault` when there is no git or it does not come to an end.
        """
        program = _program(self.tree)
        if program is None:
            raise EnvironmentFault("there is no git program on PATH", help="install git")
        options = [word for key, value in _OPTIONS.items() for word in ("-c", f"{key}={value}")]
        environment = {
            "PATH": os.defpath,
            **_ENVIRONMENT,
            "GIT_DIR": str(self.directory),
            "GIT_WORK_TREE": str(self.tree),
            **dict(extra),
        }
        try:
            done = subprocess.run(  # noqa: S603 - hardened as the module says; no shell
                [program, "--no-pager", *options, *arguments],
                input=feed,
                capture_output=True,
                cwd=self.cwd,
                env=environment,
                timeout=_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EnvironmentFault(
                f"git {arguments[0]} in {str(self.cwd)!r} did not end within {_TIMEOUT} s",
                help="look into its .git folder: something there holds git up",
            ) from error
        if done.returncode:
            words = " ".join(done.stderr.decode("utf-8", "replace").split())
            raise Failure(
                f"git {arguments[0]} fails in {str(self.cwd)!r}: {words or f'exit code {done.returncode}'}",
                help="look at the repository with `git status` and `git fsck`, and mend it",
            )
        return done.stdout


def locate(root: Path) -> Checkout | None:
    """Return the checkout that holds ``root``, or None where there is none, or no git program.

    Found by looking for `.git` upwards, not by asking git: its own discovery obeys `core.worktree`.
    """
    root = root.resolve()
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    if top is None or _program(top) is None:
        return None
    checkout = Checkout(top / ".git", top, root)
    try:
        checkout.run("rev-parse", "--git-dir")
    except Failure:
        return None
    return checkout


def initialise(directory: Path, tree: Path) -> Checkout:
    """Make an empty repository without any template and return it with ``tree`` as its work tree."""
    tree = tree.absolute()  # git is run in the tree: a relative path would be looked for below it
    checkout = Checkout(directory.absolute(), tree, tree)
    checkout.run("init", "--quiet", "--template=", "--initial-branch=main")
    return checkout


def _program(tree: Path) -> str | None:
    """Return git's absolute path, never one inside the audited tree: an agent may write `.venv/bin/git`."""
    tree = tree.resolve()
    folders = [
        folder
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if Path(folder).is_absolute() and not Path(folder).resolve().is_relative_to(tree)
    ]
    return shutil.which("git", path=os.pathsep.join(folders))
