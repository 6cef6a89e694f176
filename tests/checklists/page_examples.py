"""The examples of an item's page as projects on disk, and what the page says that its check finds in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from backcheck.checks import Facts, find, run
from backcheck.definitions.agents import load_agent
from backcheck.definitions.items import load_items
from backcheck.evidence import read_report
from backcheck.extract import extract
from backcheck.findings import Outcome, Verdict
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backcheck.definitions.items import Item
    from backcheck.definitions.page import Fence
    from backcheck.findings import Judgement

_MARK = re.compile(r"(?:#|//|--|/\*|\{/\*)\s*fail\s*(?:\*/\}?)?\s*$")


@dataclass(frozen=True)
class Example:
    """One `###` section below `## Examples`: its fences are the files of one project.

    A fence's info string names its file (`title=PATH`). `evidence` makes a fence a report that the caller names, `agent`
    an agent definition whose targets count. `verdict=…`, in any fence, asks for the verdict over the whole project.
    """

    item: Item
    heading: str
    fences: tuple[Fence, ...]

    @property
    def framework(self) -> str:
        """What stands before the heading's colon."""
        return self.heading.partition(":")[0].strip()

    @property
    def marked(self) -> set[tuple[str, int]]:
        """File and line of each line that ends in a comment `fail`."""
        return {
            (fence.options["title"], number)
            for fence in self.fences
            for number, line in enumerate(fence.text.splitlines(), 1)
            if _MARK.search(line)
        }

    @property
    def expected(self) -> Verdict:
        """The verdict that the page asks for: without a word and a mark, a plain pass."""
        asked = next((fence.options["verdict"] for fence in self.fences if "verdict" in fence.options), None)
        if asked:
            return Verdict(asked)
        return Verdict.FAIL if self.marked else Verdict.PASS

    def judge(self, folder: Path) -> list[Judgement]:
        """Write the project into the folder, and return what the item's check alone says of it."""
        for fence in self.fences:
            path = folder / fence.options["title"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence.text, "utf-8")
        program = load(collect(folder))
        named = [fence for fence in self.fences if "evidence" in fence.options]
        agents = [fence for fence in self.fences if "agent" in fence.options]
        facts = Facts(
            program,
            extract(program),
            tuple(read_report(folder / fence.options["title"], root=folder) for fence in named),
            tuple(
                target for fence in agents for target in load_agent(folder / fence.options["title"]).contract.targets
            ),
        )
        check = find(self.item.area, self.item.id)
        assert check is not None, f"{self.item.id} has no check"
        return run(check, facts)


def examples() -> Iterator[Example]:
    """Give every example of every shipped page."""
    for item in load_items().values():
        fences = [fence for fence in item.page.fences() if fence.headings[:1] == ("Examples",)]
        for heading, group in groupby(fences, key=lambda fence: fence.headings[-1]):
            yield Example(item, heading, tuple(group))


def reported(judgements: list[Judgement]) -> set[tuple[str, int]]:
    """Return file and first line of the primary place of each failed judgement that has one."""
    places = [
        (judgement.places or (judgement.subject.place,))[0]
        for judgement in judgements
        if judgement.outcome is Outcome.FAIL
    ]
    return {(place.path, place.start_line) for place in places if place is not None}


def verdict_of(judgements: list[Judgement]) -> Verdict:
    """Return the verdict of judgements over a project that was read whole."""
    outcomes = {judgement.outcome for judgement in judgements}
    if Outcome.FAIL in outcomes:
        return Verdict.FAIL
    if Outcome.UNDECIDED in outcomes:
        return Verdict.UNKNOWN
    return Verdict.PASS if outcomes else Verdict.NOT_APPLICABLE
