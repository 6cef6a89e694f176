"""SARIF 2.1.0 of vulnerability scanners."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from backcheck.evidence.document import items, mapping, string
from backcheck.evidence.rating import levelled, scored
from backcheck.evidence.reading import Reading, refused
from backcheck.evidence.report import Advisory, VulnerabilityScan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.evidence.document import Document
    from backcheck.findings import Severity

_SCANNERS = ("trivy", "grype", "snyk", "osv-scanner", "dependency-check", "dependencycheck", "pip-audit", "govulncheck")


def read(document: Document) -> Reading | None:
    """Read the runs of scanners that look up dependencies; another tool's SARIF says nothing of those."""
    runs = [mapping(run) for run in items(document.object.get("runs"))]
    if not runs or not string(document.object.get("version")).startswith("2.1"):
        return None
    names = [string(_driver(run).get("name")) for run in runs]
    ours = [run for run, name in zip(runs, names, strict=True) if any(word in name.casefold() for word in _SCANNERS)]
    if not ours:
        what = ", ".join(filter(None, names)) or "a tool without a name"
        return refused("sarif", what, "it comes from a tool that does not look up dependencies")
    tool = string(_driver(ours[0]).get("name"))
    calls = [mapping(call) for run in ours for call in items(run.get("invocations"))]
    if any(call.get("executionSuccessful") is False for call in calls):
        return refused("vulnerability", tool, "the scan itself failed (`executionSuccessful` is false)")
    examined = sum(len(items(run.get("artifacts"))) for run in ours)
    scan = VulnerabilityScan(examined or None, (), tuple(advisory for run in ours for advisory in _advisories(run)))
    times = [time for call in calls if (time := _time(call.get("endTimeUtc")))]
    return Reading(
        "vulnerability", tool, scan, document.line_of('"ruleId"', '"results"'), produced_at=max(times, default=None)
    )


def _advisories(run: dict[str, Any]) -> Iterator[Advisory]:
    rules = {string(rule.get("id")): rule for rule in map(mapping, items(_driver(run).get("rules")))}
    for result in map(mapping, items(run.get("results"))):
        if not _reported(result):
            continue
        identity = string(result.get("ruleId"))
        text = mapping(result.get("message")).get("text")
        first = string(text.strip().partition("\n")[0]) if isinstance(text, str) else ""
        yield Advisory(first[:120] or identity, "", identity, _severity(result, rules.get(identity, {})))


def _reported(result: dict[str, Any]) -> bool:
    """Whether the scanner reports it as a fault: `kind` says so, and no accepted suppression takes it back."""
    suppressions = [mapping(suppression) for suppression in items(result.get("suppressions"))]
    taken_back = any(string(suppression.get("status")) in {"", "accepted"} for suppression in suppressions)
    return result.get("kind", "fail") == "fail" and not taken_back


def _severity(result: dict[str, Any], rule: dict[str, Any]) -> Severity | None:
    """Return the rating: the score of the result or its rule, else the level of the result, else the rule's own."""
    for holder in (result, rule):
        if severity := scored(mapping(holder.get("properties")).get("security-severity")):
            return severity
    level = string(result.get("level")) or string(mapping(rule.get("defaultConfiguration")).get("level"))
    return levelled(level or "warning")  # SARIF 2.1.0, 3.27.10: a level that nobody states is a warning


def _driver(run: dict[str, Any]) -> dict[str, Any]:
    return mapping(mapping(run.get("tool")).get("driver"))


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(string(value)[:40]).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
