"""From the judgements of an item's subjects to the item's verdict, exactly as the design says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from backcheck.audit.judging import with_evidence
from backcheck.findings import ItemVerdict, Outcome, Verdict

if TYPE_CHECKING:
    from backcheck.audit.judging import Judged
    from backcheck.audit.quotes import Quotes
    from backcheck.audit.rules import Rules
    from backcheck.definitions.items import Item
    from backcheck.findings import JudgedSubject


class Visible(Protocol):
    """What a look could and could not see."""

    def gaps(self, kind: str) -> tuple[str, ...]:
        """Return why a pass over subjects of this kind could be wrong; empty where nothing relevant was left unread."""

    def doubts(self, kind: str) -> tuple[str, ...]:
        """Return why the absence of subjects of this kind is not proved; empty where it is."""

    @property
    def proof(self) -> str:
        """What was read, for the reason of a "not applicable"."""


def verdict(item: Item, judged: Judged, quotes: Quotes, coverage: Visible, rules: Rules | None = None) -> ItemVerdict:
    """Return the verdict of an item, with what stands at the places quoted, and what the rules waive and attest."""
    if item.id in judged.faults:
        return broken(item, judged.faults[item.id])
    if item.id not in judged.judgements:
        attestation = rules.attestations.about(item.id) if rules else None
        return manual(item, str(attestation) if attestation else "")
    try:
        subjects = with_evidence(item, judged.judgements[item.id], quotes)
    except ValueError as error:
        return broken(item, str(error))
    if rules:
        subjects = tuple(rules.applied(item.id, subject) for subject in subjects)
    return decide(item, subjects, coverage)


def decide(item: Item, subjects: tuple[JudgedSubject, ...], coverage: Visible) -> ItemVerdict:
    """Return the verdict of an item that a check has judged.

    Any failure that nobody waived: fail. All failures waived: waived. Something undecided, or something relevant
    unread: unknown. At least one subject and all pass: pass. No subject: not applicable where that is proved, else unknown.
    """
    failing = [subject for subject in subjects if subject.judgement is Outcome.FAIL]
    open_failures = [subject for subject in failing if not subject.waived]
    undecided = [subject for subject in subjects if subject.judgement is Outcome.UNDECIDED]
    kind = item.subject
    if open_failures:
        waived = f", {len(failing) - len(open_failures)} more waived" if len(open_failures) < len(failing) else ""
        reason = f"{len(open_failures)} of {_count(len(subjects), kind)} failed{waived}"
        return _verdict(item, Verdict.FAIL, reason, subjects)
    if failing:
        return _verdict(item, Verdict.WAIVED, f"{_count(len(failing), kind)} would fail, and each is waived", subjects)
    if undecided:
        reason = f"{len(undecided)} of {_count(len(subjects), kind)} undecided: {undecided[0].reason}"
        return _verdict(item, Verdict.UNKNOWN, reason, subjects)
    reasons = coverage.gaps(kind) if subjects else coverage.doubts(kind)
    if reasons:
        others = len(reasons) - 1
        more = f" (and {others} more reason{'s' if others > 1 else ''})" if others else ""
        return _verdict(item, Verdict.UNKNOWN, reasons[0] + more, subjects)
    if subjects:
        return _verdict(item, Verdict.PASS, f"{_count(len(subjects), kind)} looked at", subjects)
    return _verdict(
        item, Verdict.NOT_APPLICABLE, f"there is no {kind.replace('-', ' ')} to judge: {coverage.proof}", ()
    )


def manual(item: Item, attested: str = "") -> ItemVerdict:
    """Return the verdict of an item that no instrument can judge; a live attestation answers it, and shows."""
    if attested:
        return _verdict(item, Verdict.PASS, f"attested by {attested}", (), method="attestation")
    return _verdict(item, Verdict.MANUAL, "no instrument can say: a person has to look, and may attest it", ())


def broken(item: Item, why: str) -> ItemVerdict:
    """Return the verdict of an item whose check failed: our own fault, whatever the code is like."""
    return _verdict(item, Verdict.ERROR, f"this is a bug in backcheck: {why}", ())


def _verdict(
    item: Item, verdict: Verdict, reason: str, subjects: tuple[JudgedSubject, ...], method: str = ""
) -> ItemVerdict:
    return ItemVerdict(
        item.id,
        item.area,
        item.title,
        verdict,
        item.severity,
        method or item.method,
        reason,
        subjects,
        preview=item.status == "preview",
    )


def _count(number: int, kind: str) -> str:
    """Return "1 query", "2 queries", "3 foreign keys"."""
    words = kind.replace("-", " ")
    if number == 1:
        return f"1 {words}"
    consonant = words.endswith("y") and words[-2:-1] not in "aeiou"
    return f"{number} {words[:-1]}ies" if consonant else f"{number} {words}s"
