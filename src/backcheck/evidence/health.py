"""Whether figures can carry a verdict: proof that the instrument looked, at enough, at something that worked.

Each rule answers a tool that was seen to leave a clean report of nothing: autocannon states p97.5 = 0 ms for a closed
port, wrk and hey state fine latencies when every answer is a 500, pip-audit finds "no known vulnerabilities" in the
dependencies that it could not look up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.evidence.report import Health, LoadTest, VulnerabilityScan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.evidence.report import Content

FEWEST_REQUESTS = 1000
"""Leaves 50 requests beyond p95; of 200 only 10 lie there, and two slow ones move it."""
SHORTEST_TEST = 30.0
"""Seconds. Shorter tests measure start-up: cold caches, empty pools, compilation."""
MOST_ERRORS = 0.01
"""Share of the requests. An error is often answered faster than the real thing, and pulls the percentiles down."""


def judge(content: Content) -> Health:
    """Return whether the figures can carry a verdict; the first reason why not."""
    why = next(_faults(content), "")
    return Health(usable=not why, why=why)


def _faults(content: Content) -> Iterator[str]:
    match content:
        case LoadTest():
            yield from _load_faults(content)
        case VulnerabilityScan():
            yield from _scan_faults(content)


def _load_faults(test: LoadTest) -> Iterator[str]:
    if not test.requests:
        yield "no request was answered"
    if test.errors is None:
        yield "it does not say how many requests failed"
    elif test.errors >= test.requests:
        yield f"every one of its {test.requests} requests failed"
    elif test.errors > test.requests * MOST_ERRORS:
        share = 100 * test.errors / test.requests
        yield f"{share:.3g} % of its {test.requests} requests failed (at most {100 * MOST_ERRORS:g} %)"
    if test.requests < FEWEST_REQUESTS:
        yield f"it measured {test.requests} requests (at least {FEWEST_REQUESTS})"
    if test.duration is not None and test.duration < SHORTEST_TEST * 0.99:  # generators stop a little early
        yield f"it ran for {test.duration:.3g} s (at least {SHORTEST_TEST:g} s)"
    if not test.quantiles:
        yield "it states no percentiles"


def _scan_faults(scan: VulnerabilityScan) -> Iterator[str]:
    if scan.advisories:
        return
    if scan.audited is None:
        yield "it names no vulnerability, and does not say what it looked at"
    elif scan.audited == 0 and scan.skipped:
        yield f"it could look up none of {len(scan.skipped)} dependencies"
    elif scan.audited == 0:
        yield "it looked at no dependency"
