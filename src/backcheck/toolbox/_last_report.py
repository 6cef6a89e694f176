"""The last report on a workspace, for those who ask for it after the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from backcheck.findings import AuditResult
    from backcheck.workspace import Workspace

_REPORTS: WeakKeyDictionary[Workspace, str] = WeakKeyDictionary()
"""JSON by workspace; it lives as long as the session that holds the workspace."""


def keep(workspace: Workspace, result: AuditResult) -> None:
    """Keep the result as the workspace's last report."""
    from backcheck.definitions.items import load_items  # noqa: PLC0415 - only after an audit, which loads it anyway
    from backcheck.reports import render  # noqa: PLC0415 - as above

    _REPORTS[workspace] = render("json", result, load_items())


def last_report(workspace: Workspace) -> str | None:
    """Return the JSON of the workspace's last audit in this session; None before the first."""
    return _REPORTS.get(workspace)
