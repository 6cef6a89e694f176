"""A definition that asks one thing twice, and differently."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.definitions.contract.merging import merged
from backcheck.definitions.contract.outline import outline
from backcheck.definitions.contract.targets import targets_in
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.contract import Contradiction, Target
    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement

_DIGITS = re.compile(r"[0-9][0-9]*")
"""Not `[0-9]+`: a pattern that begins with one character of a class is sought in half of the time."""
_COMPARED = (
    r"(?:[<>≤≥]=?|\b(?:under|below|within|than|over|above|at least|at most|exceeds?|exceeding|max(?:imum)?|min(?:imum)?|sub)\b[- ]?(?:of)?)"
    r"\s*~?"
)
"""Signs and words that make a number a bound. A bare "60%" may be a share or a sample."""
_NUMBER = r"(?P<value>\d+(?:[.,]\d+)*)"
_UNIT = r"(?P<unit>%|\w{1,12})"
_BOUNDS = (
    re.compile(rf"{_COMPARED}{_NUMBER}\s?-?{_UNIT}", re.IGNORECASE),
    re.compile(rf"{_NUMBER}\s?{_UNIT}\s?(?:\+|or (?:more|less|higher|lower))", re.IGNORECASE),
)
_BEFORE = (
    "<", ">", "≤", "≥", "=", "under", "below", "within", "than", "over", "above", "least", "most", "exceed", "exceeds",
    "exceeding", "max", "maximum", "min", "minimum", "sub", "of",
)  # fmt: skip
_AFTER = ("+", "or ")
"""What stands close before or behind the number of every bound."""
_CLOSE = 20
_TELLING = frozenset({"coverage", "uptime", "availability", "latency"})
"""Metrics of one word. Another one says too little: two limits of "lines" or "accuracy" are of different things."""
_SHOWN = 3


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge the contract of every agent that sets two numbers of one unit: whether they ask different things of one metric."""
    for definition, agent in definitions.alive:
        if not _may_clash(agent.body):
            continue
        # The targets alone: the rest of a contract takes as long again to read.
        lines = outline(agent.body, agent.body_line)
        targets, contradictions = merged(target for line in lines for target in targets_in(line))
        clashes = [clash for clash in contradictions if _is_sure(clash)]
        if clashes:
            told = "; ".join(
                f"lines {clash.first.line} and {clash.second.line} ask different things of {clash.metric!r}"
                for clash in clashes[:_SHOWN]
            )
            numbers = dict.fromkeys(line for clash in clashes for line in (clash.first.line, clash.second.line))
            yield failed(definition, told, at=tuple(definition.line(number) for number in numbers))
        elif len(targets) > 1:
            yield passed(definition, "no two of its targets contradict each other")


def _may_clash(body: str) -> bool:
    """Whether two bounds of one unit differ: reading every contract whole would take seconds."""
    values: dict[str, str] = {}
    for row in _likely_rows(body):
        for one in _bounds(row):
            if values.setdefault(one["unit"].lower(), one["value"]) != one["value"]:
                return True
    return False


def _likely_rows(body: str) -> Iterator[str]:
    """Give every row with a bound, and some without: the patterns alone take four times as long."""
    done = 0
    for digits in _DIGITS.finditer(body):
        start, end = digits.span()
        if start < done:
            continue
        before = body[max(start - _CLOSE, 0) : start].lower().rstrip(" \t\r\xa0~-")
        after = body[end : end + _CLOSE].lower()
        if before.endswith(_BEFORE) or any(sign in after for sign in _AFTER):
            done = body.find("\n", end) + 1 or len(body) + 1
            yield body[body.rfind("\n", 0, start) + 1 : done - 1]


def _bounds(text: str) -> Iterator[re.Match[str]]:
    """Give the numbers at which a sign or word of comparison stands."""
    for pattern in _BOUNDS:
        yield from pattern.finditer(text)


def _is_sure(clash: Contradiction) -> bool:
    one, other = clash.first, clash.second
    told = clash.metric in _TELLING or len(clash.metric.split()) > 1
    alike = (one.scope, one.percentile) == (other.scope, other.percentile)
    return told and alike and bool(one.unit) and one.line != other.line and _is_bound(one) and _is_bound(other)


def _is_bound(target: Target) -> bool:
    return any(
        float(one["value"].replace(",", "")) == target.value for one in _bounds(target.text) if _is_plain(one["value"])
    )


def _is_plain(number: str) -> bool:
    return number.replace(",", "").count(".") < 2
