"""The same measure stated twice: joined where both ask the same, a contradiction where they do not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from backcheck.definitions.contract.stemming import stems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.definitions.contract.targets import Target

_MOST = 50
"""How many bounds on one measure are compared with a further one. People write two or three."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two lines that ask different things of one metric."""

    metric: str
    first: Target
    second: Target


@dataclass(slots=True)
class _Stated:
    """One bound with every line that states it."""

    target: Target
    lines: set[int] = field(default_factory=set)

    def add(self, other: Target) -> None:
        """Join another statement. One may say more than the other ("95th percentile"); the fuller stands for both."""
        self.lines |= {other.line, *other.also}
        if _fullness(other) > _fullness(self.target):
            self.target = other

    @property
    def joined(self) -> Target:
        return replace(self.target, also=tuple(sorted(self.lines - {self.target.line})))


def merged(targets: Iterable[Target]) -> tuple[tuple[Target, ...], tuple[Contradiction, ...]]:
    """Return the targets with repetitions joined, and pairs of which one metric is asked different things.

    A bound that contradicts several others is paired with the first of them.
    """
    kept: list[_Stated] = []
    clashes: list[Contradiction] = []
    measures: defaultdict[tuple[frozenset[str], str, str], list[_Stated]] = defaultdict(list)
    for target in targets:
        measure = measures[stems(target.metric), target.unit, target.operator[0]]
        rivals = [stated for stated in measure[:_MOST] if _is_compatible(stated.target, target)]
        same = next((stated for stated in rivals if stated.target.value == target.value), None)
        if same:
            same.add(target)
            continue
        if rivals:
            clashes.append(Contradiction(target.metric, rivals[0].target, target))
        stated = _Stated(target, {target.line})
        kept.append(stated)
        measure.append(stated)
    return tuple(stated.joined for stated in kept), tuple(clashes)


def _is_compatible(one: Target, other: Target) -> bool:
    """Whether both speak of one thing: what only one of them says may hold for the other."""
    return (one.percentile == other.percentile or None in {one.percentile, other.percentile}) and (
        one.scope == other.scope or not (one.scope and other.scope)
    )


def _fullness(target: Target) -> int:
    return (target.percentile is not None) + bool(target.scope)
