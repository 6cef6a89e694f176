"""Scalars: plain text of several lines, quoted text, blocks."""

from __future__ import annotations

import re
import sys

from backcheck.definitions.clients.bun.text import Text
from backcheck.definitions.clients.bun.values import fold

PLAIN = re.compile(r"(?:[^ \t\n:#]|:(?![ \t\n]|\Z)|#|[ \t]++(?![\n#]|\Z|:(?:[ \t\n]|\Z)))*+")
FLOW_PLAIN = re.compile(
    r"(?:[^ \t\n:#,\[\]{}]|:(?![ \t\n,\[\]{}]|\Z)|#|[ \t]++(?![\n#,\[\]{}]|\Z|:(?:[ \t\n,\[\]{}]|\Z)))*+"
)
_HEADER = re.compile(r"[|>](?:[ \t]*[-+1-9]){0,2}")
_DOUBLE = re.compile(r'[^"\\\n]*')
_SINGLE = re.compile(r"(?:[^'\n]|'')*")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", " ": " ",
    '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_DIGITS = re.compile(r"[0-9a-fA-F]+")
_CODES = {"x": 2, "u": 4, "U": 8}
"""Escapes by number, and how many digits each has."""


class Scalars(Text):
    """Reads scalars."""

    def continued(self, first: str, indent: int, pattern: re.Pattern[str]) -> str:
        """Return a plain text with the lines that go on with it."""
        parts = [first]
        while True:
            end = self.at
            start = self.start
            self.at = self.after_blanks()
            if self.char() != "\n":
                self.at = end
                break
            breaks = self.breaks()
            stop = self.column <= indent or self.marker() or self.char() in {"", "#"}
            if stop:
                self.at, self.start = end, start
                break
            if self.tabbed(indent) and not (pattern is FLOW_PLAIN and self.char() in ",]}"):
                raise self.error("tab")
            more = self.taken(pattern)
            if not more:
                if pattern is FLOW_PLAIN:
                    break
                raise self.error("colon")
            parts += [" " if breaks == 1 else "\n" * (breaks - 1), more]
            if pattern is PLAIN:
                self.refuse_colon()
        return "".join(parts)

    def refuse_colon(self) -> None:
        """Refuse a key below the first line of a text."""
        if self.text.startswith(":", self.after_blanks()):
            raise self.error("colon")

    def breaks(self) -> int:
        """Go over line ends and blank lines to the next text; return how many line ends there were."""
        count = 0
        while self.char() == "\n":
            count += 1
            self.at += 1
            self.start = self.at
            self.at = self.after_blanks()
        return count

    def double(self, indent: int) -> str:
        """Read a text in double quotes, at its first quote."""
        begin = self.at
        self.at += 1
        parts: list[str] = []
        while True:
            parts.append(self.taken(_DOUBLE))
            match self.char():
                case "":
                    raise self.error("quote", begin)
                case '"':
                    self.at += 1
                    return "".join(parts)
                case "\\":
                    parts.append(self.escape(indent))
                case _:
                    parts[-1] = parts[-1].rstrip(" \t")
                    parts.append(self.folded(indent))

    def escape(self, indent: int) -> str:
        """Read an escape, at its backslash."""
        char = self.char(1)
        self.at += 2
        if char == "\n":
            self.at -= 1
            return "\n" * (self.ends(indent) - 1)
        if char in _CODES:
            code = self.text[self.at : self.at + _CODES[char]]
            self.at += len(code)
            if len(code) < _CODES[char] or not _DIGITS.fullmatch(code) or int(code, 16) > sys.maxunicode:
                raise self.error("escape")
            return chr(int(code, 16))
        if char not in _ESCAPES:
            raise self.error("escape")
        return _ESCAPES[char]

    def folded(self, indent: int) -> str:
        """Go over line ends in quotes; return what they stand for."""
        breaks = self.ends(indent)
        return " " if breaks == 1 else "\n" * (breaks - 1)

    def ends(self, indent: int) -> int:
        """Go over line ends in quotes; return how many they count for."""
        breaks = (self.at in self.pairs) + self.breaks()
        if self.char() and (self.column <= indent or self.marker() or self.tabbed(indent)):
            raise self.error("indent")
        return breaks

    def single(self, indent: int) -> str:
        """Read a text in single quotes, at its first quote."""
        begin = self.at
        self.at += 1
        parts: list[str] = []
        while True:
            parts.append(self.taken(_SINGLE).replace("''", "'"))
            match self.char():
                case "":
                    raise self.error("quote", begin)
                case "'":
                    self.at += 1
                    return "".join(parts)
                case _:
                    parts[-1] = parts[-1].rstrip(" \t")
                    parts.append(self.folded(indent))

    def block_scalar(self, indent: int) -> str:
        """Read a block, at its `|` or `>`: literal or folded text."""
        folded = self.char() == ">"
        marks = [mark for mark in self.taken(_HEADER)[1:] if mark not in " \t"]
        digits = [mark for mark in marks if mark.isdigit()]
        if len(marks) == 2 and len(digits) != 1:
            raise self.error("header")
        chomp = next((mark for mark in marks if mark in "+-"), "")
        after = self.after_blanks()
        rest = self.text[after : self.line_end()]
        if rest and not (rest[0] == "#" and after > self.at):
            raise self.error("header")
        self.next_line()
        margin = max(indent, 0) + int(digits[0]) if digits else None
        lines, trailing = self.block_lines(indent, margin)
        text = fold(lines) if folded else "\n".join(lines)
        if chomp == "+":
            return text + "\n" * (trailing + (1 if lines else 0))
        return text + ("\n" if lines and not chomp else "")

    def block_lines(self, indent: int, margin: int | None) -> tuple[list[str], int]:
        """Return the lines of a block scalar without their indentation, and the number of blank lines after them."""
        lines: list[str] = []
        blank = 0
        widest = 0
        while self.at < self.size:
            end = self.line_end()
            spaces = self.after_spaces() - self.at
            line = self.text[self.at : end]
            if spaces == len(line) and (margin is None or spaces <= margin):
                widest = max(widest, spaces)
                blank += end < self.size or not lines
            else:
                if margin and not lines and spaces < margin and line.startswith("\t", spaces):
                    raise self.error("tab")
                if spaces <= indent or (margin is not None and spaces < margin) or (not spaces and self.marker()):
                    break
                if margin is None:
                    if widest > spaces or (not spaces and line[0] == "\t"):
                        raise self.error("indent" if spaces else "tab")
                    margin = spaces
                lines += [*[""] * blank, line[margin:]]
                blank = 0
            self.next_line()
        return lines, blank
