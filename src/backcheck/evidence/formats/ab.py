"""ApacheBench: its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.evidence.latency import printed
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import LoadTest

if TYPE_CHECKING:
    from backcheck.evidence.document import Document

_QUANTILE = re.compile(r"^\s{1,4}(\d{1,3})%\s+(\d{1,12})\b", re.MULTILINE)
_COUNTS = {
    "complete": re.compile(r"^Complete requests:\s+(\d{1,15})", re.MULTILINE),
    "refused": re.compile(r"^Non-2xx responses:\s+(\d{1,15})", re.MULTILINE),
}
_BROKEN = re.compile(
    r"^\s+\(Connect: (\d{1,15}), Receive: (\d{1,15}), Length: \d+, Exceptions: (\d{1,15})\)", re.MULTILINE
)
_SECONDS = re.compile(r"^Time taken for tests:\s+(\d{1,12}\.\d{1,6}) seconds", re.MULTILINE)


def read(document: Document) -> Reading | None:
    """Read what `ab` prints. Answers of another length count as failed there; they are answers, and not errors here."""
    if "This is ApacheBench" not in document.text[:200]:
        return None
    counts = {name: int(match[1]) for name, form in _COUNTS.items() if (match := form.search(document.text))}
    broken = _BROKEN.search(document.text)
    seconds = _SECONDS.search(document.text)
    test = LoadTest(
        requests=counts.get("complete", 0),
        errors=counts.get("refused", 0) + sum(map(int, broken.groups() if broken else ())),
        duration=float(seconds[1]) if seconds else None,
        quantiles=tuple((int(share) / 100, printed(value, "ms")) for share, value in _QUANTILE.findall(document.text)),
    )
    return Reading("load", "ab", test, document.line_of("  95%"))
