"""The response time that nineteen of twenty requests stay below is within its target, by a load test that can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.evidence import LoadTest
from backcheck.findings import Subject, failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.contract import Target
    from backcheck.evidence import Interval, Report
    from backcheck.findings import Judgement, Place

_MILLISECONDS = {"µs": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class _Measurement:
    """What was asked for, beside the report that answers, if any."""

    asked: str
    place: Place | None = None

    @property
    def subject(self) -> Subject:
        return Subject("measurement", self.asked, self.place)


def check(reports: tuple[Report, ...], targets: tuple[Target, ...]) -> Iterator[Judgement]:
    """Give one judgement for each target and each load-test report."""
    asked = [target for target in targets if _is_response_time(target)]
    given = [report for report in reports if report.kind in {"load", ""}]
    for target in asked:
        if not given:
            yield undecided(
                _Measurement(target.text),
                "no load-test report was given: measure with k6, Locust, hey, autocannon, wrk, oha or vegeta, "
                "and name the report with --evidence",
            )
        for report in given:
            yield _judged(report, target)
    if not asked:
        yield from _without_target(given)


def _judged(report: Report, target: Target) -> Judgement:
    measurement = _Measurement(f"{target.text} ({report.path})", report.place)
    test = report.content
    if not isinstance(test, LoadTest) or not report.health.usable:
        return undecided(measurement, f"{report.path} decides nothing: {report.health.why}")
    percentile = target.percentile or 95
    limit = target.value * _MILLISECONDS[target.unit]
    measured = test.quantile(percentile / 100)
    said = f"p{percentile:g} is {measured} ms over {test.requests} requests ({report.tool}); asked for is {target.operator} {limit:g} ms"
    match _below(measured, limit, allowed=target.operator == "<="):
        case True:
            return passed(measurement, said)
        case False:
            return failed(measurement, said)
        case None:
            return undecided(measurement, f"{said}: measure again with a tool that states p{percentile:g}")


def _below(measured: Interval, limit: float, *, allowed: bool) -> bool | None:
    """Whether all of the interval is below the limit (or on it, where that is allowed); None where only a part is."""
    if measured.upper < limit or (allowed and measured.upper == limit):
        return True
    if measured.lower > limit or (not allowed and measured.lower == limit):
        return False
    return None


def _without_target(given: list[Report]) -> Iterator[Judgement]:
    todo = "no target says how fast it has to be: name an agent definition with one (`--agent`)"
    for report in given:
        test = report.content
        if isinstance(test, LoadTest) and report.health.usable:
            yield undecided(
                report, f"p95 is {test.quantile(0.95)} ms over {test.requests} requests ({report.tool}), and {todo}"
            )
        else:
            yield undecided(report, f"it decides nothing: {report.health.why}; and {todo}")
    if not given:
        yield undecided(_Measurement("response time, 95th percentile"), todo)


def _is_response_time(target: Target) -> bool:
    """Whether the target bounds how long an answer may take. An average is another figure, and says nothing of p95."""
    return (
        any(word in target.metric for word in ("response", "latency"))
        and target.operator in {"<", "<="}
        and target.unit in _MILLISECONDS
        and not any(word in target.scope for word in ("average", "mean", "median", "peak"))
    )
