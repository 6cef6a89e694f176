"""The examples of an item's page as projects on disk, and what the page says that its check finds in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from backcheck.checks import DefinitionFacts, Facts, find, run
from backcheck.definitions.agents import load_agent
from backcheck.definitions.clients import CLAUDE_CODE
from backcheck.definitions.items import Area, load_items
from backcheck.definitions.roster.gathering import gather
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
_MARK_OF_A_DEFINITION = re.compile(r"[ \t]+# fail$", re.MULTILINE)
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})|\\x([89a-f][0-9a-f])")


@dataclass(frozen=True)
class Example:
    """One `###` section below `## Examples`: its fences are the files of one project.

    A fence's info string names its file (`title=PATH`). `evidence` makes a fence a report that the caller names, `agent`
    an agent definition whose targets count. `verdict=…`, in any fence, asks for the verdict over the whole project.
    In a definition, where a mark would be text, it is taken out before the file is written; and with the word `escaped`,
    `\\u200b` stands for that character, which nobody would see on the page, and `\\xe9` for a byte.
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
            path.write_bytes(self._written(fence).encode("utf-8", "surrogateescape"))
        check = find(self.item.area, self.item.id)
        assert check is not None, f"{self.item.id} has no check"
        if self.item.area is Area.DEFINITIONS:
            return run(check, DefinitionFacts(gather(folder, [folder], CLAUDE_CODE)))
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
        return run(check, facts)

    def _written(self, fence: Fence) -> str:
        """Return what goes to disk: a fence as it stands, a definition without its marks and escapes."""
        if self.item.area is not Area.DEFINITIONS:
            return fence.text
        text = _MARK_OF_A_DEFINITION.sub("", fence.text)
        return _ESCAPED.sub(_meant, text) if "escaped" in fence.options else text


def _meant(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for; for `\\xe9` what becomes that byte."""
    return chr(0xDC00 + int(escape[3], 16)) if escape[3] else chr(int(escape[1] or escape[2], 16))


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
