"""Latencies as tools print them: rounded, in some unit."""

from __future__ import annotations

import re

from backcheck.evidence.report import Interval

MILLISECONDS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "secs": 1e3, "m": 6e4, "h": 3.6e6}

_NUMBER = re.compile(r"(\d{1,15})(?:\.(\d{1,12}))?")


def exact(milliseconds: float) -> Interval:
    """Return the interval of a value that is stated in full."""
    return Interval(milliseconds, milliseconds)


def printed(number: str, unit: str) -> Interval:
    """Return what a printed latency may stand for, in milliseconds: half a unit of its last digit either way.

    `1.20` and `s` may be anything from 1195 to 1205 ms.
    """
    match = _NUMBER.fullmatch(number)
    if not match:
        raise ValueError(f"not a decimal number: {number!r}")
    half = 0.5 * 10.0 ** -len(match[2] or "")
    factor = MILLISECONDS[unit]
    return Interval(max(0.0, (float(number) - half) * factor), (float(number) + half) * factor)
