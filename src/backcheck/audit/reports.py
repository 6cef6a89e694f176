"""The reports of other tools that the caller names, as evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck import repository
from backcheck.audit.quotes import NotThereError
from backcheck.errors import UsageError
from backcheck.evidence import read_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backcheck.audit.look import Look
    from backcheck.evidence import Report


def read_reports(root: Path, paths: tuple[Path, ...]) -> tuple[Report, ...]:
    """Read the reports; one that was made before the checked-out commit carries no verdict.

    Raises `UsageError` for a file that cannot be read or whose format nobody knows. One whose figures cannot be believed
    is no error: the items that need it say so.
    """
    changed_at = repository.committed_at(root) if paths else None
    reports = []
    for path in paths:
        report = read_report(path, root=root)
        if not report.kind:
            raise UsageError(f"the report {str(path)!r} cannot be used: {report.health.why}", help="name another file")
        reports.append(report.aged_against(changed_at) if changed_at else report)
    return tuple(reports)


def reader(seen: Look, reports: tuple[Report, ...]) -> Callable[[str], bytes]:
    """Return what gives the bytes of a file for a quote: the bytes that were judged, or none."""
    named = {report.path: report for report in reports}
    judged = {module.path: module.source for module in seen.program.modules.values()}

    def read(path: str) -> bytes:
        # A report may be larger than any source file; its reader has confined and digested it.
        data = (seen.tree.root / path).read_bytes() if path in named else seen.tree.read(path)
        if judged.get(path, data) != data:
            raise NotThereError(f"{path} changed while it was judged")
        return data

    return read
