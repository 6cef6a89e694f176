"""Proving a report's quotes again: from the recorded commit, the folder as it stands, or stored blobs.

Each quote comes with the sha256 of its whole file. Whichever source has bytes of that digest proves or refutes it; which
one it was does not matter.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcheck import repository
from backcheck.audit.quotes import quoted
from backcheck.errors import EnvironmentFault, UsageError
from backcheck.findings import Evidence, Place
from backcheck.settings import Blobs, state_directory
from backcheck.source import SourceTree, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.findings import AuditResult

_MAX_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of one quote."""

    item: str
    subject: str
    evidence: Evidence
    holds: bool
    why: str
    """Where the file was found, or why the quote does not hold."""


def stored_blobs() -> Blobs:
    """Return the store of quoted files, in the user's state directory."""
    return Blobs(state_directory() / "blobs")


def keep_quoted_files(root: Path, result: AuditResult) -> None:
    """Store the quoted files of a tree that no commit holds, so that the report can be proved after the next edit.

    A file in which a secret was found is not stored.
    """
    if not result.dirty:
        return
    evidence = [e for verdict in result.verdicts for subject in verdict.subjects for e in subject.evidence]
    secret = {entry.place.path for entry in evidence if entry.redacted}
    tree, blobs = SourceTree(root, ()), stored_blobs()
    for path in sorted({entry.place.path for entry in evidence} - secret):
        try:
            blobs.put(tree.read(path))
        except Unreadable:
            # A report outside of the tree, or a file that is gone since: what can be proved then is the folder's business.
            continue


def verify(report: Path, root: Path | None = None) -> tuple[Proof, ...]:
    """Prove every quote of a JSON report again; ``root`` is where the code lies now, by default where it lay.

    Raises `UsageError` for a file that is no report of ours.
    """
    content = _read(report)
    try:
        return tuple(_proofs(content, root or Path(content["root"])))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{str(report)!r} is not a report of backcheck: {error}", help=_HOW) from error


_HOW = "write one with `backcheck audit --output json=report.json`"


def _read(report: Path) -> dict[str, Any]:
    try:
        if report.stat().st_size > _MAX_BYTES:
            raise UsageError(f"{str(report)!r} is larger than {_MAX_BYTES} bytes", help=_HOW)
        content = json.loads(report.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {str(report)!r}: {error.strerror}", help=_HOW) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{str(report)!r} is not JSON: {error}", help=_HOW) from error
    if not isinstance(content, dict) or not str(content.get("schema_version", "")).startswith("1."):
        raise UsageError(
            f"{str(report)!r} is not a report of backcheck, or of a version that it does not know", help=_HOW
        )
    return content


def _proofs(content: dict[str, Any], root: Path) -> Iterator[Proof]:
    sources = _Sources(root, content["commit"], bool(content["dirty"]), {})
    for verdict in content["verdicts"]:
        for subject in verdict["subjects"]:
            for entry in subject["evidence"]:
                evidence = _evidence(entry)
                holds, why = sources.prove(evidence)
                yield Proof(verdict["item"], subject["id"], evidence, holds, why)


def _evidence(entry: dict[str, Any]) -> Evidence:
    start, end = int(entry["start_line"]), int(entry["end_line"])
    quote = entry["quote"]
    if quote is not None and not isinstance(quote, str):
        raise TypeError(f"a quote is {quote!r}")
    place = Place(str(entry["path"]), start, 1, end, 1)
    return Evidence(place, quote, str(entry["sha256"]), redacted=bool(entry["redacted"]))


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where bytes of a given digest may be found."""

    root: Path
    commit: str | None
    dirty: bool
    """Whether the tree held more than the commit: without that, the commit alone is asked."""
    found: dict[tuple[str, str], tuple[bytes, str] | None]

    def prove(self, evidence: Evidence) -> tuple[bool, str]:
        """Return whether the quote holds, and where it was found or why it does not."""
        if not set(evidence.place.path.split("/")).isdisjoint({"", ".", ".."}):
            return False, "its path leaves the code base"
        key = evidence.place.path, evidence.sha256
        if key not in self.found:
            self.found[key] = next(self._candidates(*key), None)
        file = self.found[key]
        if file is None and not self.root.is_dir():
            return False, f"there is no folder {str(self.root)!r} from here: name it with `--root DIR`"
        if file is None:
            if self.commit and not self.dirty:
                return False, f"commit {self.commit[:12]} has no file of this path and digest here"
            return False, "no commit, folder or stored blob has a file of this digest"
        data, where = file
        text = quoted(data.split(b"\n"), evidence.place.start_line, evidence.place.end_line)
        if text is None:
            return False, f"the file {where} has no such lines"
        if evidence.quote is None:
            return (True, f"{where} (the quote is withheld)") if evidence.redacted else (False, "there is no quote")
        return (True, where) if text == evidence.quote else (False, f"other text stands there {where}")

    def _candidates(self, path: str, digest: str) -> Iterator[tuple[bytes, str]]:
        for data, where in self._bytes(path, digest):
            if data is not None and hashlib.sha256(data).hexdigest() == digest:
                yield data, where

    def _bytes(self, path: str, digest: str) -> Iterator[tuple[bytes | None, str]]:
        if self.commit and self.root.is_dir():
            yield self._committed(path), f"at commit {self.commit[:12]}"
        if self.commit and not self.dirty:
            return
        if self.root.is_dir():
            with suppress(Unreadable):
                yield SourceTree(self.root, ()).read(path), "in the folder"
        yield stored_blobs().get(digest), "among the stored blobs"

    def _committed(self, path: str) -> bytes | None:
        assert self.commit is not None
        try:
            return repository.blob(self.root, self.commit, path)
        except (UsageError, EnvironmentFault):
            # Another clone, a shallow one, or no git at all: the other sources are asked.
            return None
