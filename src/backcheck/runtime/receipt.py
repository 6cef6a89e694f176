"""The receipt: what an agent said, what it did, what stands, and what it cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from backcheck.findings import Outcome

if TYPE_CHECKING:
    from backcheck.findings import ItemVerdict
    from backcheck.runtime.gate import Judged
    from backcheck.runtime.process import RuleVerdict


@dataclass(frozen=True, slots=True)
class Claim:
    """A line of the agent's last words that speaks of checklist items, beside the items' verdicts."""

    text: str
    verdicts: tuple[tuple[str, str], ...]
    """Item and its verdict over the changed tree."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item before and after the run."""

    item: str
    before: str
    after: str
    failed_before: int
    """Subjects that failed."""
    failed_after: int
    new_failures: tuple[str, ...]
    """Subjects that fail after the run and did not before."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The record of one agent run."""

    run: str
    """Id of the run: time and a random part; the folder of its journal and patch."""
    agent: str
    task: str
    model: str
    status: str
    """Why the agent stopped: `done`, `turns`, `tokens`, `refusal`, or the server's stop reason."""
    rounds: int
    """How often the agent stopped and was audited."""
    turns: int
    tool_calls: int
    tokens: dict[str, int]
    """`input`, `output`, `cache_read`, `cache_write`."""
    cost_usd: float | None
    """None where the model's price is not listed."""
    seconds: float
    tools_lost: tuple[str, ...]
    """Tools that the definition names and that the run could not give, each with the reason."""
    sandbox: str
    changes: tuple[Change, ...]
    claims: tuple[Claim, ...]
    rules: tuple[RuleVerdict, ...]
    """The contract's rules of work, judged from the journal where that can be seen."""
    words: str
    """The agent's last words, as it wrote them: claims, not facts."""
    patch: str
    """Path of the patch; empty where nothing was changed."""
    journal: str

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as plain data."""
        return asdict(self)


def changes(judged: Judged) -> tuple[Change, ...]:
    """Return each judged item with its verdict before and after; lines that only a person can judge are left out."""
    earlier = {verdict.item: verdict for verdict in judged.before.verdicts}
    new: dict[str, list[str]] = {}
    for item, subject in judged.failures:
        new.setdefault(item, []).append(subject.id)
    return tuple(
        _change(earlier.get(verdict.item), verdict, tuple(new.get(verdict.item, ())))
        for verdict in judged.whole.verdicts
        if verdict.subjects
    )


def _change(before: ItemVerdict | None, after: ItemVerdict, new_failures: tuple[str, ...]) -> Change:
    return Change(
        item=after.item,
        before=before.verdict.value if before else "",
        after=after.verdict.value,
        failed_before=before.count(Outcome.FAIL) if before else 0,
        failed_after=after.count(Outcome.FAIL),
        new_failures=new_failures,
    )
