"""A document, its name and folder, and how it reaches the disk."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backcheck.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Kind(StrEnum):
    """The documents that `docs new` writes."""

    API_SPECIFICATION = "api-specification"
    SECURITY_REPORT = "security-report"

    @property
    def folder(self) -> tuple[str, str]:
        """Where such documents are kept, below the repository's root."""
        return ("docs", "specifications" if self is Kind.API_SPECIFICATION else "technical")


@dataclass(frozen=True, slots=True)
class Document:
    """One document that is not on disk yet."""

    kind: Kind
    api: str
    """Slug of the API: `orders`, `shop-admin`."""
    day: date
    text: str

    @property
    def name(self) -> str:
        """`YYYY-MM-DD_backend_[api-name].md`; all but specifications carry their kind in the name."""
        suffix = "" if self.kind is Kind.API_SPECIFICATION else "-security"
        return f"{self.day.isoformat()}_backend_{self.api}{suffix}.md"

    @property
    def path(self) -> str:
        """POSIX path below the repository's root."""
        return "/".join((*self.kind.folder, self.name))


def slug(name: str) -> str:
    """Return ``name`` where it can stand in a file name; raises `UsageError` where it cannot."""
    if not _SLUG.fullmatch(name):
        raise UsageError(
            f"the API name {name!r} cannot stand in a file name",
            help="use lower-case letters, digits and single hyphens: orders, shop-admin",
        )
    return name


def revision(commit: str | None, *, dirty: bool) -> str:
    """Return what a document says of the code that it was read from."""
    if commit is None:
        return "no commit"
    return f"commit {commit[:12]}{', with uncommitted changes' if dirty else ''}"


def write(root: Path, document: Document) -> Path:
    """Write the document below ``root`` and return its path; nothing that exists is ever replaced.

    The folders are entered one by one without following links: a repository could point `docs` anywhere. Raises
    `UsageError` where the file exists, `EnvironmentFault` where it cannot be written; then nothing is left behind.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in document.kind.folder:
            folder = _entered(folder, part)
        _create(folder, document.name, document.text.encode("utf-8", "backslashreplace"))
    except FileExistsError as error:
        raise UsageError(
            f"{document.path} exists already", help="edit it, or give another --api or --date: nothing is overwritten"
        ) from error
    except OSError as error:
        raise EnvironmentFault(
            f"cannot write {document.path}: {error.strerror}",
            help="make room, mend the permissions, or replace a link by a folder",
        ) from error
    finally:
        os.close(folder)
    return root / document.path


def _entered(folder: int, part: str) -> int:
    with suppress(FileExistsError):
        os.mkdir(part, dir_fd=folder)
    inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    os.close(folder)
    return inner


def _create(folder: int, name: str, data: bytes) -> None:
    """Make the file whole or not at all: written under a temporary name, then linked, which never replaces."""
    temporary = f".{name}.{os.getpid()}"
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=folder)
    try:
        with open(file, "wb") as stream:  # noqa: PTH123 - a descriptor, not a path
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.unlink(temporary, dir_fd=folder)
