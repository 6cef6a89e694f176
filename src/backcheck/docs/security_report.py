"""The security report: every item, its verdict, and where to look."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from backcheck.definitions.items import Area
from backcheck.definitions.prompts import render
from backcheck.docs.document import Document, Kind, revision, slug
from backcheck.docs.markdown import code, link, plain
from backcheck.findings import Outcome, Verdict

if TYPE_CHECKING:
    from datetime import date

    from backcheck.findings import AuditResult, ItemVerdict, JudgedSubject


def security_report(result: AuditResult, *, api: str, day: date) -> Document:
    """Return the report over the items of ``result`` that belong to the area `security`."""
    verdicts = [verdict for verdict in result.verdicts if verdict.area == Area.SECURITY]
    count = Counter(verdict.verdict for verdict in verdicts)
    text = render(
        "security-report",
        api=slug(api),
        date=day.isoformat(),
        commit=result.commit or "none",
        revision=revision(result.commit, dirty=result.dirty),
        checklist=result.checklist,
        exit_code=int(result.exit_code),
        sources=sorted({e.place.path for v in verdicts for s in v.subjects for e in s.evidence}),
        summary=", ".join(f"{count[verdict]} {verdict.value}" for verdict in Verdict if count[verdict]) or "no item",
        verdicts=[_row(verdict) for verdict in verdicts],
        failing=[_failing(verdict) for verdict in verdicts if verdict.verdict is Verdict.FAIL],
        undecided=[
            f"{code(verdict.item)} ({verdict.verdict.value}): {plain(verdict.reason)}"
            for verdict in verdicts
            if verdict.verdict in {Verdict.UNKNOWN, Verdict.MANUAL, Verdict.ERROR}
        ],
        waived=[
            f"{code(verdict.item)}: {code(subject.id)}, {plain(subject.waived)}"
            for verdict in verdicts
            for subject in verdict.subjects
            if subject.waived
        ],
        unread=[f"{code(unread.path)}: {plain(unread.why)}" for unread in result.unread],
    )
    return Document(Kind.SECURITY_REPORT, api, day, text)


def _row(verdict: ItemVerdict) -> dict[str, Any]:
    return {
        "item": code(verdict.item),
        "verdict": verdict.verdict.value,
        "severity": verdict.severity.value,
        "examined": verdict.examined,
        "failed": verdict.count(Outcome.FAIL),
        "reason": plain(verdict.reason),
    }


def _failing(verdict: ItemVerdict) -> dict[str, Any]:
    return {
        "item": code(verdict.item),
        "title": plain(verdict.title),
        "subjects": [_subject(subject) for subject in verdict.subjects if subject.judgement is Outcome.FAIL],
    }


def _subject(subject: JudgedSubject) -> dict[str, str]:
    places = [link(evidence.place.path, evidence.place.start_line) for evidence in subject.evidence]
    return {"id": code(subject.id), "reason": plain(subject.reason), "places": ", ".join(places) or "no place"}
