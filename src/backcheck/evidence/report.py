"""A report of another tool: what it measured, on how much, and whether it can be believed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from backcheck.findings import Place, Severity, Subject

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """A value that is known to lie between two bounds, both included. The upper one may be infinite."""

    lower: float
    upper: float

    def __str__(self) -> str:
        if self.lower == self.upper:
            return f"{self.lower:g}"
        if math.isinf(self.upper):
            return f"at least {self.lower:g}"
        return f"between {self.lower:g} and {self.upper:g}"


@dataclass(frozen=True, slots=True)
class LoadTest:
    """What a load generator measured, over all its requests."""

    requests: int
    """Requests sent, answered or not."""
    errors: int | None
    """Requests without an answer or with a status of 400 and above; None where the report does not say."""
    duration: float | None
    """Seconds; None where the report does not say."""
    quantiles: tuple[tuple[float, Interval], ...]
    """Share of the requests (0 to 1), and the milliseconds within which they were answered; in order of the share."""

    def quantile(self, share: float) -> Interval:
        """Return what the report states of one quantile, in milliseconds.

        Quantiles never fall, so one that is not stated lies between its nearest stated neighbours: a report with p90 and
        p99 says that p95 lies between the two.
        """
        lower = max((value.lower for at, value in self.quantiles if at <= share), default=0.0)
        upper = min((value.upper for at, value in self.quantiles if at >= share), default=math.inf)
        return Interval(lower, max(lower, upper))


@dataclass(frozen=True, slots=True)
class Advisory:
    """One known vulnerability in one dependency."""

    package: str
    version: str
    """As installed; empty where the report does not say."""
    id: str
    """`CVE-…`, `GHSA-…`, `PYSEC-…`."""
    severity: Severity | None
    """None where the report does not rate it."""
    mended_in: str = ""
    """Versions without it; empty where none is known."""


@dataclass(frozen=True, slots=True)
class VulnerabilityScan:
    """What a vulnerability scanner said of a set of dependencies."""

    audited: int | None
    """Dependencies looked up; None where the report does not say."""
    skipped: tuple[str, ...]
    """Dependencies that could not be looked up, each with the scanner's reason."""
    advisories: tuple[Advisory, ...]


Content: TypeAlias = LoadTest | VulnerabilityScan


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a report can carry a verdict: proof that the instrument looked."""

    usable: bool
    why: str = ""
    """What is wrong with it, as a sentence for a person; empty where it is usable."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report file."""

    path: str
    """Relative to the audited root where it lies there, else as the caller named it."""
    kind: str
    """`load`, `vulnerability`; empty where no reader knows the format."""
    tool: str
    """The tool that wrote it: `k6`, `pip-audit` …; empty where no reader knows the format."""
    health: Health
    content: Content | None = None
    place: Place | None = None
    """Where the figures stand; None where the file lies outside the audited root."""
    sha256: str = ""
    """Hexadecimal digest of the file; empty where it could not be read."""
    produced_at: datetime | None = None
    """When the measurement ended, in UTC, where the report itself says so. The file's own time proves nothing."""

    @property
    def subject(self) -> Subject:
        """The report as a subject: the tool and the file."""
        return Subject("measurement", f"{self.tool or 'report'}: {self.path}", self.place)

    @property
    def sample_size(self) -> int | None:
        """Requests measured or dependencies audited; None where the report does not say."""
        match self.content:
            case LoadTest(requests=requests):
                return requests
            case VulnerabilityScan(audited=audited):
                return audited
            case None:
                return None

    def aged_against(self, changed_at: datetime) -> Report:
        """Return the report as it counts for code that last changed then: older ones carry no verdict."""
        if self.health.usable and self.produced_at is not None and self.produced_at < changed_at:
            why = f"it was made at {self.produced_at:%Y-%m-%d %H:%M} UTC, before the code last changed"
            return replace(self, health=Health(usable=False, why=why))
        return self
