"""The result of an audit: one verdict for each item of the checklist, over all its subjects."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from backcheck.errors import ExitCode, worst

if TYPE_CHECKING:
    from backcheck.findings.judgement import Outcome
    from backcheck.findings.place import Evidence
    from backcheck.findings.scales import Confidence, Severity


class Verdict(StrEnum):
    """An item's result over all its subjects."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    MANUAL = "manual"
    WAIVED = "waived"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a part of one, that nobody looked at, and why."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class JudgedSubject:
    """A judgement with its evidence read from disk and its fingerprint."""

    id: str
    kind: str
    judgement: Outcome
    confidence: Confidence
    reason: str
    fingerprint: str
    evidence: tuple[Evidence, ...]
    waived: str = ""
    """Who waived it, until when and why; empty where no live waiver covers it."""


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """One item's verdict, with everything that a report shows of it."""

    item: str
    area: str
    title: str
    verdict: Verdict
    severity: Severity
    method: str
    """`static`, `evidence`, `probe` or `attestation`."""
    reason: str
    subjects: tuple[JudgedSubject, ...] = ()
    preview: bool = False
    """A preview item shows and never counts."""

    @property
    def examined(self) -> int:
        """How many subjects were looked at."""
        return len(self.subjects)

    def count(self, outcome: Outcome) -> int:
        """How many subjects were judged so."""
        return sum(subject.judgement is outcome for subject in self.subjects)


_EXIT = {
    Verdict.FAIL: ExitCode.FAILED,
    Verdict.UNKNOWN: ExitCode.UNDECIDED,
    Verdict.MANUAL: ExitCode.UNDECIDED,
    Verdict.ERROR: ExitCode.OURS,
}


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What an audit found: plain data, enough for every report."""

    root: str
    """The audited folder, as the caller named it."""
    commit: str | None
    """Full id of HEAD; None outside git."""
    dirty: bool
    """Whether the tree differs from the commit (true outside git)."""
    checklist: str
    verdicts: tuple[ItemVerdict, ...]
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know of how this was judged (`--undecided ok`, a sandbox that is missing …)."""
    base: str | None = None
    """Commit id that a change was judged against; None where the whole tree was judged."""
    undecided_ok: bool = field(default=False)
    prefix: str = ""
    """POSIX path of the audited folder inside its repository, empty at the top: hosts want paths from there."""

    @property
    def exit_code(self) -> ExitCode:
        """The worst code over the verdicts that count; undecided where no subject was examined at all."""
        counted = [verdict for verdict in self.verdicts if not verdict.preview]
        codes = [_EXIT[verdict.verdict] for verdict in counted if verdict.verdict in _EXIT]
        if not any(verdict.examined for verdict in counted):
            codes.append(ExitCode.UNDECIDED)
        if self.undecided_ok:
            codes = [code for code in codes if code is not ExitCode.UNDECIDED]
        return worst(*codes)
