"""One judgement for each place where a password of a request becomes part of a stored record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed, undecided
from backcheck.flow import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.findings import Judgement
    from backcheck.flow import Flow


def check(flows: tuple[Flow, ...]) -> Iterator[Judgement]:
    """Judge every stored password by what was done to it on its way."""
    for flow in flows:
        if flow.kind != "password":
            continue
        places = (flow.sink, *((flow.source,) if flow.source is not None else ()), *flow.steps)
        match flow.origin:
            case Origin.TAINTED | Origin.WEAKLY_HASHED:
                yield failed(flow, flow.why, at=places, confidence=flow.confidence)
            case Origin.UNKNOWN:
                yield undecided(flow, flow.why, at=places)
            case _:
                yield passed(flow, flow.why or "it is hashed first", at=places, confidence=flow.confidence)
