"""k6: `--summary-export`, and the data that `handleSummary` gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backcheck.evidence.document import count, mapping, number, numbers
from backcheck.evidence.latency import exact
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import LoadTest

if TYPE_CHECKING:
    from backcheck.evidence.document import Document

_PERCENTILE = re.compile(r"p\((\d{1,3}(?:\.\d{1,4})?)\)")
_NAMED = {"min": 0.0, "med": 0.5, "max": 1.0}


def read(document: Document) -> Reading | None:
    """Read a k6 summary. Both forms hold one metric a name; `handleSummary` nests the figures under `values`."""
    metrics = mapping(document.object.get("metrics"))
    duration = _values(metrics, "http_req_duration")
    if not duration:
        return None
    requests = _values(metrics, "http_reqs")
    state = mapping(document.object.get("state"))
    milliseconds = number(state.get("testRunDurationMs"))
    total, rate = count(requests.get("count")), number(requests.get("rate"))
    test = LoadTest(
        requests=total,
        errors=_errors(_values(metrics, "http_req_failed"), total),
        duration=milliseconds / 1000 if milliseconds is not None else total / rate if rate else None,
        quantiles=tuple(sorted((share, exact(value)) for share, value in _quantiles(duration))),
    )
    return Reading("load", "k6", test, document.line_of('"p(95)"', '"p(90)"'))


def _values(metrics: dict[str, Any], name: str) -> dict[str, Any]:
    metric = mapping(metrics.get(name))
    return mapping(metric.get("values")) or metric


def _quantiles(trend: dict[str, Any]) -> list[tuple[float, float]]:
    read = [(_NAMED[key], value) for key, value in numbers(trend) if key in _NAMED]
    read += [
        (float(match[1]) / 100, value)
        for key, value in numbers(trend)
        if (match := _PERCENTILE.fullmatch(key)) and float(match[1]) <= 100
    ]
    return sorted(read)


def _errors(failed: dict[str, Any], total: int) -> int | None:
    """Return the failed requests. The metric asks "did it fail?", so its `passes` are the failures."""
    if "passes" in failed:
        return count(failed["passes"])
    share = number(failed.get("rate", failed.get("value")))
    return None if share is None else round(share * total)
