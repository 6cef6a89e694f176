"""Outgoing HTTP calls that may wait for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import CallKind, Unresolved
from backcheck.findings import Confidence, failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Call
    from backcheck.findings import Judgement


def check(calls: tuple[Call, ...]) -> Iterator[Judgement]:
    """One judgement for each outgoing HTTP call: with a time-out of its own, its client's or its library's, or none."""
    for call in calls:
        if call.kind is not CallKind.HTTP:
            continue
        match call.deadline:
            case Unresolved(why):
                yield undecided(call, why)
            case True:
                yield passed(call)
            case False:
                served = Confidence.HIGH if call.routes else Confidence.MEDIUM
                yield failed(
                    call, f"{call.target} has no time-out: a peer that stalls holds it for ever", confidence=served
                )
