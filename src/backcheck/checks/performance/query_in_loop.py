"""Queries that a loop repeats, once for each element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import CallKind
from backcheck.findings import Confidence, failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Call
    from backcheck.findings import Judgement, Place


def check(calls: tuple[Call, ...]) -> Iterator[Judgement]:
    """One judgement for each query that a request can reach: repeated by a loop or not."""
    for query in calls:
        if query.kind is not CallKind.QUERY or not query.routes:
            continue
        if query.loop is None:
            yield passed(query)
        else:
            yield failed(
                query,
                f"runs once for each turn of the loop at {query.loop}",
                at=(query.place, query.loop),
                confidence=Confidence.HIGH if _stands_in(query.place, query.loop) else Confidence.MEDIUM,
            )


def _stands_in(place: Place, loop: Place) -> bool:
    """Whether the query is written inside the loop; otherwise a function between them may skip it."""
    return place.path == loop.path and loop.start_line <= place.start_line <= loop.end_line
