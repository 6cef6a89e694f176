"""Tables from Prisma schemas. The language is small and line-based, so its text is read directly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Column, ForeignKey
from backcheck.extract.schema.draft import Draft
from backcheck.findings import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = re.compile(r"^[ \t]*(model|datasource)\s+(\w+)\s*\{", re.MULTILINE)
_FIELD = re.compile(r"^(?P<name>\w+)\s+(?P<type>\w+)(?P<shape>\[\]|\?)?(?P<rest>.*)$")
_MAPPED = re.compile(r"@map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_LIST = r"\[([^\]]*)\]"


def drafts(path: str, text: str) -> Iterator[Draft]:
    """Give each model of a schema as a table, with the names that the database knows."""
    bare = _without_comments(text)
    models = [match for match in _BLOCK.finditer(bare) if match[1] == "model"]
    names = {match[2] for match in models}
    for match in models:
        yield _Model(path, bare, match).draft(names)


def provider(text: str) -> str:
    """Return the database that a schema's datasource names; empty where it names none.

    `relationMode = "prisma"` makes no foreign key, and so no index either, whatever the database.
    """
    found = re.search(r"provider\s*=\s*\"(postgresql|mysql|sqlite|sqlserver|cockroachdb|mongodb)\"", text)
    emulated = re.search(r"relationMode\s*=\s*\"prisma\"", text)
    return found[1] if found and not emulated else ""


def _without_comments(text: str) -> str:
    """Blank the comments, so that offsets stay."""
    return re.sub(r"(\"(?:[^\"\\\n]|\\.)*\")|//[^\n]*", lambda match: match[1] or " " * len(match[0]), text)


class _Model:
    """Reads one model block."""

    def __init__(self, path: str, text: str, match: re.Match[str]) -> None:
        self._path = path
        self._text = text
        self._start = match.end()
        close = re.compile(r"^[ \t]*\}", re.MULTILINE).search(text, match.end())
        self._end = close.start() if close else len(text)
        body = text[self._start : self._end]
        mapped = re.search(r"@@map\(\s*(?:name:\s*)?\"([^\"]+)\"", body)
        self._draft = Draft(mapped[1] if mapped else match[2], "prisma", self._place(match.start(), match.end()))
        self._columns: dict[str, str] = {}

    def _place(self, start: int, end: int) -> Place:
        first, last = (self._text.count("\n", 0, at) + 1 for at in (start, end))
        columns = (at - self._text.rfind("\n", 0, at) for at in (start, end))
        return Place(self._path, first, next(columns), last, next(columns))

    def _lines(self) -> Iterator[tuple[str, Place]]:
        at = self._start
        for line in self._text[self._start : self._end].splitlines(keepends=True):
            if bare := line.strip():
                start = at + line.index(bare)
                yield bare, self._place(start, start + len(bare))
            at += len(line)

    def draft(self, models: set[str]) -> Draft:
        """Return the table; a field whose type is one of the `models` is a relation and no column."""
        fields = [(match, place) for line, place in self._lines() if (match := _FIELD.match(line))]
        for match, _ in fields:
            mapped = _MAPPED.search(match["rest"])
            self._columns[match["name"]] = mapped[1] if mapped else match["name"]
        for match, place in fields:
            self._field(match, place, models)
        for line, place in self._lines():
            if found := re.match(rf"@@(?:index|unique|id)\(\s*(?:fields:\s*)?{_LIST}", line):
                self._draft.add_index(self._names(re.sub(r"\([^)]*\)", "", found[1])), place)
        return self._draft

    def _names(self, listed: str) -> tuple[str, ...]:
        return tuple(self._columns.get(name, name) for name in re.findall(r"\w+", listed))

    def _field(self, match: re.Match[str], place: Place, models: set[str]) -> None:
        rest = match["rest"]
        if "@relation" in rest:
            if fields := re.search(rf"fields:\s*{_LIST}", rest):
                self._draft.add_key(ForeignKey(self._draft.name, self._names(fields[1]), match["type"], place))
        elif match["type"] not in models:
            name = self._columns[match["name"]]
            self._draft.add_column(
                Column(name, match["type"] + ("[]" if match["shape"] == "[]" else ""), match["shape"] == "?", place)
            )
            if re.search(r"(?<!@)@(?:id|unique)\b", rest):
                self._draft.add_index([name], place)
