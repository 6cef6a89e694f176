"""Reads of committed content: one blob, or a whole commit exported into a folder. No filter, no work tree."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from backcheck.errors import EnvironmentFault, UsageError
from backcheck.repository.git import Failure, locate
from backcheck.repository.listing import prefix, resolve, tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from backcheck.repository.git import Checkout

_BATCH = 2_000
"""Blobs asked for in one git call: bounds the memory that a large commit takes."""


def blob(root: Path, revision: str, path: str) -> bytes | None:
    """Return a file's bytes at a commit, by its path relative to ``root``; None where the commit has no such file.

    Raises `UsageError` for a revision that is none, `EnvironmentFault` where the object is not in the repository.
    """
    commit = resolve(root, revision)
    checkout = locate(root)
    assert checkout is not None
    below = prefix(root)
    try:
        found = checkout.run(
            "rev-parse", "--verify", "--end-of-options", f"{commit}:{below}{'/' if below else ''}{path}"
        )
        return checkout.run("cat-file", "blob", found.decode("ascii").strip())
    except Failure:
        if any(entry[2] == path for entry in tree(checkout, commit)):
            raise _missing(checkout, f"of {path!r}") from None
        return None


def export(root: Path, revision: str, into: Path) -> str:
    """Write the files of a commit below ``into``, which must be empty or missing, and return the commit's id.

    Modes are kept, links are made last and stay links, submodules are left out. Names that would leave the folder or
    make a `.git` are refused.

    Raises `UsageError` for a revision that is none or a tree that no honest git makes, `EnvironmentFault` where objects
    are missing (a partial clone: nothing is fetched).
    """
    commit = resolve(root, revision)
    checkout = locate(root)
    assert checkout is not None
    into.mkdir(parents=True, exist_ok=True)
    entries = [entry for entry in tree(checkout, commit) if entry[0] != "160000"]
    for _, _, path in entries:
        _refuse_hostile(path, commit)
    links = {path for mode, _, path in entries if mode == "120000"}
    for _, _, path in entries:
        if any(parent in links for parent in _parents(path)):
            raise UsageError(
                f"commit {commit} has {path!r} below a link", help="such a tree is not made by git: do not trust it"
            )
    entries.sort(key=lambda entry: entry[0] == "120000")
    for start in range(0, len(entries), _BATCH):
        part = entries[start : start + _BATCH]
        for (mode, _, path), data in zip(part, _blobs(checkout, [oid for _, oid, _ in part]), strict=True):
            place(into / path, mode, data)
    return commit


def place(target: Path, mode: str, data: bytes) -> None:
    """Create one file or link with git's mode. Never writes through something that is already there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if mode == "120000":
        target.symlink_to(os.fsdecode(data))
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(target, flags, 0o777 if mode == "100755" else 0o666), "wb") as file:
        file.write(data)


def _blobs(checkout: Checkout, oids: Sequence[str]) -> Iterator[bytes]:
    output = checkout.run("cat-file", "--batch", feed="".join(f"{oid}\n" for oid in oids).encode("ascii"))
    at = 0
    for oid in oids:
        line_end = output.index(b"\n", at)
        words = output[at:line_end].decode("ascii", "replace").split(" ")
        if len(words) != 3:
            raise _missing(checkout, oid)
        at = line_end + 1 + int(words[2])
        yield output[line_end + 1 : at]
        at += 1


def _missing(checkout: Checkout, what: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"object {what} is not in the repository {str(checkout.tree)!r}",
        help="it is a partial clone, or damaged: clone it whole; nothing is fetched here",
    )


def _refuse_hostile(path: str, commit: str) -> None:
    parts = path.split("/")
    if path.startswith("/") or any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts):
        raise UsageError(
            f"commit {commit} holds the path {path!r}", help="such a tree is not made by git: do not trust it"
        )


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts)))
