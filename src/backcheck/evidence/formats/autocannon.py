"""autocannon: `--json`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backcheck.evidence.document import count, mapping, number, numbers, string
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import Interval, LoadTest

if TYPE_CHECKING:
    from backcheck.evidence.document import Document

_PERCENTILE = re.compile(r"p(\d{1,2}(?:_\d{1,3})?)")


def read(document: Document) -> Reading | None:
    """Read autocannon's result. Its histogram keeps whole milliseconds: 3 stands for anything from 3 up to 4."""
    data = document.object
    latency = mapping(data.get("latency"))
    if "p97_5" not in latency or "non2xx" not in data:
        return None
    failures = sum(count(data.get(name)) for name in ("errors", "timeouts", "4xx", "5xx"))
    quantiles = sorted(
        (float(match[1].replace("_", ".")) / 100, Interval(value, value + 1))
        for key, value in numbers(latency)
        if (match := _PERCENTILE.fullmatch(key))
    )
    answered = sum(count(data.get(name)) for name in ("1xx", "2xx", "3xx", "4xx", "5xx"))
    test = LoadTest(
        requests=answered + count(data.get("errors")),  # errors count the time-outs too
        errors=min(failures - count(data.get("timeouts")), answered + count(data.get("errors"))),
        duration=number(data.get("duration")),
        quantiles=tuple(quantiles) if answered else (),
    )
    return Reading("load", "autocannon", test, document.line_of('"p97_5"'), produced_at=_time(data.get("finish")))


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(string(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
