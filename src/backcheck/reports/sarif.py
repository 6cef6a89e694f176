"""SARIF 2.1.0 with everything that GitHub code scanning reads, and nothing that it would misread.

Sources: the SARIF 2.1.0 standard and GitHub's page "SARIF support for code scanning". What follows from that page:
only failures are results (a pass, an unknown or a waived item would become an alert, since suppressions are not
read); each needs a location, of which the first alone is shown; `primaryLocationLineHash` is the only fingerprint that
counts; `security-severity` makes an alert a security alert, so that only items of the security area carry it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from backcheck import __version__
from backcheck.escape import printable
from backcheck.findings import Outcome, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.definitions.items import Item
    from backcheck.findings import AuditResult, Evidence, ItemVerdict, JudgedSubject

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MAX_RESULTS = 5_000
"""GitHub takes 25,000 and shows 5,000; the rest is counted in a notification."""
_MAX_TEXT = 1_000
"""Characters of a description; GitHub's limit is 1,024."""
_MAX_LOCATIONS = 100

_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_SCORE = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.5"}
"""The middle of GitHub's bands: above 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, below low."""


def render(result: AuditResult, items: Mapping[str, Item]) -> str:
    """Return the failures as SARIF."""
    judged = [verdict for verdict in result.verdicts if verdict.item in items]
    rules = {verdict.item: index for index, verdict in enumerate(judged)}
    found = [
        (verdict, subject)
        for severity in Severity
        for verdict in result.verdicts
        if verdict.severity is severity
        for subject in _failures(verdict)
    ]
    shown = [(verdict, subject) for verdict, subject in found if subject.evidence][:_MAX_RESULTS]
    run = {
        "tool": {
            "driver": {
                "name": "backcheck",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(verdict, items[verdict.item]) for verdict in judged],
            }
        },
        "automationDetails": {"id": f"backcheck/{result.checklist}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [
            {
                "executionSuccessful": not any(verdict.verdict is Verdict.ERROR for verdict in result.verdicts),
                "exitCode": int(result.exit_code),
                "toolExecutionNotifications": list(_notifications(result, len(found) - len(shown))),
            }
        ],
        "results": [_result(verdict, subject, rules, result.prefix) for verdict, subject in shown],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _failures(verdict: ItemVerdict) -> Iterator[JudgedSubject]:
    if verdict.verdict is Verdict.FAIL and not verdict.preview:
        yield from (s for s in verdict.subjects if s.judgement is Outcome.FAIL and not s.waived)


def _rule(verdict: ItemVerdict, item: Item) -> dict[str, Any]:
    level = _LEVEL[verdict.severity]
    sections = item.page.sections
    why = sections.get("What it checks") or verdict.title
    mend = sections.get("How to mend it", "")
    help_text = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items() if title != "Examples" and text)
    properties: dict[str, Any] = {
        "precision": item.confidence.value,
        "problem.severity": _PROBLEM[level],
        "tags": [verdict.area, *(f"external/cwe/cwe-{number:03d}" for number in item.cwe)][:20],
    }
    if verdict.area == "security":
        properties["security-severity"] = _SCORE[verdict.severity]
    return {
        "id": verdict.item,
        "name": "".join(word.capitalize() for word in verdict.item.split("-"))[:255],
        "shortDescription": {"text": verdict.title[:_MAX_TEXT]},
        "fullDescription": {"text": why[:_MAX_TEXT]},
        "help": {"text": mend or why, "markdown": help_text or why},
        "defaultConfiguration": {"level": level},
        "properties": properties,
    }


def _result(verdict: ItemVerdict, subject: JudgedSubject, rules: Mapping[str, int], prefix: str) -> dict[str, Any]:
    main, *others = subject.evidence[:_MAX_LOCATIONS]
    result: dict[str, Any] = {
        "ruleId": verdict.item,
        "level": _LEVEL[verdict.severity],
        "kind": "fail",
        "message": {"text": printable(f"{subject.id}: {subject.reason}")},
        "locations": [_location(main, prefix)],
        "partialFingerprints": {"primaryLocationLineHash": f"{subject.fingerprint}:1"},
        "properties": {"confidence": subject.confidence.value},
    }
    if verdict.item in rules:
        result["ruleIndex"] = rules[verdict.item]
    if others:
        result["relatedLocations"] = [{"id": number, **_location(at, prefix)} for number, at in enumerate(others, 1)]
    return result


def _location(evidence: Evidence, prefix: str) -> dict[str, Any]:
    place = evidence.place
    path = f"{prefix}/{place.path}" if prefix else place.path
    region: dict[str, Any] = {
        "startLine": place.start_line,
        "startColumn": place.start_column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    if (place.end_line, place.end_column) <= (place.start_line, place.start_column):
        # An empty region would be drawn as nothing: the whole first line stands for it.
        first_line = (evidence.quote or "").partition("\n")[0]
        region.update(startColumn=1, endLine=place.start_line, endColumn=max(len(first_line) + 1, 2))
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(os.fsencode(path)), "uriBaseId": "%SRCROOT%"},
            "region": region,
        }
    }


def _notifications(result: AuditResult, left_out: int) -> Iterator[dict[str, Any]]:
    for unread in result.unread:
        yield _notification("warning", f"not read: {unread.path}: {unread.why}")
    for verdict in result.verdicts:
        if verdict.verdict is Verdict.ERROR:
            yield _notification("error", f"{verdict.item}: {verdict.reason}")
    if left_out:
        yield _notification("warning", f"{left_out} failures are not listed: they lie in no file, or are too many")


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": printable(text)}}
