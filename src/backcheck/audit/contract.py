"""An agent's contract as what is judged: items, targets, and a verdict for every line that no item answers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from backcheck.audit.naming import Naming
from backcheck.definitions.contract import DocumentRule, Target
from backcheck.definitions.items import Method
from backcheck.findings import ItemVerdict, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.definitions.contract import BoundContract, BoundLine

AREA = "contract"
"""Area of the verdicts on lines that no item answers."""
_MAX_NAME = 60
"""Characters of the name that a line goes by in reports and attestations: the start of its text."""
_ALONE = frozenset({"rules", "documents"})
"""What a line says of the work and of documents is not answered by an item that its words bind to otherwise."""


def unanswered(contract: BoundContract) -> tuple[tuple[ItemVerdict, Naming | None], ...]:
    """Return a manual verdict for each line that nobody answers, with how the names of documents can be judged, if so.

    A line is named once, however many parts of the contract it belongs to. One that states two targets is answered
    where both are. Nothing is dropped.
    """
    rules = [line.entry for line in contract.lines if isinstance(line.entry, DocumentRule)]
    folders = tuple(rule.value for rule in rules if rule.kind == "folder")
    names: Counter[str] = Counter()
    return tuple(
        (_manual(text, why, names), Naming(text_rule.value, folders) if text_rule and folders else None)
        for text, why, text_rule in _lines(contract.lines)
    )


def _lines(lines: Iterable[BoundLine]) -> Iterator[tuple[str, str, DocumentRule | None]]:
    """Give text, reason and, for a pattern of names, the rule of each line to be listed, in the order of the file."""
    at: defaultdict[int, list[BoundLine]] = defaultdict(list)
    for line in lines:
        at[line.entry.line].append(line)
    for number, entries in sorted(at.items()):
        said: dict[str, tuple[str, DocumentRule | None]] = {}
        for text, why, rule in _open(entries):
            first, pattern = said.get(text, (why, None))
            said[text] = first, pattern or rule
        for text, (why, rule) in said.items():
            yield text, f"line {number} of the definition: {why}", rule


def _open(entries: list[BoundLine]) -> Iterator[tuple[str, str, DocumentRule | None]]:
    targets = [line for line in entries if isinstance(line.entry, Target)]
    unmet = [line.entry for line in targets if not line.bound]
    if unmet:
        asked = ", ".join(target.asked for target in unmet if isinstance(target, Target))
        yield unmet[0].text, f"nothing that backcheck reads measures it ({asked}), a person has to look", None
    answered = any(line.bound for line in entries if line.part not in _ALONE)
    for line in entries:
        rule = line.entry if isinstance(line.entry, DocumentRule) else None
        if line.part in _ALONE and not line.bound:
            kind = "a rule of work" if rule is None else "a rule on documents"
            yield line.entry.text, f"{kind}, a person has to look", rule if rule and rule.kind == "name" else None
        elif line.part not in _ALONE and not answered and not targets:
            yield line.entry.text, "no item answers it, a person has to look", None


def _manual(text: str, reason: str, names: Counter[str]) -> ItemVerdict:
    name = "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:_MAX_NAME].strip("-") or "promise"
    names[name] += 1
    unique = name if names[name] == 1 else f"{name}-{names[name]}"
    return ItemVerdict(unique, AREA, text, Verdict.MANUAL, Severity.MEDIUM, Method.ATTESTATION.value, reason)
