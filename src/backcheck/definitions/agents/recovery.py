"""What a forgiving reader mended to understand a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recovery:
    """One thing that a strict reader would refuse or read otherwise."""

    rule: str
    """Name of the fault, one of `RULES`."""
    line: int
    """Line of the file on which it begins."""


_OF_THE_FILE = {
    # The bytes.
    "byte-order-mark": "The file begins with the byte order mark of UTF-8.",
    "utf-16": "The file is in UTF-16.",
    "utf-32": "The file is in UTF-32.",
    "windows-1252": "The file is no UTF-8; its letters are those of Windows-1252.",
    "broken-utf-8": "Some bytes of the file are no UTF-8; they were replaced.",
    "carriage-return": "Lines end with a carriage return.",
    "nul": "The file holds NUL bytes, which were left out.",
    # The fences.
    "text-before-front-matter": "Blank lines, a comment or a text stand before the front matter.",
    "code-fence": "The front matter stands in a code fence.",
    "loose-fence": "A fence of the front matter is no plain line `---`.",
    "no-opening-fence": "The front matter begins without a line `---`.",
    "no-closing-fence": "No line `---` ends the front matter.",
    "indented-front-matter": "The whole front matter is indented.",
}
_OF_THE_FIELDS = {
    # The keys.
    "capital-key": "A key is spelled with a capital letter.",
    "odd-colon": "The colon after a key lacks its space, or is a full-width one.",
    "duplicate-key": "A key stands twice; the last counts, and the first is lost.",
    "tab-indentation": "Tabs indent a value.",
    # The values.
    "unquoted-colon": "An unquoted text holds a colon and a space, which YAML takes for a key's end.",
    "unquoted-text": "An unquoted or wrongly quoted text means something else in YAML, or nothing.",
    "control-character": "A text holds a control character, which YAML allows nowhere.",
    "unindented-text": "A text goes on in lines that are not indented.",
    "unindented-block": "The lines of a block are not indented, or indented unevenly.",
    "literal-newline": "A text holds a backslash and an n where lines are meant to end.",
    "silently-cut": "YAML drops a part of the description: what follows ` #`, a word after `&`, or what stands after the value.",
    "description-not-text": "The description is a number, a list or a mapping.",
}
RULES = _OF_THE_FILE | _OF_THE_FIELDS
"""Every rule by which a file may be mended, with what was wrong in the file."""
OF_THE_FILE = frozenset(_OF_THE_FILE)
"""Those by which a file is mended before its fields are looked at."""
