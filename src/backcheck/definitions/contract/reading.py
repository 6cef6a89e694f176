"""The contract: what the text of an agent definition promises of the agent's output, as typed data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.contract.documents import DocumentRule, document_rules
from backcheck.definitions.contract.labels import Kind, kind_of
from backcheck.definitions.contract.outline import Line, outline
from backcheck.definitions.contract.targets import Contradiction, Target, merged, targets_in

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Promise:
    """One line that the agent is held to: of its own checklist, or under standards, practices and their like."""

    text: str
    line: int
    label: str
    """What stands above it; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How the agent is to work: a numbered step, or "always use X when Y"."""

    text: str
    line: int
    when: str
    """When it holds: "using new libraries"; empty for always."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything that a definition promises, in the order of its lines."""

    items: tuple[Promise, ...] = ()
    """Checklist items: boxes, and bullets under a label that speaks of a checklist."""
    promises: tuple[Promise, ...] = ()
    rules: tuple[Rule, ...] = ()
    targets: tuple[Target, ...] = ()
    documents: tuple[DocumentRule, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    """Pairs of targets that ask different things of one metric."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is promised at all: such a contract decides nothing."""
        return not (self.items or self.promises or self.rules or self.targets or self.documents)

    def lines(self) -> Iterator[tuple[str, Promise | Rule | Target | DocumentRule]]:
        """Give each entry with the name of its part: `items`, `promises`, `rules`, `targets`, `documents`."""
        for part in ("items", "promises", "rules", "targets", "documents"):
            for entry in getattr(self, part):
                yield part, entry


def read_contract(body: str, first_line: int = 1) -> Contract:
    """Return the contract of a body of Markdown; ``first_line`` is the line of the file on which it starts."""
    lines = tuple(outline(body, first_line))
    targets, contradictions = merged(target for line in lines for target in targets_in(line))
    return Contract(
        tuple(_promise(line) for line in lines if _is_item(line)),
        tuple(_promise(line) for line in lines if _is_promise(line)),
        tuple(rule for line in lines for rule in _rules(line)),
        targets,
        tuple(rule for line in lines for rule in document_rules(line)),
        contradictions,
    )


def _promise(line: Line) -> Promise:
    return Promise(line.text, line.line, line.labels[0] if line.labels else "")


def _is_item(line: Line) -> bool:
    return line.box or (line.bullet and not _introduces(line) and kind_of(line.labels) is Kind.CHECKLIST)


def _is_promise(line: Line) -> bool:
    """Whether a line promises something of the output.

    A line under targets that states no number is one: it would be lost otherwise.
    """
    if line.box or _introduces(line) or not (line.bullet or line.lead):
        return False
    match kind_of(line.labels):
        case Kind.PROMISE:
            return not any(document_rules(line))
        case Kind.TARGETS:
            return line.bullet and not any(targets_in(line))
        case _:
            return False


def _introduces(line: Line) -> bool:
    """Whether the line is only the label of a list below it."""
    return line.text.endswith(":")


_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_LEAD = re.compile(r"^[A-Z][\w /&-]{2,40}:\s+")
_ALWAYS = re.compile(
    r"^(?:always|never)\b|^(?:when|whenever|if|before|after)\b[^,]*,\s*(?:always|never)\b", re.IGNORECASE
)
_WHEN = re.compile(r"\b(?:when|whenever|if|before|after|unless)\s+(?P<case>[^,.;]+)", re.IGNORECASE)


def _rules(line: Line) -> Iterator[Rule]:
    if line.box or _introduces(line):
        return
    if line.ordered and line.depth == 1 and kind_of(line.labels) in {Kind.STEPS, Kind.CONDITION, None}:
        label = line.labels[0] if line.labels else ""
        when = _WHEN.match(label.rstrip(":"))
        yield Rule(line.text, line.line, when["case"].strip() if when else "")
        return
    for sentence in _SENTENCE.split(line.text):
        said = _LEAD.sub("", sentence)
        if _ALWAYS.match(said):
            when = _WHEN.search(said)
            yield Rule(said, line.line, when["case"].strip() if when else "")
