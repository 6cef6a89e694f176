"""What deployment files in the repository do in front of the application, by the lines of `deployment.yaml`.

A proxy may redirect to HTTPS or set headers that the application then need not. Files that might, in a form that we do
not read, give a guard of kind UNKNOWN: nobody may then say that nothing is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pathspec import GitIgnoreSpec

from backcheck import data
from backcheck.backend import Backend, Guard, GuardKind
from backcheck.findings import Place
from backcheck.source import Role, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Program

_LARGEST = 256 * 1024
"""Bytes. Deployment files are written by hand; what is larger is data that happens to have such a name."""
_LONGEST_LINE = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of `deployment.yaml`."""

    name: str
    files: GitIgnoreSpec
    line: re.Pattern[str]
    together_with: tuple[re.Pattern[str], ...]
    without: re.Pattern[str] | None
    effects: frozenset[str]
    """Empty for a form that we do not read."""

    def applies(self, text: str) -> bool:
        """Whether a file of this text is one that the rule speaks of."""
        return all(form.search(text) for form in self.together_with) and not (
            self.without and self.without.search(text)
        )

    def guard(self, place: Place) -> Guard:
        """Return what the line at this place does."""
        if self.effects:
            return Guard(GuardKind.OTHER, self.name, place, "deployment file", effects=self.effects)
        return Guard(GuardKind.UNKNOWN, self.name, place, "deployment file in a form that is not read")


def extract(program: Program) -> Backend:
    """Return what proxies and platforms do, as guards in front of every application of the repository."""
    return Backend(deployment=tuple(_guards(program)))


def _guards(program: Program) -> Iterator[Guard]:
    for file in program.tree.files:
        if file.role is not Role.APPLICATION or file.size > _LARGEST:
            continue
        rules = [rule for rule in _rules() if rule.files.match_file(file.path)]
        if not rules:
            continue
        try:
            lines = program.tree.read(file.path).decode("utf-8", "replace").splitlines()
        except Unreadable:
            continue
        lines = [_without_comment(line[:_LONGEST_LINE]) for line in lines]
        text = "\n".join(lines)
        for rule in rules:
            if rule.applies(text):
                yield from _first(rule, file.path, lines)


def _first(rule: Rule, path: str, lines: list[str]) -> Iterator[Guard]:
    """Give one guard for a rule and a file: the first line shows it as well as ten."""
    for number, line in enumerate(lines, 1):
        if rule.line.search(line):
            yield rule.guard(Place(path, number, 1, number, len(line) + 1))
            return


def _without_comment(line: str) -> str:
    """Return the line up to a `#` that begins a comment in every format here: first on the line, or after a space."""
    return re.sub(r"(^|\s)#.*", "", line) if "#" in line else line


@cache
def _rules() -> tuple[Rule, ...]:
    table = data.table("backcheck.extract", "deployment.yaml")
    return tuple(_rule(entry) for kind in ("rules", "unread") for entry in table[kind])


def _rule(entry: dict[str, Any]) -> Rule:
    without = entry.get("without")
    return Rule(
        entry["name"],
        GitIgnoreSpec.from_lines(entry["files"]),
        re.compile(entry["line"]),
        tuple(re.compile(form, re.MULTILINE) for form in entry.get("with", ())),
        re.compile(without, re.MULTILINE) if without else None,
        frozenset(entry.get("effects", ())),
    )
