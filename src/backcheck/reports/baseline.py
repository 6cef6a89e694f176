"""A baseline: the fingerprints of today's failures, to be kept as `.backcheck/baseline.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backcheck.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backcheck.definitions.items import Item
    from backcheck.findings import AuditResult


def render(result: AuditResult, items: Mapping[str, Item]) -> str:  # noqa: ARG001 - the form that every format has
    """Return every failing subject, waived or not, sorted, so that two baselines can be compared line by line."""
    failures = sorted(
        (verdict.item, subject.id, subject.fingerprint)
        for verdict in result.verdicts
        for subject in verdict.subjects
        if subject.judgement is Outcome.FAIL
    )
    entries = [{"fingerprint": mark, "item": item, "subject": subject} for item, subject, mark in failures]
    return json.dumps({"schema_version": "1.0", "commit": result.commit, "failures": entries}, indent=2) + "\n"
