"""Calls that hold up the event loop while a request is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Call
    from backcheck.findings import Judgement


def check(calls: tuple[Call, ...]) -> Iterator[Judgement]:
    """One judgement for each call that waits and that a request can reach: holding up the event loop or not."""
    for call in calls:
        if not call.routes:
            continue
        if call.blocking and call.in_async:
            yield failed(call, f"{call.target} holds up the event loop for every caller")
        else:
            yield passed(call, "runs on a worker thread" if call.blocking else "")
