"""A check's word on one subject."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from backcheck.findings.scales import Confidence

if TYPE_CHECKING:
    from backcheck.findings.place import Place


class Outcome(StrEnum):
    """What a check says of one subject."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing judged. Its identity survives edits elsewhere in the file: never a line number."""

    kind: str
    """`route`, `application`, `query`, `call`, `table`, `setting`, `flow`, `manifest`, `measurement` …"""
    id: str
    """Method and path; table and column; sink and normalised statement text …"""
    place: Place | None
    """Where a mending edit goes. None only for what lies in no file (a measurement that was never made)."""


class Judgeable(Protocol):
    """Anything that can be a subject: an entity of the Backend, a flow, a measurement."""

    @property
    def subject(self) -> Subject:
        """The subject that stands for this thing."""
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """One subject's outcome, with the reason and the places that show it."""

    subject: Subject
    outcome: Outcome
    reason: str
    """One sentence for a person; empty for a plain pass."""
    places: tuple[Place, ...]
    """What to open, the most telling first. The subject's own place is used where this is empty."""
    confidence: Confidence = Confidence.HIGH
    secret: bool = False
    """The places hold a secret: they are shown without a quote."""


def passed(
    of: Judgeable, reason: str = "", *, at: tuple[Place, ...] = (), confidence: Confidence = Confidence.HIGH
) -> Judgement:
    """Judge that the subject is as the item asks; ``at`` shows what makes it so."""
    return Judgement(of.subject, Outcome.PASS, reason, at, confidence)


def failed(
    of: Judgeable,
    reason: str,
    *,
    at: tuple[Place, ...] = (),
    confidence: Confidence = Confidence.HIGH,
    secret: bool = False,
) -> Judgement:
    """Judge that the subject is not as the item asks, for this reason; ``at`` shows the fault."""
    return Judgement(of.subject, Outcome.FAIL, reason, at, confidence, secret)


def undecided(of: Judgeable, reason: str, *, at: tuple[Place, ...] = ()) -> Judgement:
    """Judge that the subject could not be decided, and why."""
    return Judgement(of.subject, Outcome.UNDECIDED, reason, at)
