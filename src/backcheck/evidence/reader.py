"""Reading a report file: which tool wrote it is found out from what stands in it, never from its name."""

from __future__ import annotations

import hashlib
import os
import stat
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from backcheck.evidence import formats
from backcheck.evidence.document import Document
from backcheck.evidence.health import judge
from backcheck.evidence.report import Health, Report
from backcheck.findings import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backcheck.evidence.reading import Reading

LARGEST_REPORT = 20 * 1024 * 1024
"""Bytes. A summary is kilobytes; what is larger is a raw log or an attack on memory."""


def read_report(path: Path, *, root: Path | None = None) -> Report:
    """Read a report of another tool.

    Never raises: a file that is missing, too large, of no known format, or in which the tool says that it failed gives
    a `Report` whose health says so. ``root`` is the audited folder: a report below it is quoted as evidence.
    """
    shown = _shown(path, root)
    data = _bytes(path)
    if isinstance(data, Health):
        return Report(shown, "", "", data)
    digest = hashlib.sha256(data).hexdigest()
    document = Document(data.decode("utf-8-sig", "replace"))
    reading = next(filter(None, (read(document) for read in _readers())), None)
    if reading is None:
        return Report(shown, "", "", _unusable(_unknown_format(document)), sha256=digest)
    place = Place(shown, reading.line, 1, reading.line, 1) if _lies_below(path, root) else None
    return Report(
        shown,
        reading.kind,
        reading.tool,
        judge(reading.content) if reading.content else _unusable(reading.why),
        reading.content,
        place,
        digest,
        reading.produced_at,
    )


@cache
def _readers() -> tuple[Callable[[Document], Reading | None], ...]:
    """One `read` for each module of `formats`: found, not listed."""
    names = sorted(module.name for module in iter_modules(formats.__path__))
    return tuple(import_module(f"{formats.__name__}.{name}").read for name in names)


def _bytes(path: Path) -> bytes | Health:
    try:
        # Without O_NONBLOCK a named pipe would hold the audit until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return _unusable("it is not a regular file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(LARGEST_REPORT + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        return _unusable(f"it cannot be read: {error.strerror}")
    except ValueError as error:  # a path with a NUL
        return _unusable(f"it cannot be read: {error}")
    if len(data) > LARGEST_REPORT:
        return _unusable(f"it is larger than {LARGEST_REPORT // 1024 // 1024} MiB")
    return data


def _unknown_format(document: Document) -> str:
    if not document.text.strip():
        return "it is empty"
    known = ", ".join(module.name.replace("_", "-") for module in iter_modules(formats.__path__))
    return f"its format is not known (known: {known})"


def _unusable(why: str) -> Health:
    return Health(usable=False, why=why)


def _lies_below(path: Path, root: Path | None) -> bool:
    return root is not None and path.resolve().is_relative_to(root.resolve())


def _shown(path: Path, root: Path | None) -> str:
    if root is not None and _lies_below(path, root):
        return path.resolve().relative_to(root.resolve()).as_posix()
    return path.as_posix()
