"""Installed copies out again: exactly what was installed, and the folders that were made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.install.folder import opened, reserved
from backcheck.definitions.install.known import Known, known
from backcheck.definitions.install.scope import home_of
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from backcheck.definitions.install.scope import Home, Scope


def uninstall(
    names: Sequence[str], client: str, scope: Scope, project: Path, *, force: bool = False
) -> tuple[Path, ...]:
    """Remove the copies of these names, all of them where there are none, and return their paths.

    Raises `UsageError`, before anything is removed, for a name that was not installed there and for a copy that somebody
    edited, unless ``force`` says that the edits may go.
    """
    home = home_of(client, scope, project)
    with reserved(home.base):
        return _uninstalled(names, client, home, force=force)


def _uninstalled(names: Sequence[str], client: str, home: Home, *, force: bool) -> tuple[Path, ...]:
    present = [one for one in known(client, home) if one.path.parent == home.path]
    copies = [one for one in present if one.stamp]
    chosen = [_chosen(name, copies, present, home.path) for name in names] if names else copies
    for one in chosen:
        if one.edited and not force:
            raise UsageError(
                f"{str(one.path)!r} was edited since it was installed",
                help="keep the edits elsewhere, then use --force",
            )
    with opened(home.base, home.below, make=False) as folder:
        if folder is None:
            return ()
        for one in dict.fromkeys(chosen):
            folder.remove(one.path.name, one.whole)
        folder.sweep()
        folder.tidy(max((one.stamp.folders for one in chosen if one.stamp), default=0))
    return tuple(one.path for one in dict.fromkeys(chosen))


def _chosen(name: str, copies: Sequence[Known], present: Sequence[Known], folder: Path) -> Known:
    for one in copies:
        if name in {one.name, one.path.stem, one.path.name}:
            return one
    if any(one.name == name for one in present):
        raise UsageError(f"{name!r} in {str(folder)!r} was not installed by backcheck", help="remove it by hand")
    there = ", ".join(sorted(str(one.name) for one in copies)) or "none"
    raise UsageError(f"no {name!r} is installed in {str(folder)!r}", help=f"installed there: {there}")
