"""What fixes the versions of a manifest: a lock file that names them all, or exact versions in the manifest itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import Place

if TYPE_CHECKING:
    from backcheck.extract.manifests.folder import Folder
    from backcheck.extract.manifests.form import Dependencies, Form


def lock_of(form: Form, path: str, dependencies: Dependencies, folder: Folder) -> Place | None:
    """Return the place of what fixes the versions; None where nothing does.

    A lock file counts beside the manifest or above it (a workspace keeps one for all its members), and only if it names
    every dependency: one that was left behind when the manifest changed locks nothing new.
    """
    if form.exact and dependencies and all(form.exact.fullmatch(constraint) for _, constraint in dependencies):
        return Place(path)
    for holder in folder.above(path):
        for name in form.locks:
            if holder + name in folder.paths and _holds_all(folder.text(holder + name), dependencies):
                return Place(holder + name)
    return None


def _holds_all(text: str | None, dependencies: Dependencies) -> bool:
    if text is None:  # too large to read: a workspace's lock file often is
        return True
    # Python's lock files spell one name with `-`, `_` or `.` as its author did.
    words = text.casefold().replace("_", "-").replace(".", "-")
    return all(name.casefold().replace("_", "-").replace(".", "-") in words for name, _ in dependencies)
