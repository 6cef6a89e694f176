"""One judgement for each statement that is sent to a database: whether a caller can change its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import CallKind
from backcheck.findings import failed, passed, undecided
from backcheck.flow import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Call
    from backcheck.findings import Judgement
    from backcheck.flow import Flow


def check(flows: tuple[Flow, ...], calls: tuple[Call, ...]) -> Iterator[Judgement]:
    """Judge every text of SQL by what it is made of, and count the queries of an ORM, which bind their values."""
    texts = [flow for flow in flows if flow.kind == "sql"]
    for flow in texts:
        yield _judge(flow)
    lines = {(flow.sink.path, flow.sink.start_line) for flow in texts}
    for call in calls:
        if call.kind is CallKind.QUERY and _is_builder(call) and (call.place.path, call.place.start_line) not in lines:
            yield passed(call, "the ORM binds its values", at=(call.place,))


def _judge(flow: Flow) -> Judgement:
    places = (flow.sink, *((flow.source,) if flow.source is not None else ()), *flow.steps)
    match flow.origin:
        case Origin.TAINTED:
            return failed(flow, flow.why, at=places, confidence=flow.confidence)
        case Origin.UNKNOWN:
            return undecided(flow, f"a part of the statement's text could not be followed: {flow.why}", at=places)
    return passed(flow, flow.why, at=places)


def _is_builder(call: Call) -> bool:
    """Whether the call carries no text of its own: what may take SQL is left to the flows."""
    return not _TAKING_TEXT.intersection(re.findall(r"[\w$]+", call.target))


_TAKING_TEXT = frozenset(
    {
        "query", "execute", "executemany", "exec", "raw", "run", "text", "prepare", "fetch", "fetchrow", "fetchval", "$queryRawUnsafe",
        "$executeRawUnsafe", "$queryRaw", "$executeRaw", "literal", "exec_driver_sql",
    }
)  # fmt: skip
