"""What an audit costs, stage by stage, as ratios to a bare tree-sitter parse of the same files in the same run.

    python benchmarks/audit.py DIR… [--rounds N]

CPU seconds of this process, so that what else the machine does hardly counts; the least of N rounds. A stage pays for
what it is the first to ask: the first extractor resolves names that the next ones find resolved. The whole audit is a
process of its own, with git, ruff and the start of Python in it. With several folders the last table says what
each stage grows with: the count whose cost for one differs least from folder to folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from backcheck import repository
from backcheck.audit.judging import judge, with_evidence
from backcheck.audit.quotes import Quotes, secret_lines
from backcheck.checks import Facts
from backcheck.definitions.items import load_items
from backcheck.extract import extractors, merge
from backcheck.extract.calls.reach import link
from backcheck.flow import analyse
from backcheck.program import load
from backcheck.source import collect, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.program import Program

_Given = TypeVar("_Given")
_FLOOR = "bare parse (floor)"
_WHOLE = "whole audit (process)"
_LEAST = 0.02
"""CPU seconds. A stage that takes less says nothing of what it grows with."""


class Account:
    """CPU seconds of each stage of one audit, and the size of what was audited."""

    def __init__(self) -> None:
        """Nothing is spent yet."""
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    def time(self, stage: str, work: Callable[[], _Given]) -> _Given:
        """Do the work and note what it took."""
        began = time.process_time()
        given = work()
        self.seconds[stage] = time.process_time() - began
        return given


def stages(root: Path) -> Account:
    """Run every stage of an audit of the folder once, in the order in which the engine runs them."""
    account = Account()
    tree = account.time("collect", lambda: collect(root))
    program = account.time("program.load", lambda: load(tree))
    account.time(_FLOOR, lambda: bare_parse(program))
    parts = [account.time(f"extract.{name}", lambda: read(program)) for name, read in extractors().items()]  # noqa: B023 - it is called at once
    backend = account.time("extract, linked", lambda: link(program, merge(*parts)))
    flows = account.time("flow.analyse", lambda: analyse(program, backend))
    facts = Facts(program, backend, (), ())
    facts.__dict__["flows"] = flows
    items = tuple(load_items().values())
    judged = account.time("checks", lambda: judge(items, facts, ()))
    every = [judgement for judgements in judged.judgements.values() for judgement in judgements]
    quotes = Quotes(tree.read, secret_lines(every))
    answered = [item for item in items if item.id in judged.judgements]
    account.time("evidence", lambda: [with_evidence(item, judged.judgements[item.id], quotes) for item in answered])
    account.time("is_dirty", lambda: repository.is_dirty(root))
    modules = program.modules.values()
    account.counts = {
        "files": len(tree.files),
        "lines": sum(module.source.count(b"\n") for module in modules),
        "nodes": sum(len(module.nodes) for module in modules),
        "functions": sum(1 for module in modules for _ in program.functions(module)),
        "routes": len(backend.routes),
        "queries and calls": len(backend.calls),
    }
    return account


def bare_parse(program: Program) -> None:
    """Parse the same files with tree-sitter, and nothing else."""
    for module in program.modules.values():
        parse("tsx" if PurePosixPath(module.path).suffix == ".tsx" else module.language, module.source)


def whole(root: Path) -> tuple[float, float]:
    """Return CPU seconds and MiB at the peak of `backcheck audit` in a process of its own."""
    command = [sys.executable, "-m", "backcheck", "audit", str(root), "--quiet", "--exit-zero"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def report(root: Path, account: Account, peak: float) -> None:
    """Print what one folder costs."""
    counts = ", ".join(f"{number:,} {name}" for name, number in account.counts.items())
    print(f"\n{root}: {counts}; peak {peak:.0f} MiB")
    floor = account.seconds[_FLOOR]
    for stage, seconds in account.seconds.items():
        print(f"  {stage:<24} {seconds:8.3f} s  {seconds / floor:7.1f} x")


def growth(accounts: list[Account]) -> None:
    """Print of each stage the count whose cost for one is steadiest among the folders."""
    print("\nstage                      grows with           for one        at most / at least")
    for stage in accounts[0].seconds:
        seen = [account for account in accounts if account.seconds[stage] >= _LEAST]
        costs = {
            name: [account.seconds[stage] / account.counts[name] for account in seen]
            for name in accounts[0].counts
            if len(seen) > 1 and all(account.counts[name] for account in seen)
        }
        if costs:
            name, each = min(costs.items(), key=lambda entry: max(entry[1]) / min(entry[1]))
            spread = max(each) / min(each)
            print(f"  {stage:<24} {name:<18} {max(each) * 1e6:8.1f} us        {spread:6.1f}")


def main() -> None:
    """Measure the folders and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=3, help="times that everything is done")
    options = parser.parse_args()
    # First: a child's peak counts from the memory of the process that it was forked from, which the stages fill.
    wholes = {root: [whole(root) for _ in range(options.rounds)] for root in options.folders}
    accounts = []
    for root in options.folders:
        rounds = [stages(root) for _ in range(options.rounds)]
        account = rounds[0]
        account.seconds = {stage: min(each.seconds[stage] for each in rounds) for stage in account.seconds}
        account.seconds[_WHOLE] = min(seconds for seconds, _ in wholes[root])
        report(root, account, max(peak for _, peak in wholes[root]))
        accounts.append(account)
    if len(accounts) > 1:
        growth(accounts)


if __name__ == "__main__":
    main()
