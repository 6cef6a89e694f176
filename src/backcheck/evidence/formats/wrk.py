"""wrk and wrk2: their text with `--latency`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.evidence.latency import MILLISECONDS, printed
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import LoadTest

if TYPE_CHECKING:
    from backcheck.evidence.document import Document

_QUANTILE = re.compile(r"^\s+(\d{1,3}(?:\.\d{1,3})?)%\s+(\d{1,9}\.\d{1,3})(us|ms|s|m|h)\s*$", re.MULTILINE)
_TOTAL = re.compile(r"^\s+(\d{1,15}) requests in (\d{1,9}\.\d{1,3})(us|ms|s|m|h),", re.MULTILINE)
_SOCKET = re.compile(r"Socket errors: connect (\d{1,15}), read (\d{1,15}), write (\d{1,15}), timeout (\d{1,15})")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d{1,15})")


def read(document: Document) -> Reading | None:
    """Read what `wrk` prints. It counts answered requests, and names errors only where there were some."""
    total = _TOTAL.search(document.text)
    if not total or "Thread Stats" not in document.text:
        return None
    socket = _SOCKET.search(document.text)
    refused = _REFUSED.search(document.text)
    unanswered = sum(map(int, socket.groups() if socket else ()))
    answered = int(total[1])
    test = LoadTest(
        requests=answered + unanswered,
        errors=unanswered + (int(refused[1]) if refused else 0),
        duration=float(total[2]) * MILLISECONDS[total[3]] / 1000,
        quantiles=tuple(
            (float(share) / 100, printed(value, unit))
            for share, value, unit in _QUANTILE.findall(document.text)
            if float(share) <= 100
        ),
    )
    return Reading("load", "wrk", test, document.line_of("99%", "99.000%", "Latency"))
