"""The contract: what the text of an agent definition promises of the agent's output, as typed data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.contract.documents import DocumentRule, document_rules, may_place
from backcheck.definitions.contract.labels import Kind
from backcheck.definitions.contract.merging import Contradiction, merged
from backcheck.definitions.contract.outline import Line, introduces, outline
from backcheck.definitions.contract.rules import Rule, is_forbidden, rules_in
from backcheck.definitions.contract.targets import Target, may_state, targets_in

__all__ = ["Contract", "Promise", "Rule", "read_contract"]

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
    lines = outline(body, first_line)
    targets, contradictions = merged(target for line in lines if may_state(line.text) for target in targets_in(line))
    return Contract(
        tuple(_promise(line) for line in lines if (line.box or line.kind is Kind.CHECKLIST) and _is_item(line)),
        tuple(_promise(line) for line in lines if line.kind in _PROMISING and _is_promise(line)),
        tuple(rule for line in lines if not line.cells for rule in rules_in(line)),
        targets,
        tuple(rule for line in lines if may_place(line) for rule in document_rules(line)),
        contradictions,
    )


def _promise(line: Line) -> Promise:
    return Promise(line.text, line.line, line.labels[0] if line.labels else "")


_PROMISING = (Kind.PROMISE, Kind.TARGETS)


def _is_item(line: Line) -> bool:
    listed = line.box or (line.bullet and not introduces(line.text))
    return listed and not is_forbidden(line)


def _is_promise(line: Line) -> bool:
    """Whether a line promises something of the output.

    A line under targets that states no number is one: it would be lost otherwise.
    """
    if line.box or introduces(line.text) or is_forbidden(line):
        return False
    if line.kind is Kind.TARGETS:
        return line.bullet and not any(targets_in(line))
    return (line.bullet or line.lead) and not any(document_rules(line))
