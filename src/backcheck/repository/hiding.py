"""What a newer `.gitignore` hides."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.repository.git import Failure, initialise, locate
from backcheck.repository.listing import standing, walk

if TYPE_CHECKING:
    from collections.abc import Iterable


def hidden(root: Path, before: Path) -> list[str]:
    """Return the regular files below ``root`` that its `.gitignore` files hide, and those of ``before`` would not.

    An agent that hides code so from an audit hides nothing. Folders that were ignored before are not entered: installed
    packages may be a hundred thousand files. Empty outside git, where nothing is hidden.
    """
    checkout = locate(root)
    if checkout is None:
        return []
    output = checkout.run(
        "ls-files", "-z", "--others", "--ignored", "--directory", "--exclude-per-directory=.gitignore"
    )
    ignored = [os.fsdecode(path) for path in output.split(b"\0") if path]
    # A folder that is not there can only be asked about through a file in it.
    probes = {f"{path}probe" if path.endswith("/") else path: path for path in ignored}
    known = _ignored(before, probes)
    entered = [path for probe, path in probes.items() if probe not in known]
    found = [file for path in entered for file in (walk(checkout.cwd, path) if path.endswith("/") else (path,))]
    still = _ignored(before, found)
    return sorted(
        path
        for path in standing(checkout.cwd, found)
        if path not in still and stat.S_ISREG((checkout.cwd / path).lstat().st_mode)
    )


def _ignored(tree: Path, paths: Iterable[str]) -> frozenset[str]:
    """Return those of the paths, real or not, that the `.gitignore` files of a folder name."""
    with tempfile.TemporaryDirectory(prefix="backcheck-") as scratch:
        checkout = initialise(Path(scratch) / "git", tree.resolve())
        try:
            output = checkout.run(
                "check-ignore",
                "--no-index",
                "-z",
                "--stdin",
                feed=b"".join(os.fsencode(path) + b"\0" for path in paths),
            )
        except Failure:
            # Git's way of saying that none is ignored.
            return frozenset()
    return frozenset(os.fsdecode(path) for path in output.split(b"\0") if path)
