"""Binding: which items answer a line of a contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from backcheck.definitions.contract.clauses import clauses, denies
from backcheck.definitions.contract.fields import is_elsewhere
from backcheck.definitions.contract.outline import Line
from backcheck.definitions.contract.stemming import stem, stems, words
from backcheck.definitions.contract.talk import TIMES, demands, is_avoided, is_talk, talks_of
from backcheck.definitions.contract.targets import Target, targets_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from backcheck.definitions.contract.clauses import Clause
    from backcheck.definitions.contract.documents import DocumentRule
    from backcheck.definitions.contract.reading import Contract, Promise, Rule
    from backcheck.definitions.items import Item

_SLACK = 4
"""Further words that may stand between those of a group: "validate and sanitize every incoming request" is one thought."""
_TRIES = 8
"""How often one clause may say a group's words; a longer one would cost its square."""
_SCOPE_WORDS = 3
"""A scope of so many words ("critical/high") belongs to what is bounded; a longer one is the rest of a sentence."""
_LABEL_WORDS = 6
"""A label of so many words names a field ("Web scraping practices"); a longer one is a sentence on many things."""
_SERVED = frozenset({"route", "query", "call", "flow", "foreign-key", "application"})
"""Subjects that only a service has; settings, manifests and reports are everybody's."""
_EXACT = re.compile(r"=(?P<word>\w+)")
_BOUND = re.compile(r"<(?P<unit>ms)>")
_UNITS = {"ms": frozenset({"µs", "ms", "s"})}
"""What `<ms>` stands for in a group: a bound in such a unit."""


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


@dataclass(frozen=True, slots=True)
class _Group:
    item: int
    """Place of the item in the order that was asked for."""
    words: frozenset[str]
    exact: frozenset[str]
    """Those of which the form counts, as they are written: "authentication" and not "authenticated"."""
    fault: bool
    """Whether it names a fault (it holds a "no"), which lines mention to deny it: a negated clause binds too."""
    units: frozenset[str]
    """Units of the bound that it asks for; empty where it asks for none."""

    @property
    def exact_stems(self) -> frozenset[str]:
        return frozenset(map(stem, self.exact))


@dataclass(frozen=True, slots=True)
class _Groups:
    """The word groups of all items, found by one of their words: a line costs what it says, not what all pages hold."""

    by_word: Mapping[str, tuple[_Group, ...]]
    bounds: tuple[_Group, ...]
    unless: tuple[tuple[frozenset[str], ...], ...]
    """Of each item, in the order that was asked for."""


def bind_contract(contract: Contract, items: Mapping[str, Item], agent: str = "") -> BoundContract:
    """Return the contract's lines with the items that answer each; the lines that none answers stay, and are manual.

    Where documents go is no item. A target binds by what it bounds, not by all that its line says. The ``agent``'s name
    tells of its field: the input that a game validates is no request's body.
    """
    known = tuple(items.values())
    labels = {promise.line: promise.label for promise in (*contract.items, *contract.promises)}

    def bound(part: str, entry: Promise | Rule | Target | DocumentRule) -> tuple[str, ...]:
        label = labels.get(entry.line, "")
        match part, entry:
            case "documents", _:
                return ()
            case _, Target():
                return _bound(_Said(entry.text, label, agent), known, entry)
            case _:
                return bind(entry.text, known, label=label, agent=agent, step=part == "rules")

    return BoundContract(tuple(BoundLine(part, entry, bound(part, entry)) for part, entry in contract.lines()))


def bind(line: str, items: Iterable[Item], *, label: str = "", agent: str = "", step: bool = False) -> tuple[str, ...]:
    """Return the ids of the items that answer the line, in the order of ``items``; none where it has to be manual.

    An item answers when the words of one of its `answers` stand together in one clause of the line, casefolded and
    stemmed, unless a group of its `unless` occurs in the line, in the ``label`` above it or in the ``agent``'s name.
    A clause binds nothing

    - that is negated ("rate limiting is not needed"), save to a group that names a fault ("no hardcoded secret");
    - that is talk of the matter ("understand rate limiting", "rate limit documentation", "test the authentication"):
      no item tells what an agent knows, wrote or looked at.

    A ``step`` of work binds by what it demands of the code ("add rate limiting"); its title or a look tells of the work alone.
    Items about a running service bind to no line of an agent of another field (`fields`).
    """
    return _bound(_Said(line, label, agent, step), tuple(items))


@dataclass(frozen=True, slots=True)
class _Said:
    """A line with what it is said under."""

    line: str
    label: str
    agent: str
    step: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """What tells of the field."""
        short = len(self.label.split()) <= _LABEL_WORDS
        return (self.label, self.agent) if short else (self.agent,)


def _bound(said: _Said, items: tuple[Item, ...], target: Target | None = None) -> tuple[str, ...]:
    """Bind the line, or one target of it."""
    groups = _compiled(tuple((item.answers, item.unless) for item in items))
    found: set[int] = set()
    if not talks_of(said.label):
        found |= set(_by_words(groups, _bounded(target) if target else said.line, said))
    if any(sign.isdigit() for sign in said.line):
        found |= set(_by_bounds(groups, (target,) if target else tuple(targets_in(Line(said.line, 0, (), None)))))
    if not found:
        return ()
    context = tuple(stems(text) for text in (said.line, *said.names))
    elsewhere = is_elsewhere(said.agent)
    return tuple(
        item.id
        for place, item in enumerate(items)
        if place in found
        and not (elsewhere and item.shipped and item.subject in _SERVED)
        and not any(group <= said_there for group in groups.unless[place] for said_there in context)
    )


def _bounded(target: Target) -> str:
    short = len(target.scope.split()) <= _SCOPE_WORDS
    return f"{target.metric} {target.scope}" if short else target.metric


def _by_words(groups: _Groups, text: str, said: _Said) -> Iterator[int]:
    avoided = is_avoided(said.label)
    for clause in clauses(text):
        stated = frozenset(clause.words)
        negated = clause.negated or avoided
        for word in stated & groups.by_word.keys():
            for group in groups.by_word[word]:
                if (
                    group.words <= stated
                    and (group.fault or not negated)
                    and any(
                        not is_talk(clause, start, end, group.words, fault=group.fault)
                        and (not said.step or demands(clause, end, group.words))
                        for start, end in islice(_windows(clause, group), _TRIES)
                    )
                ):
                    yield group.item


def _by_bounds(groups: _Groups, targets: tuple[Target, ...]) -> Iterator[int]:
    """Give the items that answer a bound by what it bounds; a line that merely holds a number does not count."""
    for target in targets:
        if target.operator in {"<", "<="}:
            bounded = stems(target.metric) | ({f"p{target.percentile:g}"} if target.percentile else frozenset())
            yield from (group.item for group in groups.bounds if target.unit in group.units and group.words <= bounded)


def _windows(clause: Clause, group: _Group) -> Iterator[tuple[int, int]]:
    """Give the first and last place of every run of words that holds the group and little else.

    Only a fault may be told over commas and brackets: "hardcoded keys, passwords or tokens".
    """
    places = [
        place
        for place, (word, written) in enumerate(zip(clause.words, clause.written, strict=True))
        if word in group.words and (written in group.exact or word not in group.exact_stems)
    ]
    for index, start in enumerate(places):
        missing = set(group.words)
        for place in places[index:]:
            parted = clause.words[place] in TIMES or (
                not group.fault and any(between in clause.parts for between in range(start + 1, place + 1))
            )
            if parted or place - start >= len(group.words) + _SLACK:
                break
            missing.discard(clause.words[place])
            if not missing:
                yield start, place
                break


@lru_cache(maxsize=16)
def _compiled(pages: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]) -> _Groups:
    by_word: dict[str, list[_Group]] = {}
    bounds: list[_Group] = []
    for place, (answers, _) in enumerate(pages):
        for answer in answers:
            units = frozenset(unit for match in _BOUND.finditer(answer) for unit in _UNITS[match["unit"]])
            said = words(_BOUND.sub(" ", answer))
            exact = frozenset(match["word"].casefold() for match in _EXACT.finditer(answer))
            roots = frozenset(stem(word) for word in said if not denies(word))
            group = _Group(place, roots, exact, any(map(denies, said)), units)
            if not roots:
                continue
            if units:
                bounds.append(group)
            else:
                by_word.setdefault(max(group.words, key=len), []).append(group)
    unless = tuple(tuple(kept for text in page if (kept := stems(text))) for _, page in pages)
    return _Groups({word: tuple(found) for word, found in by_word.items()}, tuple(bounds), unless)
