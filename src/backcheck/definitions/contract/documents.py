"""Document rules: where documents go, how their files are named, which kinds are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.contract.labels import Kind
from backcheck.definitions.contract.outline import introduces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.contract.outline import Line

_PLACE = re.compile(r"`(?P<code>[^`\n]+)`|(?<![\w/.`])(?P<plain>(?:\./)?docs?/[\w./\[\]{}<>*-]*[\w/\]}>*])")
_PATH = re.compile(r"(?:\.{0,2}/)?(?:[\w.\[\]{}<>*-]+/)+(?P<file>[\w.\[\]{}<>*-]+\.\w+|)|(?:\.?[\w-]+/)+[\w-]+")
_STORED = re.compile(
    r"\b(?:saved?|stor(?:ed?|ing)|written|writ(?:e|ing)|placed?|put|kept|keep|filed|go(?:es)?|lives?|belongs?|output)\b"
    r".{0,60}?\b(?:in|into|to|under|at)\b"
)
_NAMED = re.compile(r"\b(?:naming (?:convention|pattern|scheme|rule)|file ?names?|named|name files|follows?)\b")
_FILE_NAME = re.compile(r"[\w./\[\]{}<>*() -]*\.(?:md|mdx|txt|rst|adoc|html|pdf|docx?|ya?ml|json)")
_PLACEHOLDER = re.compile(r"YYYY|\[[\w -]+\]|<[\w -]+>|\{[\w -]+\}|NNN|\*")
_DOCUMENT = re.compile(
    r"\b(?:doc(?:s|ument\w*)?|reports?|spec(?:s|ifications?)?|adrs?|plans?|guides?|notes?|summar(?:y|ies)|logs?|records?|findings|artifacts?"
    r"|proposals?|rfcs?|post-?mortems?|runbooks?|decisions?|playbooks?|diagrams?|deliverables?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """One rule on the documents that the agent writes."""

    kind: str
    """`folder`, `name` or `type`."""
    value: str
    """The folder, the pattern of the file's name, or the type of document."""
    text: str
    line: int


def may_place(line: Line) -> bool:
    """Whether a line may be a rule on documents; most may not."""
    return "/" in line.text or "`" in line.text or line.kind is Kind.DOCUMENTS


def document_rules(line: Line) -> Iterator[DocumentRule]:
    """Give the rules of one line; most lines have none."""
    if line.kind is Kind.DOCUMENTS and line.bullet and not introduces(line.text):
        yield DocumentRule("type", line.text, line.text, line.line)
        return
    if "/" not in line.text and "`" not in line.text:
        return
    # In lower case: patterns that leave out case take three times as long. A letter that grows so would move the places.
    lower = line.text.replace("İ", "I").lower()
    named = _NAMED.search(lower)
    stored = _STORED.search(lower)
    for match in _PLACE.finditer(line.text) if named or stored else ():
        place = (match["code"] or match["plain"]).strip()
        if named and named.start() < match.start() and _PLACEHOLDER.search(place) and _FILE_NAME.fullmatch(place):
            yield DocumentRule("name", place, line.text, line.line)
        elif stored and stored.start() < match.start() and _is_for_documents(line, place):
            yield from _placed(place, line)


def _is_for_documents(line: Line, place: str) -> bool:
    """Whether what is stored is a document: "Place models in `app/Models/`" asks for none."""
    return bool(_DOCUMENT.search(" ".join((line.text.replace("`", " "), *line.labels[:1], place))))


def _placed(place: str, line: Line) -> Iterator[DocumentRule]:
    """Give the folder, and the pattern of the name where the path holds one."""
    path = _PATH.fullmatch(place)
    if not path:
        return
    name = path["file"] or ""
    folder = place.removesuffix(name)
    yield DocumentRule("folder", folder, line.text, line.line)
    if _PLACEHOLDER.search(name):
        yield DocumentRule("name", name, line.text, line.line)
