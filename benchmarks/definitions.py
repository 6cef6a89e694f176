"""What reading, judging and mending agent definitions costs, as ratios to reading their YAML and nothing else.

    python benchmarks/definitions.py FOLDER [--rounds N] [--client NAME@VERSION]

The folder holds definitions: a clone of any public collection, or several. Each figure is the median of N rounds, scaled to
2,000 files, the steps taken in turn, so that a slow moment of the machine hits all of them. The floor is `yaml.safe_load` of
the text between the fences, which raises on what is no YAML and returns no place, no body and no reason.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from backcheck.audit.lint import lint
from backcheck.definitions.agents import parse_agent, read_bytes
from backcheck.definitions.clients import CLAUDE_CODE
from backcheck.definitions.contract import read_contract
from backcheck.definitions.fix.many import mends
from backcheck.definitions.roster.account import account
from backcheck.definitions.roster.folder import definitions_below
from backcheck.errors import BackcheckError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backcheck.definitions.agents import Agent

FILES = 2_000
FENCED = re.compile(r"---\s*\n(.*?\n)---", re.DOTALL)


def main() -> None:
    """Time the steps and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--client", default=CLAUDE_CODE)
    words = parser.parse_args()
    paths = definitions_below(words.folder)[:FILES]
    if not paths:
        parser.error(f"{words.folder} holds no definition")
    steps = chosen(paths, words.client)
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(words.rounds):
        for name, step in steps.items():
            began = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(taken) * FILES / len(paths) for name, taken in times.items()}
    floor = medians["yaml.safe_load"]
    print(f"{len(paths)} files, figures for {FILES}")
    for name, median in medians.items():
        print(f"{name:<28} {median:7.2f} s  {median / floor:6.2f} x")


def chosen(paths: Sequence[Path], client: str) -> dict[str, Callable[[], object]]:
    """Return the steps by name; each reads or judges all files once."""
    contents = {path: read_bytes(path) for path in paths}
    blocks = [found[1] for content in contents.values() if (found := FENCED.match(content.decode("utf-8", "replace")))]
    agents = loaded(contents)
    quick: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        "yaml.safe_load": lambda: bare(blocks, yaml.SafeLoader),
        "yaml.CSafeLoader": lambda: bare(blocks, quick),
        "load": lambda: loaded(contents),
        "contract": lambda: contracts(agents),
        "agents show": lambda: [account(path, client) for path in paths],
        "agents lint": lambda: lint(paths, client=client),
        "agents fix": lambda: list(mends(paths, lone=False)),
    }


def bare(blocks: Sequence[str], loader: type[yaml.SafeLoader]) -> None:
    """Read the blocks, as scripts do."""
    for block in blocks:
        with contextlib.suppress(yaml.YAMLError):
            yaml.load(block, Loader=loader)  # noqa: S506 - both are safe loaders


def loaded(contents: Mapping[Path, bytes]) -> list[Agent]:
    """Load the definitions."""
    agents = []
    for path, content in contents.items():
        with contextlib.suppress(BackcheckError):
            agents.append(parse_agent(content, path))
    return agents


def contracts(agents: Sequence[Agent]) -> None:
    """Read what each body promises."""
    for agent in agents:
        read_contract(agent.body, agent.body_line)


if __name__ == "__main__":
    main()
