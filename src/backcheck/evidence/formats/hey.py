"""hey: its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.evidence.latency import printed
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import LoadTest

if TYPE_CHECKING:
    from backcheck.evidence.document import Document

_QUANTILE = re.compile(r"^\s{1,4}(\d{1,3})%%? in (\d{1,9}\.\d{1,9}) secs", re.MULTILINE)
_STATUS = re.compile(r"^\s{1,4}\[(\d{3})\]\s+(\d{1,15}) responses", re.MULTILINE)
_ERROR = re.compile(r"^\s{1,4}\[(\d{1,15})\]\s+\S", re.MULTILINE)
_SECONDS = re.compile(r"^\s{1,4}Total:\s+(\d{1,9}\.\d{1,9}) secs", re.MULTILINE)


def read(document: Document) -> Reading | None:
    """Read what `hey` prints. Latencies are of the answered requests; those without an answer stand apart."""
    summary, _, errors = document.text.partition("Error distribution:")
    if "Slowest:" not in summary or "Status code distribution:" not in summary:
        return None
    statuses = [(int(status), int(count)) for status, count in _STATUS.findall(summary)]
    unanswered = sum(map(int, _ERROR.findall(errors)))
    seconds = _SECONDS.search(summary)
    test = LoadTest(
        requests=sum(count for _, count in statuses) + unanswered,
        errors=sum(count for status, count in statuses if status >= 400) + unanswered,
        duration=float(seconds[1]) if seconds else None,
        quantiles=tuple(
            (int(share) / 100, printed(value, "secs"))
            for share, value in _QUANTILE.findall(summary)
            if share != "0"  # the form of a percentile that hey had too few requests for
        ),
    )
    return Reading("load", "hey", test, document.line_of("95% in", "95%% in"))
