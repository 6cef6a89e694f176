"""Items: the pages below `checklists/<area>/`, strictly typed. The file's stem is the id, its folder the area."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from reprlib import repr as shown  # aliases can make a small page's value huge
from typing import TYPE_CHECKING, Any, TypeVar

from backcheck import data
from backcheck.definitions.page import Page, read_page
from backcheck.errors import UsageError
from backcheck.findings import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Area(StrEnum):
    """What an item is about; the folder its page lies in."""

    SECURITY = "security"
    PERFORMANCE = "performance"
    API = "api"
    DATABASE = "database"
    TESTING = "testing"
    DOCUMENTATION = "documentation"
    OPERATIONS = "operations"
    DEFINITIONS = "definitions"


class Method(StrEnum):
    """How an item is judged."""

    STATIC = "static"
    EVIDENCE = "evidence"
    PROBE = "probe"
    ATTESTATION = "attestation"


class Status(StrEnum):
    """Where an item stands in its life. A preview shows and never counts."""

    PREVIEW = "preview"
    STABLE = "stable"
    DEPRECATED = "deprecated"


SECTIONS = ("What it checks", "Why it matters", "How to mend it", "Examples")
"""The `##` sections that a shipped page has, in this order."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_KEYS = frozenset(
    {
        "title",
        "severity",
        "confidence",
        "subject",
        "method",
        "cwe",
        "owasp",
        "asvs",
        "answers",
        "unless",
        "status",
        "since",
    }
)
_OPTIONAL = frozenset({"cwe", "owasp", "asvs", "unless"})
_MAX_PAGES = 1_000
_MAX_BYTES = 1 << 20

_Scale = TypeVar("_Scale", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to check, as its page tells it."""

    id: str
    area: str
    title: str
    severity: Severity
    confidence: Confidence
    """How often the check is right when it speaks: the ceiling of its judgements."""
    subject: str
    """Kind of what is judged: `route`, `query`, `table` …"""
    method: Method
    cwe: tuple[int, ...]
    owasp: tuple[str, ...]
    """`API4:2023` …"""
    asvs: tuple[str, ...]
    """Numbers of requirements in OWASP ASVS 5."""
    answers: tuple[str, ...]
    """Word groups: a line of a contract binds to the item when the words of one of them stand together in it (`binding`).

    A word after `=` counts as it is written only, `<ms>` asks for a bound in (milli)seconds, and a group with a "no" names a
    fault, which denials and complaints bind alike.
    """
    unless: tuple[str, ...]
    """Word groups that keep a line from it: what the same words mean elsewhere ("rate limits" of others are respected)."""
    status: Status
    since: str
    """Version of backcheck that brought the item."""
    page: Page
    shipped: bool = True
    """False for a page of a workspace: nobody has a check for it, so it is manual."""


def load_items(*extra_folders: Path) -> dict[str, Item]:
    """Return every item by its id: the shipped pages, then those of each further folder (`<area>/<id>.md` in each).

    A further page may not take an id that exists: a workspace adds items and cannot replace one. Folders that do not
    exist hold no items. Raises `UsageError` naming file and key for a page that is not of the form.
    """
    items: dict[str, Item] = {}
    home = data.root() / "checklists"
    further = (read_item(path, shipped=folder == home) for folder in extra_folders for path in _pages(folder))
    for item in (*_shipped(home), *further):
        if item.id in items:
            raise UsageError(
                f"{item.page.path}: an item {item.id!r} exists already ({items[item.id].page.path})",
                help="give the page another file name",
            )
        items[item.id] = item
    return items


@cache
def _shipped(home: Path) -> tuple[Item, ...]:
    """Read the shipped pages once for a process: reading them takes as long as auditing a small service."""
    return tuple(read_item(path) for path in _pages(home))


def unknown_item(name: str, known: Iterable[str]) -> UsageError:
    """Return the error for an item that does not exist, with the ids that are spelt nearly so."""
    close = get_close_matches(name, list(known), n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(close)}?" if close else "`backcheck explain` lists the items"
    return UsageError(f"no item {name!r}", help=hint)


def read_item(path: Path, *, shipped: bool = True) -> Item:
    """Return the item of one page. A shipped page has to have every section; another one at least what it checks."""
    page = _read(path)
    for key in page.meta:
        if key not in _KEYS:
            raise _fault(path, key, "is no key of an item", f"the keys are {', '.join(sorted(_KEYS))}")
    for key in sorted(_KEYS - _OPTIONAL - page.meta.keys()):
        raise _fault(path, key, "is missing", f"add a line `{key}: …` to the front matter")
    if not _ID.fullmatch(path.stem):
        raise UsageError(f"{path}: {path.stem!r} is no id", help="name the file in lower case with hyphens")
    _check_sections(page, SECTIONS if shipped else SECTIONS[:1])
    return Item(
        id=path.stem,
        area=_word(path, "area (the folder's name)", path.parent.name, Area),
        title=_text(page, "title"),
        severity=_word(path, "severity", page.meta["severity"], Severity),
        confidence=_word(path, "confidence", page.meta["confidence"], Confidence),
        subject=_text(page, "subject"),
        method=_word(path, "method", page.meta["method"], Method),
        cwe=tuple(_numbers(page, "cwe")),
        owasp=tuple(_texts(page, "owasp")),
        asvs=tuple(_texts(page, "asvs")),
        answers=tuple(_texts(page, "answers")),
        unless=tuple(_texts(page, "unless")),
        status=_word(path, "status", page.meta["status"], Status),
        since=_version(page),
        page=page,
        shipped=shipped,
    )


def _pages(folder: Path) -> Iterator[Path]:
    """Give `<area>/<name>.md` of the folder, in order. Links are left out: a workspace's could point anywhere."""
    if folder.is_symlink() or not folder.is_dir():
        return
    areas = sorted(area for area in folder.iterdir() if area.is_dir() and not area.is_symlink())
    pages = [page for area in areas for page in sorted(area.glob("*.md"))]
    if len(pages) > _MAX_PAGES:
        raise UsageError(f"{folder} holds more than {_MAX_PAGES} pages", help="keep fewer")
    for page in pages:
        status = os.lstat(page)
        if stat.S_ISREG(status.st_mode):
            if status.st_size > _MAX_BYTES:
                raise UsageError(f"{page} is larger than {_MAX_BYTES} bytes", help="make it smaller")
            yield page


def _read(path: Path) -> Page:
    try:
        return read_page(path)
    except (RecursionError, ValueError) as error:  # YAML nested without end; a date such as 2026-99-99
        raise UsageError(f"{path}: the front matter cannot be read: {error}", help="write plain values") from error


def _check_sections(page: Page, wanted: tuple[str, ...]) -> None:
    for section in wanted:
        if not page.sections.get(section):
            raise UsageError(
                f"{page.path}: the section {section!r} is missing or empty", help=f"write it below `## {section}`"
            )


def _fault(path: Path, key: object, what: str, hint: str) -> UsageError:
    return UsageError(f"{path}: {key!r} {what}", help=hint)


def _word(path: Path, key: str, value: Any, scale: type[_Scale]) -> _Scale:  # noqa: ANN401 - YAML gives anything
    try:
        return scale(value)
    except ValueError as error:
        raise _fault(path, key, f"cannot be {shown(value)}", f"it is one of {', '.join(scale)}") from error


def _text(page: Page, key: str) -> str:
    value = page.meta[key]
    if not isinstance(value, str) or not value.strip():
        raise _fault(page.path, key, f"cannot be {shown(value)}", "write a text")
    return value.strip()


def _texts(page: Page, key: str) -> Iterator[str]:
    for value in _list(page, key):
        if not isinstance(value, str) or not value.strip():
            raise _fault(page.path, key, f"cannot hold {shown(value)}", "write texts; quote what looks like a number")
        yield value.strip()


def _numbers(page: Page, key: str) -> Iterator[int]:
    for value in _list(page, key):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise _fault(page.path, key, f"cannot hold {shown(value)}", "write whole numbers: `cwe: [307]`")
        yield value


def _list(page: Page, key: str) -> list[Any]:
    value = page.meta.get(key, [])
    if not isinstance(value, list):
        raise _fault(page.path, key, f"cannot be {shown(value)}", "write a list")
    return value


def _version(page: Page) -> str:
    since = _text(page, "since")
    if not _VERSION.fullmatch(since):
        raise _fault(page.path, "since", f"cannot be {since!r}", "write a version: 0.1.0")
    return since
