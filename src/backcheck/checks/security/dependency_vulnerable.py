"""No dependency has a known vulnerability, by the report of a scanner that looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.evidence import VulnerabilityScan
from backcheck.findings import Confidence, Severity, Subject, failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.contract import Target
    from backcheck.evidence import Advisory, Report
    from backcheck.findings import Judgement

_BAR = frozenset({Severity.CRITICAL, Severity.HIGH})
"""What counts where no target says otherwise."""


@dataclass(frozen=True, slots=True)
class _Vulnerability:
    advisory: Advisory
    report: Report

    @property
    def subject(self) -> Subject:
        identity = f"{self.advisory.package} {self.advisory.version}".strip()
        return Subject("dependency", f"{identity}: {self.advisory.id}", self.report.place)

    def told(self, rating: str) -> str:
        """Return the rating with what mends it."""
        mended = self.advisory.mended_in
        return f"{rating}; mended in {mended}" if mended else rating


@dataclass(frozen=True, slots=True)
class _NoReport:
    @property
    def subject(self) -> Subject:
        return Subject("measurement", "vulnerability report", None)


def check(reports: tuple[Report, ...], targets: tuple[Target, ...]) -> Iterator[Judgement]:
    """Give one judgement for each known vulnerability, and one for each report without a bad one."""
    bar = _counted(targets)
    scans = [report for report in reports if report.kind in {"vulnerability", ""}]
    if not scans:
        yield undecided(
            _NoReport(),
            "no scanner's report was given: run pip-audit, npm audit or osv-scanner, and name its JSON with --evidence",
        )
    for report in scans:
        yield from _judged(report, bar)


def _judged(report: Report, bar: frozenset[Severity]) -> Iterator[Judgement]:
    scan = report.content
    if not isinstance(scan, VulnerabilityScan) or not report.health.usable:
        yield undecided(report, report.health.why)
        return
    clean = True
    for advisory in scan.advisories:
        found = _Vulnerability(advisory, report)
        if advisory.severity is None:
            clean = False
            yield failed(found, found.told("the report does not rate it"), confidence=Confidence.MEDIUM)
        elif advisory.severity in bar:
            clean = False
            yield failed(found, found.told(f"{advisory.severity} severity"))
        else:
            yield passed(found, found.told(f"{advisory.severity} severity, below what counts"))
    if scan.skipped:
        names = ", ".join(scan.skipped[:3]) + (" …" if len(scan.skipped) > 3 else "")
        yield undecided(report, f"{len(scan.skipped)} dependencies could not be looked up: {names}")
    elif clean:
        looked = "the dependencies" if scan.audited is None else f"{scan.audited} dependencies"
        yield passed(report, f"{report.tool} looked up {looked}")


def _counted(targets: tuple[Target, ...]) -> frozenset[Severity]:
    """Return the severities that count: those a target names, all where one asks for no vulnerability at all."""
    asked = [target for target in targets if "vulnerab" in target.metric.casefold()]
    named = frozenset(
        severity for target in asked for severity in Severity if severity in f"{target.scope} {target.text}".casefold()
    )
    if asked and not named:
        return frozenset(Severity)
    return named or _BAR
