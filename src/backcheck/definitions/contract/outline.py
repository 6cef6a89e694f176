"""The lines of a definition's body that may promise something, each with the labels that stand above it.

Read line by line, as people read Markdown: a bullet indented by two under "1." lies inside it, which CommonMark denies,
and a tag alone on its line (`<quality_checklist>`) labels what it holds. A parser of Markdown took five times as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from backcheck.definitions.contract.labels import Kind, kind, kind_of
from backcheck.definitions.contract.shown import without_shown

_MAX_LINE = 2_000
"""Characters of the longest text that is taken for a promise. Patterns on longer ones would cost more than time allows."""
_MAX_DEPTH = 30
_MAX_OVER = 8
"""Words of the longest paragraph that stands above labels in bold; a longer one speaks of the first list alone."""
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?$")
_MARKER = re.compile(r"(?P<mark>[-*+•·▪◦‣]|(?P<number>\d{1,9})[.)])(?:(?P<gap>[ \t]+)|$)")
_BREAK = re.compile(r"(?:-[ \t]*){3,}$|(?:\*[ \t]*){3,}$|(?:_[ \t]*){3,}$")
_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")
_CELL = re.compile(r"(?<!\\)\|")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)(?:[ \t][^<>]*)?>$")
_HTML = frozenset({"details", "summary", "div", "span", "p", "br", "hr", "img", "a", "b", "i", "center", "table", "ul", "ol", "li"})  # fmt: skip
_BOX = re.compile(r"\[[ xX]?\](?:[ \t]+|$)")
_SAMPLE = re.compile(r"\b(?:(?<!output )examples?|samples?|templates?)\b")
_FORMAT = re.compile(r"\b(?:output|report) format\b")
_DEMANDS = re.compile(r"\b(?:provide|deliver|produce|includes?)(?: the following)?\s*[:：]$")  # noqa: RUF001 - the colon of Chinese and Japanese
_CODE = re.compile(r"(`[^`]*`)")
_MARKUP = re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")


class Line(NamedTuple):
    """One bullet, step, paragraph or row of a table. A tuple, for a body holds a hundred and they are made to be read once."""

    text: str
    """Its words without emphasis; code stays in back-ticks; a box is cut off."""
    line: int
    """Line of the file on which it begins."""
    labels: tuple[str, ...]
    """What stands above it, innermost first: bullets, the paragraph before the list, headings but the page's title."""
    kind: Kind | None
    """What the labels make of it."""
    bullet: bool = False
    ordered: bool = False
    """A numbered step."""
    box: bool = False
    lead: bool = False
    """A paragraph that opens with words in bold: a bullet in all but its mark."""
    depth: int = 0
    """How many lists it lies in."""
    cells: tuple[tuple[str, str], ...] = ()
    """Of a row: the head of each column with what the row says there."""


def outline(body: str, first_line: int) -> list[Line]:
    """Return the lines of a body; ``first_line`` is the line of the file on which the body starts."""
    return _Walk(first_line).lines(without_shown(body).split("\n"))


@dataclass(slots=True)
class _Item:
    """An open item of a list."""

    marker: int
    """Columns before its mark."""
    content: int
    """Columns before its text."""
    ordered: bool
    box: bool = False
    text: str = ""
    label: str = ""
    """A later paragraph of it that introduces a list."""


@dataclass(slots=True)
class _Walk:
    first_line: int
    headings: dict[int, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    outer: tuple[str, ...] = ()
    """The tags and headings that stand above, innermost first."""
    label: str = ""
    """The paragraph before a list that introduces it."""
    over: str = ""
    """The paragraph that introduces several lists, each with words in bold before it: "Your responsibilities include:"."""
    waiting: bool = False
    """Whether the label in hand has no list yet and is not in bold."""
    items: list[_Item] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    """Rows of the paragraph that is being read."""
    started: int = 0
    fresh: bool = False
    """Whether that paragraph is the first of its item."""
    quoted: bool = False
    blank: bool = True
    head: tuple[str, ...] = ()
    """Heads of the table that is being read."""
    found: list[Line] = field(default_factory=list)

    def lines(self, rows: list[str]) -> list[Line]:
        rows.append("")
        for index, row in enumerate(rows[:-1]):
            stripped = row.strip()
            if not stripped:
                self._ended()
                self.quoted, self.blank, self.head = False, True, ()
                continue
            indent = _columns(row) if row[0].isspace() else 0
            number = self.first_line + index
            if self.head:
                self._row(stripped, number)
            elif "|" in stripped and "-" in rows[index + 1] and _DELIMITER.match(rows[index + 1].strip()):
                self._ended()
                self.head, self.waiting = _cells(stripped), False
            else:
                self._read(stripped, indent, number)
            self.blank = False
        self._ended()
        return self.found

    def _read(self, row: str, indent: int, number: int) -> None:
        first = row[0]
        if first.isalpha():
            if not self.quoted:
                self._paragraph(row, indent, number)
        elif first == ">":
            self._ended()
            self.quoted = True
        elif first == "#" and (found := _HEADING.match(row)):
            self._ended()
            self._heading(len(found[1]), plain(found[2] or ""))
        elif first in "=-" and self.text and not self.items and set(row) == {first}:
            text, self.text = plain(" ".join(self.text)), []
            self._heading(1 if first == "=" else 2, text)
        elif first in "-*_" and row[-1] == first and _BREAK.match(row):
            self._ended()
            self.items, self.quoted = [], False
        elif first == "<" and (tag := _TAG.match(row)):
            self._ended()
            self._tag(tag["name"].lower(), closing=bool(tag["end"]))
        elif (found := _MARKER.match(row)) and self._opens(found, indent):
            self._ended()
            self._open(found, indent)
            self.text, self.started = [row[found.end() :]], number
        elif not self.quoted:
            self._paragraph(row, indent, number)

    def _opens(self, marker: re.Match[str], indent: int) -> bool:
        """Whether a mark opens an item here: indented code does not, nor a year at the start of a paragraph's line."""
        if self.blank and indent >= 4 + (self.items[-1].content if self.items else 0):
            return False
        return not self.text or bool(self.items) or marker["number"] in {None, "1"}

    def _open(self, marker: re.Match[str], indent: int) -> None:
        items = self.items
        while items and indent < items[-1].content and indent < items[-1].marker + 2:
            items.pop()
        if len(items) > _MAX_DEPTH:
            del items[_MAX_DEPTH:]
        mark, number, gap = marker.groups()
        width = len(mark) + (min(len(gap), 4) if gap else 1)
        items.append(_Item(indent, indent + width, number is not None))
        self.fresh, self.quoted, self.waiting = True, False, False

    def _paragraph(self, row: str, indent: int, number: int) -> None:
        if self.text:
            self.text.append(row)
            return
        while self.items and indent <= self.items[-1].marker:
            self.items.pop()
        if self.blank and indent >= 4 + (self.items[-1].content if self.items else 0):
            return  # indented code
        self.text, self.started, self.fresh = [row], number, False

    def _heading(self, level: int, text: str) -> None:
        self.headings = {above: words for above, words in self.headings.items() if above < level} | {level: text}
        self.outer = self._outside()
        self.label, self.over, self.items, self.quoted = "", "", [], False

    def _tag(self, name: str, *, closing: bool) -> None:
        label = name.replace("_", " ").replace("-", " ")
        if closing and label in self.tags:
            del self.tags[self.tags.index(label) :]
        elif not closing and name not in _HTML and len(self.tags) < _MAX_DEPTH:
            self.tags.append(label)
        self.outer = self._outside()
        self.label, self.over, self.items = "", "", []

    def _row(self, row: str, number: int) -> None:
        cells = _cells(row)
        text = " | ".join(cells)
        if len(text) <= _MAX_LINE and not _DELIMITER.match(row):
            labels = self._labels()
            pairs = tuple(zip(self.head, cells, strict=False))
            self.found.append(Line(text, number, labels, kind_of(labels), cells=pairs))

    def _ended(self) -> None:
        """Keep the paragraph that ends here, if one does."""
        if not self.text:
            return
        written = self.text[0] if len(self.text) == 1 else " ".join(self.text)
        self.text = []
        box = _BOX.match(written) if self.fresh and written[:1] == "[" else None
        content = written[box.end() :] if box else written
        if len(content) > _MAX_LINE:
            content = ""
        text, labels, depth = plain(content), self._labels(), len(self.items)
        bullet, ordered, lead = self.fresh, False, False
        if bullet:
            item = self.items[-1]
            item.text, self.fresh, ordered = text, False, item.ordered
        else:
            bold = _is_bold(content)
            self._introduce(text if bold or introduces(text) else "", bold=bold)
            lead = not depth and content.startswith("**") and "**:" in content.replace(":**", "**:")
        if text and not _is_sample(labels):
            boxed = box is not None
            self.found.append(Line(text, self.started, labels, kind_of(labels), bullet, ordered, boxed, lead, depth))

    def _introduce(self, label: str, *, bold: bool) -> None:
        if self.items:
            self.items[-1].label = label
            return
        if self.waiting and bold and kind(self.label) is Kind.PROMISE and len(self.label.split()) <= _MAX_OVER:
            self.over = self.label
        elif not bold:
            self.over = ""
        self.label, self.waiting = label, bool(label) and not bold

    def _labels(self) -> tuple[str, ...]:
        if not self.items:
            return self.outer
        above = tuple(filter(None, (self.label, self.over)))
        inside = self.items[:-1] if self.fresh else self.items
        if not inside:
            return above + self.outer
        around = [label for item in reversed(inside) for label in (item.label, item.text) if label]
        return (*around, *above, *self.outer)

    def _outside(self) -> tuple[str, ...]:
        # The first heading of level 1 is the page's title: "Best practices agent" labels nothing.
        headings = (text for level, text in sorted(self.headings.items(), reverse=True) if level > 1)
        return tuple(label for label in (*reversed(self.tags), *headings) if label)


@lru_cache(maxsize=8192)
def _is_sample(labels: tuple[str, ...]) -> bool:
    """Whether the labels say that a line is only shown.

    A skeleton stands below "Output format"; what "Deliver:" asks for there is no part of it.
    """
    said = [label.lower() for label in labels]
    if any(map(_SAMPLE.search, said)):
        return True
    framed = next((number for number, label in enumerate(said) if _FORMAT.search(label)), None)
    return framed is not None and not any(
        _DEMANDS.search(label) and kind(label) is Kind.PROMISE for label in said[:framed]
    )


def introduces(text: str) -> bool:
    """Whether a text is only the label of what stands below it."""
    return text.endswith((":", "："))  # noqa: RUF001 - the colon of Chinese and Japanese


def plain(content: str) -> str:
    """Return Markdown text on one line without its emphasis; what stands in back-ticks stays as it is."""
    content = " ".join(content.split())
    if "*" not in content and "_" not in content:
        return content
    if "`" not in content:
        return _without_marks(content).strip()
    parts = _CODE.split(content)
    return "".join(part if part.startswith("`") else _without_marks(part) for part in parts).strip()


def _without_marks(text: str) -> str:
    text = text.replace("**", "").replace("__", "")
    return _MARKUP.sub("", text) if "*" in text or "_" in text else text


def _is_bold(content: str) -> bool:
    """Whether the whole paragraph is in bold, as people write a heading."""
    return content.startswith("**") and content.rstrip(" :：").endswith("**") and content.count("**") == 2  # noqa: RUF001 - as above


def _columns(row: str) -> int:
    expanded = row.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _cells(row: str) -> tuple[str, ...]:
    return tuple(plain(cell) for cell in _CELL.split(row.strip("|")))
