"""One form of manifest: which files have it, how it is read, and what locks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from backcheck.extract.manifests.folder import Folder

Dependencies: TypeAlias = list[tuple[str, str]]
"""Normalised name and version constraint, as written; run-time ones only."""


class Malformed(Exception):  # noqa: N818 - a state of the file, told to `extract` alone
    """A manifest that its own format does not allow."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of manifest."""

    ecosystem: str
    name: re.Pattern[str]
    """Matches the path of a file of this form, from a folder's start."""
    read: Callable[[str, str, Folder], Dependencies | None]
    """Text and path to dependencies; None for a file that declares none by its nature (`pyproject.toml` of a linter)."""
    locks: tuple[str, ...] = ()
    """Names of the lock files, beside the manifest or in a folder above it."""
    exact: re.Pattern[str] | None = None
    """A constraint that fixes one version, in ecosystems where a manifest of such constraints is its own lock."""

    def names(self, path: str) -> bool:
        """Whether the file has this form, by its name."""
        return self.name.search(path) is not None
