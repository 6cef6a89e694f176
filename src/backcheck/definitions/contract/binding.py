"""Binding: which items answer a line of a contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from backcheck.definitions.contract.stemming import stems, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backcheck.definitions.contract.documents import DocumentRule
    from backcheck.definitions.contract.reading import Contract, Promise, Rule
    from backcheck.definitions.contract.targets import Target
    from backcheck.definitions.items import Item

_NEGATIVE = frozenset(
    {"no", "not", "never", "none", "neither", "nor", "without", "cannot", "skip", "omit", "unnecessary"}
)
_LOOKING = re.compile(
    r"(?:review|map|analy[sz]e|assess|understand|study|identify|examine|inspect|gather|check)\b", re.IGNORECASE
)
_LIMIT = re.compile(
    r"\b(?:no|not|never)\s+(?:be\s+)?(?:to\s+)?(?:more|less|fewer|longer|slower|later|lower|higher|exceed(?:ing|s)?|above|over|below)\b",
    re.IGNORECASE,
)
"""The negation of a bound is a bound: "no more than 200 ms" asks for something."""


@dataclass(frozen=True, slots=True)
class BoundLine:
    """One entry of a contract with the items that answer it."""

    part: str
    """`items`, `promises`, `rules`, `targets` or `documents`."""
    entry: Promise | Rule | Target | DocumentRule
    bound: tuple[str, ...]
    """Ids of items; empty where the line is manual."""


@dataclass(frozen=True, slots=True)
class BoundContract:
    """A contract with each of its lines bound to items, or manual. No line is dropped."""

    lines: tuple[BoundLine, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """Ids of every item that a line is bound to, each once, in the order of the lines."""
        return tuple(dict.fromkeys(item for line in self.lines for item in line.bound))

    @property
    def manual(self) -> tuple[BoundLine, ...]:
        """The lines that no item answers, each line of the file once (a promise may also be a target or a rule)."""
        answered = {line.entry.line for line in self.lines if line.bound}
        first = {line.entry.line: line for line in reversed(self.lines)}
        return tuple(line for number, line in sorted(first.items()) if number not in answered)


def bind_contract(contract: Contract, items: Mapping[str, Item]) -> BoundContract:
    """Return the contract's lines with the items that answer each; the lines that none answers stay, and are manual.

    Where documents go is no item, nor is a rule of work that only has the agent look ("review the login's code").
    """
    known = tuple(items.values())

    def bound(part: str, text: str) -> tuple[str, ...]:
        looks = part == "rules" and _LOOKING.match(text)
        return () if part == "documents" or looks else bind(text, known)

    return BoundContract(tuple(BoundLine(part, entry, bound(part, entry.text)) for part, entry in contract.lines()))


def bind(line: str, items: Iterable[Item]) -> tuple[str, ...]:
    """Return the ids of the items that answer the line, in the order of ``items``; none where it has to be manual.

    An item answers when every word of one of its `answers` occurs in the line, casefolded and stemmed. A negated line
    ("rate limiting is not needed") binds to none, save through a group that is negated itself ("no hardcoded secret").
    """
    said = stems(line)
    negated = is_negated(line)
    return tuple(
        item.id
        for item in items
        if any(group <= said and (not negated or group & _NEGATIVE) for group in map(_group, item.answers))
    )


def is_negated(line: str) -> bool:
    """Whether the line says that something is not, or need not be."""
    said = words(_LIMIT.sub(" ", line))
    return any(word in _NEGATIVE or word.endswith(("n't", "n’t")) for word in said)  # noqa: RUF001 - both are written


@lru_cache(maxsize=1024)
def _group(answer: str) -> frozenset[str]:
    return stems(answer)
