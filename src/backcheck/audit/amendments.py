"""Waivers and attestations: the dated, owned, reasoned word of a person beside the verdict of the code.

Both are lists in YAML in the repository's `.backcheck` folder. An entry names an item, a subject or a fingerprint of it, a
reason, an owner and the last day on which it counts. An entry that is malformed or past that day counts for nothing,
and a note says so: the item stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import yaml

from backcheck.settings import read_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backcheck.findings import JudgedSubject

WAIVERS = ".backcheck/waivers.yaml"
ATTESTATIONS = ".backcheck/attestations.yaml"
_KEYS = {"item", "subject", "fingerprint", "reason", "owner", "expires"}


@dataclass(frozen=True, slots=True)
class Amendment:
    """One live entry."""

    item: str
    subject: str
    """The subject's id as reports show it; empty for an entry by fingerprint, or about a whole item."""
    fingerprint: str
    reason: str
    owner: str
    expires: date
    """The last day on which it counts."""

    def __str__(self) -> str:
        return f"{self.owner}, until {self.expires}: {self.reason}"

    def covers(self, item: str, subject: JudgedSubject) -> bool:
        """Whether the entry is about this subject of this item."""
        if item != self.item:
            return False
        return subject.fingerprint == self.fingerprint if self.fingerprint else subject.id == self.subject


@dataclass(frozen=True, slots=True)
class Amendments:
    """The live entries of one file, and what a reader must know of the others."""

    file: str
    entries: tuple[Amendment, ...] = ()
    notes: tuple[str, ...] = ()

    def covering(self, item: str, subject: JudgedSubject) -> Amendment | None:
        """Return the first entry about this subject."""
        return next((entry for entry in self.entries if entry.covers(item, subject)), None)

    def about(self, item: str) -> Amendment | None:
        """Return the first entry about the whole item."""
        whole = (entry for entry in self.entries if entry.item == item and not entry.subject and not entry.fingerprint)
        return next(whole, None)


def read_amendments(root: Path, file: str, today: date) -> Amendments:
    """Read one of the two files; empty where it is missing. A waiver must name its subject, an attestation need not.

    Raises `UsageError` for a link or a file that cannot be read; never for what stands in it.
    """
    data = read_below(root, file)
    if data is None:
        return Amendments(file)
    try:
        entries = yaml.safe_load(data.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return Amendments(file, notes=(f"{file} is ignored: it is not YAML in UTF-8: {' '.join(str(error).split())}",))
    if entries is None:
        return Amendments(file)
    if not isinstance(entries, list):
        return Amendments(file, notes=(f"{file} is ignored: it is not a list",))
    live, notes = [], []
    for number, entry in enumerate(entries, 1):
        faults = list(_faults(entry, today, needs_subject=file == WAIVERS))
        if faults:
            notes.append(f"{file}: entry {number} is ignored: {', '.join(faults)}")
        else:
            live.append(_amendment(entry))
    return Amendments(file, tuple(live), tuple(notes))


def _faults(entry: Any, today: date, *, needs_subject: bool) -> Iterator[str]:  # noqa: ANN401 - whatever YAML holds
    if not isinstance(entry, dict):
        yield "it is not a mapping"
        return
    unknown = sorted(str(key) for key in entry if key not in _KEYS)
    if unknown:
        yield f"unknown keys {', '.join(unknown)}"
    for key in ("item", "reason", "owner"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield f"no {key}"
    if any(not isinstance(entry.get(key, ""), str) for key in ("subject", "fingerprint")):
        yield "subject and fingerprint are words"
    elif needs_subject and not entry.get("subject") and not entry.get("fingerprint"):
        yield "no subject and no fingerprint"
    expires = _day(entry.get("expires"))
    if expires is None:
        yield "no date `expires: YYYY-MM-DD`"
    elif expires < today:
        yield f"it expired on {expires}"


def _amendment(entry: dict[str, Any]) -> Amendment:
    expires = _day(entry["expires"])
    assert expires is not None
    words = {key: str(entry.get(key, "")).strip() for key in ("item", "subject", "fingerprint", "reason", "owner")}
    return Amendment(**words, expires=expires)


def _day(value: object) -> date | None:
    match value:
        case datetime():
            return None
        case date():
            return value
        case str():
            try:
                return date.fromisoformat(value)
            except ValueError:
                return None
        case _:
            return None
