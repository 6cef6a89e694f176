"""The lines of a definition's body that may promise something, each with the labels that stand above it.

Fences, quotations and `<example>` blocks are left out: they show what an agent may write, not what it is held to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

_EXAMPLE = re.compile(r"<(?P<end>/?)(?:examples?|commentary|sample)>", re.IGNORECASE)
_MAX_LINE = 2_000
"""Characters of the longest text that is taken for a promise. Patterns on longer ones would cost more than time allows."""
_BOX = re.compile(r"\[[ xX]?\][ \t]+")
_SAMPLE = re.compile(r"\b(?:example|sample|template|output format|report format)\b", re.IGNORECASE)
_MARKUP = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")


@dataclass(frozen=True, slots=True)
class Line:
    """One bullet, step or paragraph."""

    text: str
    """Its words without emphasis; code stays in back-ticks; a box is cut off."""
    line: int
    """Line of the file on which it begins."""
    labels: tuple[str, ...]
    """What stands above it, innermost first: bullets, the paragraph before the list, headings but the page's title."""
    bullet: bool = False
    ordered: bool = False
    """A numbered step."""
    box: bool = False
    lead: bool = False
    """A paragraph that opens with words in bold: a bullet in all but its mark."""
    depth: int = 0
    """How many lists it lies in."""


def outline(body: str, first_line: int) -> Iterator[Line]:
    """Give the lines of a body; ``first_line`` is the line of the file on which the body starts."""
    # Depth is bounded, and what stands inside a line is left unparsed: nesting without end costs nothing.
    parser = MarkdownIt("commonmark", {"maxNesting": 30}).enable("table").disable("inline")
    yield from _Walk(first_line).lines(parser.parse("".join(_without_examples(body))))


class _Walk:
    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.headings: dict[int, str] = {}
        self.label = ""
        """The paragraph before a list that introduces it."""
        self.lists: list[bool] = []
        """Whether each open list is ordered."""
        self.parents: list[str] = []
        """Text of each open list item."""
        self.quotes = 0
        self.fresh = False
        """Whether the next text is the first of its list item."""

    def lines(self, tokens: list[Token]) -> Iterator[Line]:
        for index, token in enumerate(tokens):
            match token.type:
                case "heading_open":
                    self._heading(int(token.tag[1]), plain(tokens[index + 1].content))
                case "bullet_list_open" | "ordered_list_open":
                    self.lists.append(token.type.startswith("ordered"))
                case "bullet_list_close" | "ordered_list_close":
                    self.lists.pop()
                case "list_item_open":
                    self.parents.append("")
                    self.fresh = True
                case "list_item_close":
                    self.parents.pop()
                    self.fresh = False
                case "blockquote_open":
                    self.quotes += 1
                case "blockquote_close":
                    self.quotes -= 1
                case "inline" if tokens[index - 1].type != "heading_open" and not self.quotes:
                    yield from self._text(token, cell=tokens[index - 1].type in {"td_open", "th_open"})

    def _heading(self, level: int, text: str) -> None:
        self.headings = {above: words for above, words in self.headings.items() if above < level} | {level: text}
        self.label = ""

    def _text(self, token: Token, *, cell: bool) -> Iterator[Line]:
        number = self.first_line + (token.map[0] if token.map else 0)
        box = _BOX.match(token.content)
        content = token.content[box.end() :] if box else token.content
        if len(content) > _MAX_LINE:
            content = ""
        text = plain(content)
        line = Line(text, number, self._labels(), depth=len(self.lists))
        if self.fresh:
            self.fresh = False
            self.parents[-1] = text
            line = replace(line, bullet=True, ordered=self.lists[-1], box=box is not None)
        elif not self.lists and not cell:
            line = replace(line, lead=content.startswith("**") and "**:" in content.replace(":**", "**:"))
            self.label = text if text.endswith(":") or _is_bold(content) else ""
        if text and not any(_SAMPLE.search(label) for label in line.labels):
            yield line

    def _labels(self) -> tuple[str, ...]:
        # The first heading of level 1 is the page's title: "Best practices agent" labels nothing.
        headings = [text for level, text in sorted(self.headings.items(), reverse=True) if level > 1]
        inside = self.parents[:-1] if self.fresh else self.parents
        above = [self.label] if self.label and self.lists else []
        return tuple(label for label in (*reversed(inside), *above, *headings) if label)


def _without_examples(body: str) -> Iterator[str]:
    """Give the body with every closed `<example>` as blank lines."""
    opened: int | None = None
    done = 0
    for tag in _EXAMPLE.finditer(body):
        if not tag["end"] and opened is None:
            opened = tag.start()
        elif tag["end"] and opened is not None:
            yield body[done:opened]
            yield "\n" * body.count("\n", opened, tag.end())
            opened, done = None, tag.end()
    yield body[done:]


def plain(content: str) -> str:
    """Return Markdown text on one line without its emphasis; what stands in back-ticks stays as it is."""
    parts = re.split(r"(`[^`]*`)", " ".join(content.split()))
    return "".join(part if part.startswith("`") else _MARKUP.sub("", part) for part in parts).strip()


def _is_bold(content: str) -> bool:
    """Whether the whole paragraph is in bold, as people write a heading."""
    return content.startswith("**") and content.rstrip(" :").endswith("**") and content.count("**") == 2
