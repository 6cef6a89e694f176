"""oha: `--output-format json`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.evidence.document import mapping, number, numbers
from backcheck.evidence.latency import exact
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import LoadTest

if TYPE_CHECKING:
    from backcheck.evidence.document import Document

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,4})?)")


def read(document: Document) -> Reading | None:
    """Read oha's summary: latencies in seconds, statuses and errors counted apart."""
    data = document.object
    summary = mapping(data.get("summary"))
    if "latencyPercentiles" not in data or "successRate" not in summary:
        return None
    statuses = list(numbers(data.get("statusCodeDistribution")))
    answered = sum(amount for _, amount in statuses)
    refused = sum(amount for status, amount in statuses if not status.startswith(("1", "2", "3")))
    unanswered = sum(amount for _, amount in numbers(data.get("errorDistribution")))
    quantiles = sorted(
        (float(match[1]) / 100, exact(seconds * 1000))
        for key, seconds in numbers(data["latencyPercentiles"])
        if (match := _PERCENTILE.fullmatch(key))
    )
    test = LoadTest(
        int(answered + unanswered), int(refused + unanswered), number(summary.get("total")), tuple(quantiles)
    )
    return Reading("load", "oha", test, document.line_of('"p95"'))
