"""What an agent claims in its last words, beside what the audit found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.contract import bind
from backcheck.definitions.items import load_items
from backcheck.runtime.receipt import Claim

if TYPE_CHECKING:
    from backcheck.findings import AuditResult

_MARKS = " \t-*+>#"


def claims(words: str, result: AuditResult) -> tuple[Claim, ...]:
    """Return each line of ``words`` that speaks of items which were judged, with their verdicts.

    Lines are bound as those of a contract are; a negated line ("no rate limiting yet") claims nothing.
    """
    items = load_items()
    verdicts = {verdict.item: verdict.verdict.value for verdict in result.verdicts}
    judged = [item for name, item in items.items() if name in verdicts]
    lines = (line.strip(_MARKS).removeprefix("[x]").removeprefix("[X]").strip() for line in words.splitlines())
    bound = ((line, bind(line, judged)) for line in lines if line and not line.startswith("[ ]"))
    return tuple(Claim(line, tuple((item, verdicts[item]) for item in found)) for line, found in bound if found)
