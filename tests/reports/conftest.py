from __future__ import annotations

from dataclasses import replace

import pytest

from backcheck.definitions.items import Item, load_items
from backcheck.findings import (
    AuditResult,
    Confidence,
    Evidence,
    ItemVerdict,
    JudgedSubject,
    Outcome,
    Place,
    Severity,
    Unread,
    Verdict,
)

DIGEST = "ab" * 32


def subject(
    name: str,
    outcome: Outcome = Outcome.FAIL,
    reason: str = "no time-out",
    path: str = "app/client.py",
    line: int = 7,
    waived: str = "",
) -> JudgedSubject:
    """A judged subject with one quoted place."""
    place = Place(path, line, 5, line, 30)
    evidence = Evidence(place, "    requests.get(address)", DIGEST)
    mark = f"{abs(hash((name, path))):032x}"[:32]
    return JudgedSubject(name, "call", outcome, Confidence.HIGH, reason, mark, (evidence,), waived)


def verdict(item: str, of: Verdict, *subjects: JudgedSubject, **more: object) -> ItemVerdict:
    """An item's verdict."""
    made = ItemVerdict(
        item, "performance", f"Title of {item}", of, Severity.HIGH, "static", f"reason of {of}", subjects
    )
    return replace(made, **more)  # type: ignore[arg-type]  # a test names fields of the class


@pytest.fixture(scope="session")
def items() -> dict[str, Item]:
    return load_items()


@pytest.fixture
def result() -> AuditResult:
    """One verdict of every kind."""
    return AuditResult(
        root="shop",
        commit="c" * 40,
        dirty=True,
        checklist="ci",
        verdicts=(
            verdict("query-in-loop", Verdict.PASS, subject("load: select", Outcome.PASS, "")),
            verdict(
                "call-without-timeout",
                Verdict.FAIL,
                subject("fetch: requests.get(address)"),
                subject("old: requests.get(old)", line=9, waived="ada, until 2027-01-01: legacy"),
                subject("fine: requests.get(x, timeout=3)", Outcome.PASS, "", line=11),
            ),
            verdict("list-not-paginated", Verdict.UNKNOWN, subject("list: all()", Outcome.UNDECIDED, "not followed")),
            verdict("foreign-key-without-index", Verdict.NOT_APPLICABLE),
            verdict("blocking-call-in-async", Verdict.ERROR),
            verdict("made-up", Verdict.MANUAL),
            verdict("preview-item", Verdict.FAIL, subject("preview: x"), preview=True),
        ),
        unread=(Unread("app/broken.py", "line 3 does not parse"),),
        notes=("the sandbox is missing",),
    )
