"""A text that is read from its first character to its last, and the place that the reader has reached."""

from __future__ import annotations

import re
from typing import Any

MAX_DEPTH = 100
"""Collections inside one another. Bun goes on to thousands; Python's stack would not."""

_BLANKS = re.compile(r"[ \t]*")
_SPACES = re.compile(r" *")
_MARKER = re.compile(r"(?:---|\.\.\.)(?=[ \t\n]|\Z)")


class BunYamlError(ValueError):
    """The reader refuses a text."""

    def __init__(self, what: str, line: int) -> None:
        """Tell what is wrong in one word, and in which line of the text, counted from 1."""
        super().__init__(what)
        self.what = what
        self.line = line


class Text:
    """The text, with one and the same character for every line end, and the place in it."""

    def __init__(self, text: str) -> None:
        text = text.removeprefix("\ufeff")
        self.pairs = frozenset(found.start() - count for count, found in enumerate(re.finditer("\r\n", text)))
        """Where a line ended in CR LF; in quotes such an end counts twice if it comes first."""
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.size = len(self.text)
        self.at = 0
        self.start = 0
        """Where the line begins that `at` is in."""
        self.depth = 0
        self.outdented = False
        """Whether a flow collection goes on at a place that is not indented more than its parent."""
        self.anchors: dict[str, Any] = {}
        if "\0" in text:
            self.at = self.text.index("\0")
            raise self.error("character")

    def char(self, offset: int = 0) -> str:
        """Return the character that stands here, or some places on; nothing at the end."""
        at = self.at + offset
        return self.text[at] if at < self.size else ""

    def spaced(self, offset: int = 1) -> bool:
        """Whether white space or the end follows."""
        return self.char(offset) in {"", " ", "\t", "\n"}

    def taken(self, pattern: re.Pattern[str]) -> str:
        """Go over what a pattern matches here, be it nothing."""
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found[0] if found else ""

    def after_blanks(self) -> int:
        """Return where the blanks end that stand here."""
        found = _BLANKS.match(self.text, self.at)
        return found.end() if found else self.at

    def after_spaces(self) -> int:
        """Return where the spaces end that stand here."""
        found = _SPACES.match(self.text, self.at)
        return found.end() if found else self.at

    def next_line(self) -> None:
        """Go to the first character of the next line; after the last line, to the end."""
        end = self.line_end()
        self.at = min(end + 1, self.size)
        self.start = self.at if end < self.size else self.start

    def line_end(self) -> int:
        """Return where this line ends."""
        end = self.text.find("\n", self.at)
        return self.size if end < 0 else end

    @property
    def column(self) -> int:
        """How far this place is from the beginning of its line."""
        return self.at - self.start

    def fresh(self) -> bool:
        """Whether nothing but indentation stands before this place in its line."""
        return not self.text[self.start : self.at].strip(" \t")

    def marker(self) -> bool:
        """Whether `---` or `...` parts documents here."""
        return self.at == self.start and _MARKER.match(self.text, self.at) is not None

    def error(self, what: str, at: int | None = None) -> BunYamlError:
        """Return the refusal of what stands here, or at another place."""
        return BunYamlError(what, self.text.count("\n", 0, self.at if at is None else at) + 1)

    def skip(self) -> bool:
        """Skip blanks, comments and line ends; whether a line ended."""
        crossed = False
        text = self.text
        while True:
            self.at = self.after_blanks()
            char = self.char()
            if char == "#" and (self.at == 0 or text[self.at - 1] in " \t\n"):
                self.at = self.line_end()
                char = self.char()
            if char != "\n":
                return crossed
            self.at += 1
            self.start = self.at
            crossed = True

    def refuse_tab(self, begin: int) -> None:
        """Refuse a collection that begins there where a tab stands before it in its line."""
        before = self.text[self.start : begin]
        if before.endswith("\t") or (before[:1] in {" ", "\t"} and "\t" in before and not before.strip(" \t")):
            raise self.error("tab", begin)

    def tabbed(self, indent: int) -> bool:
        """Whether this place is the first of its line, and tabs had to indent it more than its parent."""
        if self.text[self.at - 1 : self.at] != "\t" and "\t" not in self.text[self.start : self.at]:
            return False
        return (
            len(self.text[self.start : self.at]) - len(self.text[self.start : self.at].lstrip(" ")) <= indent
            and self.fresh()
        )
