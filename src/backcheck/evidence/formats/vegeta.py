"""vegeta: `report -type=json`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backcheck.evidence.document import count, mapping, number, numbers, string
from backcheck.evidence.latency import exact
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import LoadTest

if TYPE_CHECKING:
    from backcheck.evidence.document import Document

_PERCENTILE = re.compile(r"(\d{1,2})th")
_NANOSECONDS = 1e-6
"""Milliseconds."""


def read(document: Document) -> Reading | None:
    """Read vegeta's metrics: times in nanoseconds, the status `0` for requests without an answer."""
    data = document.object
    latencies = mapping(data.get("latencies"))
    if "95th" not in latencies or "status_codes" not in data:
        return None
    refused = sum(amount for status, amount in numbers(data["status_codes"]) if not status.startswith(("1", "2", "3")))
    shares = [
        (int(match[1]) / 100, value) for key, value in numbers(latencies) if (match := _PERCENTILE.fullmatch(key))
    ]
    shares += [({"min": 0.0, "max": 1.0}[key], value) for key, value in numbers(latencies) if key in {"min", "max"}]
    duration = number(data.get("duration"))
    test = LoadTest(
        requests=count(data.get("requests")),
        errors=int(refused),
        duration=None if duration is None else duration * _NANOSECONDS / 1000,
        quantiles=tuple((share, exact(value * _NANOSECONDS)) for share, value in sorted(shares)),
    )
    return Reading("load", "vegeta", test, document.line_of('"95th"'), produced_at=_time(data.get("end")))


def _time(value: object) -> datetime | None:
    # Go prints nanoseconds, of which Python's parser takes six digits.
    text = re.sub(r"(\.\d{6})\d{1,6}", r"\1", string(value)[:40])
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
