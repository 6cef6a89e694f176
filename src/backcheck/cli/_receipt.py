"""A receipt as a person reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backcheck.cli._output import emit
from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.runtime.receipt import Change, Receipt
    from backcheck.runtime.run import Ran


def print_receipt(ran: Ran, *, as_json: bool) -> None:
    """Print the receipt on standard output."""
    if as_json:
        emit(json.dumps(ran.receipt.as_json(), indent=2) + "\n")
    else:
        emit("".join(f"{printable(line, keep='')}\n" for line in lines(ran.receipt)))


def lines(receipt: Receipt) -> Iterator[str]:
    """Give the receipt's lines."""
    rounds = f"{receipt.rounds} {'round' if receipt.rounds == 1 else 'rounds'}"
    yield f"{receipt.agent} ({receipt.model}): {receipt.status} after {rounds}, {receipt.turns} turns"
    cost = "cost unknown" if receipt.cost_usd is None else f"{receipt.cost_usd:.4f} USD"
    yield f"{sum(receipt.tokens.values()):,} tokens, {cost}, {receipt.seconds:.0f} s, sandbox: {receipt.sandbox}"
    for lost in receipt.tools_lost:
        yield f"not given: {lost}"
    yield ""
    width = max((len(change.item) for change in receipt.changes), default=0)
    for change in receipt.changes:
        yield f"{change.item:<{width}}  {_moved(change)}"
        yield from (f"{'':<{width}}    new: {subject}" for subject in change.new_failures)
    if receipt.claims:
        yield ""
        yield "what the agent claims, beside the verdicts:"
        for claim in receipt.claims:
            beside = ", ".join(f"{item}: {verdict}" for item, verdict in claim.verdicts)
            yield f"  {claim.text!r}  {beside}"
    yield from _rules(receipt)
    yield ""
    yield f"patch: {receipt.patch} (git apply)" if receipt.patch else "nothing was changed"
    yield f"journal: {receipt.journal}"


def _rules(receipt: Receipt) -> Iterator[str]:
    """Give the rules of work that the journal decides, and how many it does not."""
    decided = [rule for rule in receipt.rules if rule.verdict != "manual"]
    if not receipt.rules:
        return
    yield ""
    open_ones = len(receipt.rules) - len(decided)
    yield f"rules of work: {len(decided)} judged from the journal, {open_ones} for a person to look at"
    for rule in decided:
        where = f" (journal line {', '.join(map(str, rule.journal))})" if rule.journal else ""
        yield f"  {rule.verdict.replace('_', ' ')}: {rule.text!r}: {rule.reason}{where}"


def _moved(change: Change) -> str:
    if (change.before, change.failed_before) == (change.after, change.failed_after):
        return change.after
    return f"{_told(change.before, change.failed_before)} → {_told(change.after, change.failed_after)}"


def _told(verdict: str, failed: int) -> str:
    return f"{verdict} ({failed})" if failed else verdict
