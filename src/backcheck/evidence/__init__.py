"""Readers of the reports that other tools leave: each says what it measured, and whether it measured at all."""

from backcheck.evidence.reader import read_report
from backcheck.evidence.report import Advisory, Content, Health, Interval, LoadTest, Report, VulnerabilityScan

__all__ = [
    "Advisory",
    "Content",
    "Health",
    "Interval",
    "LoadTest",
    "Report",
    "VulnerabilityScan",
    "read_report",
]
