"""Running the checks on one look, and turning their judgements into judged subjects with evidence."""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backcheck.audit.fingerprints import fingerprint
from backcheck.audit.quotes import NotThereError
from backcheck.audit.ruff import second_opinion
from backcheck.checks import find, run
from backcheck.definitions.items import Area
from backcheck.findings import JudgedSubject, Outcome
from backcheck.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backcheck.audit.quotes import Quotes
    from backcheck.audit.ruff import Observation
    from backcheck.checks import Named
    from backcheck.definitions.items import Item
    from backcheck.findings import Judgement


@dataclass(frozen=True, slots=True)
class Judged:
    """What the checks said: an item is in one of the three, a manual one in none."""

    judgements: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    """Item to what went wrong in its check: our own fault."""

    @property
    def every(self) -> tuple[Judgement, ...]:
        """The judgements of all items."""
        return tuple(judgement for judgements in self.judgements.values() for judgement in judgements)

    @property
    def failures(self) -> frozenset[str]:
        """Fingerprints of what failed."""
        return frozenset(
            mark
            for item, judgements in self.judgements.items()
            for judgement, mark in marked(item, judgements)
            if judgement.outcome is Outcome.FAIL
        )


def judge(items: Iterable[Item], facts: Named, observations: Iterable[Observation], *, debug: bool = False) -> Judged:
    """Run the check of every item that has one."""
    judgements: dict[str, tuple[Judgement, ...]] = {}
    faults: dict[str, str] = {}
    seen = tuple(observations)
    for item in items:
        check = find(item.area, item.id) if item.shipped else None
        if check is None:
            continue
        try:
            heard = second_opinion(item.id, run(check, facts), seen)
        except Exception as error:  # noqa: BLE001 - one broken check must not cost the verdicts of the others; it shows as `error` and exit code 4
            faults[item.id] = f"{type(error).__name__}: {error}"
            if debug:
                traceback.print_exc(file=sys.stderr)
            continue
        judgements[item.id] = tuple(sorted(heard, key=_order))
    return Judged(judgements, faults)


def marked(item: str, judgements: Iterable[Judgement]) -> Iterable[tuple[Judgement, str]]:
    """Give each judgement with its fingerprint: subjects of one identity are counted in their order."""
    twins: Counter[tuple[str, str]] = Counter()
    for judgement in judgements:
        identity = judgement.subject.kind, judgement.subject.id
        yield judgement, fingerprint(item, judgement.subject, twins[identity])
        twins[identity] += 1


def with_evidence(item: Item, judgements: Iterable[Judgement], quotes: Quotes) -> tuple[JudgedSubject, ...]:
    """Return the judgements with what stands at their places.

    A definition that passes has none: of thousands of files that have not a fault, the first line shows nothing. Raises `ValueError` where a place cannot be quoted: such a judgement cannot be reported.
    """
    return tuple(_subject(item, judgement, mark, quotes) for judgement, mark in marked(item.id, judgements))


def _subject(item: Item, judgement: Judgement, mark: str, quotes: Quotes) -> JudgedSubject:
    subject = judgement.subject
    places = () if _shows_nothing(item, judgement) else judgement.places or ((subject.place,) if subject.place else ())
    try:
        evidence = tuple(quotes.evidence(place, secret=judgement.secret) for place in dict.fromkeys(places))
    except (NotThereError, Unreadable, OSError) as error:
        raise ValueError(f"the evidence for {subject.id!r} cannot be quoted: {error}") from error
    confidence = judgement.confidence.capped(item.confidence)
    named, reason = quotes.public(subject.id), quotes.public(judgement.reason)
    return JudgedSubject(named, subject.kind, judgement.outcome, confidence, reason, mark, evidence)


def _shows_nothing(item: Item, judgement: Judgement) -> bool:
    return item.area is Area.DEFINITIONS and judgement.outcome is Outcome.PASS


def _order(judgement: Judgement) -> tuple[str, int, int, str]:
    place = judgement.subject.place
    return (
        (place.path, place.start_line, place.start_column, judgement.subject.id)
        if place
        else ("", 0, 0, judgement.subject.id)
    )
