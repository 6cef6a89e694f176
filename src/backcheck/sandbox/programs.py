"""Where a program lies that we run outside of the sandbox: never in a folder that a workspace could have filled."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin")


def find_program(name: str, *more: Path) -> str | None:
    """Return a program's absolute path: the system's own first, then ``more``, then `PATH`; None where there is none.

    Of `PATH` no relative entry counts, and none below the current folder: `.venv/bin` of an active environment is
    there, and an agent may write into it.
    """
    here = Path.cwd()
    named = [Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    trusted = [entry for entry in named if entry.is_absolute() and not _lies_in(entry, here)]
    system = [entry for entry in trusted if str(entry) in _SYSTEM]
    return shutil.which(name, path=os.pathsep.join(map(str, (*system, *more, *trusted))))


def _lies_in(folder: Path, here: Path) -> bool:
    return here != Path(here.anchor) and folder.resolve().is_relative_to(here.resolve())
