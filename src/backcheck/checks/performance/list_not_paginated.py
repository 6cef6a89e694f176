"""Lists that grow with the table: queries of GET routes that give every matching row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import CallKind, Unresolved
from backcheck.findings import failed, passed, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Call
    from backcheck.findings import Judgement


def check(calls: tuple[Call, ...]) -> Iterator[Judgement]:
    """One judgement for each query of many rows that a GET route reaches: limited or not."""
    for query in calls:
        lists = [route for route in query.routes if route.startswith("GET ")]
        if query.kind is not CallKind.QUERY or not query.reads_many or not lists:
            continue
        match query.bounded:
            case Unresolved(why):
                yield undecided(query, why)
            case True:
                yield passed(query)
            case False:
                yield failed(query, f"{lists[0]} reads every matching row: the answer grows with the table")
