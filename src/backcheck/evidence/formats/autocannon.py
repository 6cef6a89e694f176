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
    answered = sum(count(data.get(name)) for name in ("1xx", "2xx", "3xx", "4xx", "5xx"))
    unanswered = count(data.get("errors"))  # the time-outs among them
    quantiles = sorted(
        (float(match[1].replace("_", ".")) / 100, Interval(value, value + 1))
        for key, value in numbers(latency)
        if (match := _PERCENTILE.fullmatch(key))
    )
    test = LoadTest(
        requests=answered + unanswered,
        errors=unanswered + count(data.get("4xx")) + count(data.get("5xx")),
        duration=number(data.get("duration")),
        quantiles=tuple(quantiles) if answered else (),
    )
    return Reading("load", "autocannon", test, document.line_of('"p97_5"'), produced_at=_time(data.get("finish")))


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(string(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
