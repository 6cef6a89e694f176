"""Locust: `--json`, and the `_stats.csv` of `--csv`."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from backcheck.evidence.document import count, items, mapping, number, numbers
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import Interval, LoadTest

if TYPE_CHECKING:
    from backcheck.evidence.document import Document

_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%")


def read(document: Document) -> Reading | None:
    """Read either form, over all endpoints together."""
    if document.text.startswith(("Type,Name,Request Count", '"Type","Name","Request Count"')):
        return _csv(document)
    entries = [mapping(entry) for entry in items(document.json)]
    if entries and all("num_requests" in entry and "response_times" in entry for entry in entries):
        return _json(entries, document)
    return None


def _json(entries: list[dict[str, Any]], document: Document) -> Reading:
    histogram: dict[float, int] = {}
    for entry in entries:
        for key, amount in mapping(entry["response_times"]).items():
            if (milliseconds := number(key)) is not None:
                histogram[milliseconds] = histogram.get(milliseconds, 0) + count(amount)
    began = [time for entry in entries if (time := number(entry.get("start_time")))]
    ended = [time for entry in entries if (time := number(entry.get("last_request_timestamp")))]
    test = LoadTest(
        requests=sum(count(entry["num_requests"]) for entry in entries),
        errors=sum(count(entry.get("num_failures")) for entry in entries),
        duration=max(0.0, max(ended) - min(began)) if began and ended else None,
        quantiles=tuple(_quantiles(histogram)),
    )
    return Reading(
        "load", "Locust", test, document.line_of('"response_times"'), produced_at=_time(max(ended)) if ended else None
    )


def _quantiles(histogram: dict[float, int]) -> list[tuple[float, Interval]]:
    """Give p50, p90, p95, p99 and the slowest: with every answer counted, each lies in one known bin."""
    bins = sorted(histogram)
    total = sum(histogram.values())
    running = list(accumulate(histogram[milliseconds] for milliseconds in bins))
    return [
        (share, _rounded(next(at for at, below in zip(bins, running, strict=True) if below >= share * total)))
        for share in (0.5, 0.9, 0.95, 0.99, 1.0)
        if total
    ]


def _csv(document: Document) -> Reading:
    try:
        rows = list(csv.DictReader(document.lines))
    except csv.Error as error:
        return Reading("load", "Locust", None, why=f"it is not CSV: {error}")
    total = next((row for row in rows if row.get("Name") == "Aggregated"), None)
    if total is None:
        return Reading("load", "Locust", None, why="it has no row of all requests (`Aggregated`)")
    requests, rate = count(total.get("Request Count")), number(total.get("Requests/s"))
    quantiles = sorted(
        (float(match[1]) / 100, _rounded(value))
        for key, value in numbers({key: value for key, value in total.items() if isinstance(key, str)})
        if (match := _SHARE.fullmatch(key)) and float(match[1]) <= 100
    )
    test = LoadTest(
        requests=requests,
        errors=count(total.get("Failure Count")),
        duration=requests / rate if rate else None,
        quantiles=tuple(quantiles) if requests else (),
    )
    return Reading("load", "Locust", test, document.line_of(",Aggregated,"))


def _rounded(milliseconds: float) -> Interval:
    """Return what a Locust figure stands for: it keeps two digits, so 230 is anything from 225 to 235."""
    step = 1 if milliseconds < 100 else 10 if milliseconds < 1000 else 100 if milliseconds < 10_000 else 1000
    return Interval(max(0.0, milliseconds - step / 2), milliseconds + step / 2)


def _time(timestamp: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, ValueError, OSError):
        return None
