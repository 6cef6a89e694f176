"""Document rules: where documents go, how their files are named, which kinds are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.contract.labels import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.contract.outline import Line

_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:\.?[\w.-]+/)+(?:[\w.-]+/?)?")
_STORED = re.compile(
    r"\b(?:saved?|stor(?:ed?|ing)|written|write|placed?|put|kept|keep|filed?|go(?:es)?|lives?|belongs?|output)\b"
    r".{0,60}?\b(?:in|into|to|under|at)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:naming (?:convention|pattern|scheme|rule)|file ?names?|named|name files)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"YYYY|\[[\w -]+\]|<[\w -]+>|\{[\w -]+\}|NNN|\*")


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """One rule on the documents that the agent writes."""

    kind: str
    """`folder`, `name` or `type`."""
    value: str
    """The folder, the pattern of the file's name, or the type of document."""
    text: str
    line: int


def document_rules(line: Line) -> Iterator[DocumentRule]:
    """Give the rules of one line; most lines have none."""
    if line.bullet and kind_of(line.labels) is Kind.DOCUMENTS and not line.text.endswith(":"):
        yield DocumentRule("type", line.text, line.text, line.line)
        return
    named = _NAMED.search(line.text)
    stored = _STORED.search(line.text)
    for match in _CODE.finditer(line.text):
        code = match[1].strip()
        if named and named.start() < match.start() and _PLACEHOLDER.search(code):
            yield DocumentRule("name", code, line.text, line.line)
        elif stored and stored.start() < match.start() and _PATH.fullmatch(code):
            yield DocumentRule("folder", code, line.text, line.line)
