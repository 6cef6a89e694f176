"""The gate after an agent stops: audit what it did, and say what fails now that did not before.

The verdict is the machine's, never the model's word. Only new failures are sent back; the same ones twice end the
rounds, since the agent makes no progress.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.audit import audit, judge_change
from backcheck.definitions.items import load_items
from backcheck.definitions.prompts import render
from backcheck.escape import printable
from backcheck.findings import Outcome, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.audit import Options
    from backcheck.findings import AuditResult, ItemVerdict, JudgedSubject

_SHOWN = 20
"""How many failures one feedback message lists."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The tree after a round."""

    whole: AuditResult
    """Every verdict over the tree as it is now."""
    change: AuditResult
    """The same, with what failed before excused."""
    before: AuditResult
    """The tree that the agent was given."""

    @property
    def failures(self) -> tuple[tuple[str, JudgedSubject], ...]:
        """Item and subject of each failure that counts: new, not waived, of no preview item."""
        return tuple(
            (verdict.item, subject)
            for verdict in self.change.verdicts
            if not verdict.preview
            for subject in verdict.subjects
            if subject.judgement is Outcome.FAIL and not subject.waived
        )

    @property
    def doubts(self) -> tuple[ItemVerdict, ...]:
        """Items that could be decided before and cannot any more: a file that no longer parses hides what is in it."""
        open_before = {verdict.item for verdict in self.before.verdicts if verdict.verdict is Verdict.UNKNOWN}
        return tuple(
            verdict
            for verdict in self.change.verdicts
            if verdict.verdict is Verdict.UNKNOWN and not verdict.preview and verdict.item not in open_before
        )

    @property
    def complaints(self) -> frozenset[str]:
        """Identity of what goes back to the agent: new failures, and items that became undecided."""
        return frozenset(
            (*(subject.fingerprint for _, subject in self.failures), *(verdict.item for verdict in self.doubts))
        )

    def feedback(self) -> str:
        """Return the message to the agent: what fails newly, where, why, and how to mend it."""
        pages = load_items()
        titles = {verdict.item: verdict.title for verdict in self.change.verdicts}
        shown = [
            {
                "item": item,
                "where": printable(f"{subject.id} ({_where(subject)})", keep=""),
                "reason": printable(subject.reason, keep=""),
                "mend": _first_paragraph(pages[item].page.sections["How to mend it"])
                if item in pages
                else printable(titles[item], keep=""),  # a line of the contract: it says what is asked
            }
            for item, subject in self.failures[:_SHOWN]
        ]
        doubts = [f"{verdict.item}: {printable(verdict.reason, keep='')}" for verdict in self.doubts]
        return render("feedback", total=len(self.failures), shown=shown, doubts=doubts)


class Gate:
    """Judges a working copy against the tree that it was made from."""

    def __init__(self, base: Path, options: Options) -> None:
        """Audit ``base`` once; it must not change afterwards."""
        self._base = base
        self._options = options
        self.before = audit(base, options)

    def judge(self, head: Path) -> Judged:
        """Audit ``head``; waivers, configuration and classification count as they stand in the base."""
        whole, change = judge_change(self._base, head, self._options, before=self.before)
        return Judged(whole, change, self.before)


def _where(subject: JudgedSubject) -> str:
    return ", ".join(str(evidence.place) for evidence in subject.evidence[:3]) or "no place"


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n", 1)[0].split())
