"""The demo: the whole loop on an embedded shop, with a script in the place of the model. No key, no network, no sockets."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from backcheck.audit import Options
from backcheck.definitions.agents import find_agent
from backcheck.definitions.page import read_page
from backcheck.errors import UsageError
from backcheck.findings import Verdict
from backcheck.runtime.cassette import Replay
from backcheck.runtime.run import Order, Ran, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backcheck.definitions.agents import Agent

AGENT = "backend-developer"
TASK = "Mend the SQL injection in the product search, and add an endpoint with which a customer cancels an order."
REPORTS = ("reports/pip-audit.json", "reports/load.json")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demo did. Both trees are kept, so that every piece of evidence can be opened."""

    agent: Agent
    ran: Ran


async def show(into: Path, say: Callable[[str], None]) -> Shown:
    """Unpack the shop below ``into``, let the scripted agent work on it, and judge it before and after.

    It is judged by the agent's own contract, with two reports as evidence: one of an instrument that saw nothing, and
    one that states percentiles on both sides of the target. Raises `UsageError` where ``into`` holds a shop already.
    """
    agent = find_agent(AGENT)
    shop = unpack(into)
    options = Options(agent=AGENT, evidence=tuple(shop / report for report in REPORTS))
    with as_file(files(__name__).joinpath("turns.jsonl")) as turns:
        model = Replay(turns)
    return Shown(agent, await run(Order(agent, TASK, shop, options=options, folder=into, say=say), model))


def unpack(into: Path) -> Path:
    """Write the embedded shop below ``into`` and return its folder; an existing one is refused, never overwritten."""
    shop = into / "shop"
    if shop.exists():
        raise UsageError(f"{shop} exists already", help="remove it, or name another folder with --into DIR")
    with as_file(files(__name__).joinpath("shop.md")) as path:
        fences = tuple(read_page(path).fences())
    for fence in fences:
        target = shop / fence.options["title"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(fence.text, encoding="utf-8")
    return shop


def missed(shown: Shown) -> tuple[str, ...]:
    """Return what the demo promises to show and did not, one line each; a fault of backcheck wherever there is one."""
    before = {verdict.item: verdict for verdict in shown.ran.judged.before.verdicts}
    after = {verdict.item: verdict for verdict in shown.ran.judged.whole.verdicts}
    promised = {
        "an SQL injection that fails before": before["sql-injection"].verdict is Verdict.FAIL,
        "and is mended after": after["sql-injection"].verdict is Verdict.PASS,
        "a new failure sent back to the agent": shown.ran.receipt.rounds > 1,
        "and mended by it": not shown.ran.judged.failures,
        "an unknown from an instrument that saw nothing": after["dependency-vulnerable"].verdict is Verdict.UNKNOWN,
        "a 95th percentile that lies between bounds": after["p95-above-target"].verdict is Verdict.UNKNOWN,
    }
    return tuple(what for what, kept in promised.items() if not kept)
