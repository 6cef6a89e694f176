"""What a repository, and those who answer for it, say about how it is to be judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backcheck.audit.amendments import ATTESTATIONS, WAIVERS, Amendments, read_amendments
from backcheck.audit.baseline import read_baseline
from backcheck.findings import Outcome
from backcheck.settings import load_configuration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from backcheck.audit.options import Options
    from backcheck.findings import JudgedSubject
    from backcheck.settings import Configuration


@dataclass(frozen=True, slots=True)
class Rules:
    """Configuration with the caller's options, waivers, attestations, and the failures that are known."""

    configuration: Configuration
    waivers: Amendments
    attestations: Amendments
    known: frozenset[str]
    """Fingerprints of the baseline."""
    notes: tuple[str, ...]

    def applied(self, item: str, subject: JudgedSubject) -> JudgedSubject:
        """Return the subject with what excuses its failure, or settles what could not be decided of it."""
        match subject.judgement:
            case Outcome.FAIL if waiver := self.waivers.covering(item, subject):
                return replace(subject, waived=str(waiver))
            case Outcome.FAIL if subject.fingerprint in self.known:
                return replace(subject, waived="known in the baseline")
            case Outcome.UNDECIDED if attestation := self.attestations.covering(item, subject):
                return replace(subject, judgement=Outcome.PASS, reason=f"attested by {attestation}")
            case _:
                return subject

    def idle(self, judged: Iterable[tuple[str, JudgedSubject]]) -> Iterator[str]:
        """Give a note for each waiver of a judged item that covers nothing any more."""
        pairs = tuple(judged)
        items = {item for item, _ in pairs}
        for waiver in self.waivers.entries:
            if waiver.item in items and not any(
                waiver.covers(item, s) for item, s in pairs if s.judgement is Outcome.FAIL
            ):
                named = waiver.subject or waiver.fingerprint
                yield f"{WAIVERS}: the waiver of {waiver.item} for {named!r} covers nothing: remove it"


def read_rules(root: Path, options: Options) -> Rules:
    """Read the rules of a folder. Raises `UsageError` where the configuration is not of the form, or a file is a link."""
    today = datetime.now(UTC).date()
    configuration = load_configuration(root).with_options(
        checklist=options.checklist,
        agent=options.agent,
        areas=options.areas,
        items=options.items,
        undecided="ok" if options.undecided_ok else None,
    )
    waivers, attestations = read_amendments(root, WAIVERS, today), read_amendments(root, ATTESTATIONS, today)
    known, notes = read_baseline(root)
    return Rules(configuration, waivers, attestations, known, (*waivers.notes, *attestations.notes, *notes))
