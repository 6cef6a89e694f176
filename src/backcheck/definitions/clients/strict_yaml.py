"""A strict reader: front matter between two lines `---` from the first byte on, read by YAML 1.1 and nothing else.

This is what PyYAML, python-frontmatter and most build scripts do with a definition; gray-matter and js-yaml differ in details.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import tool_names
from backcheck.definitions.agents.yaml_core import read_mapping
from backcheck.definitions.clients.loaded import Loaded, Outcome, Tools
from backcheck.definitions.clients.strict_loader import StrictError, load_strictly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_FENCE = re.compile(r"---[ \t]*\r?$", re.MULTILINE)
_TEXTS = ("name", "description", "model", "color")
"""Fields that every reader takes for texts."""


def load(content: bytes, path: Path, *, meant: str | None) -> Loaded:
    """Return what a strict reader makes of a file; ``meant`` is the description that its author wrote.

    It has no catalogue of tools: those that a file names are those that the agent has.
    """
    del path
    try:
        block = _block(content)
        fields = _fields(block)
    except StrictError as error:
        # The block's first line is the file's second.
        where = "" if error.line is None else f"line {error.line + 2}, column {error.column + 1}: "
        return Loaded(Outcome.DEAD, where + error.reason, None, None, Tools(None, ()))
    reason = "; ".join(_differences(fields, block, meant))
    written = tool_names(fields["tools"]) if "tools" in fields else None
    return Loaded(
        outcome=Outcome.CHANGED if reason else Outcome.LOADS,
        reason=reason,
        name=_text(fields.get("name")),
        description=_text(fields.get("description")),
        tools=Tools(written, written or ()),
    )


def _block(content: bytes) -> str:
    """Return the text between the fences; its last line end included, the first fence's left out."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise StrictError(f"byte {error.start + 1} of the file is no UTF-8") from None
    opening = _FENCE.match(text)
    if opening is None:
        raise StrictError("the file does not begin with a line `---`")
    closing = _FENCE.search(text, opening.end() + 1)
    while closing is not None and text[closing.start() - 1] != "\n":
        closing = _FENCE.search(text, closing.end())
    if closing is None:
        raise StrictError("no line `---` ends the front matter")
    return text[opening.end() + 1 : closing.start()]


def _fields(block: str) -> dict[str, Any]:
    found = load_strictly(block)
    if not isinstance(found, dict):
        what = "empty" if found is None else "a list" if isinstance(found, list) else "a text without fields"
        raise StrictError(f"the front matter is {what}")
    return {str(key): value for key, value in found.items()}


def _differences(fields: dict[str, Any], block: str, meant: str | None) -> Iterator[str]:
    """Yield what this reader takes otherwise than it was meant."""
    # Copilot takes a list of models.
    taken = {str, type(None)}
    other = [key for key in _TEXTS if type(fields.get(key)) not in (taken | {list} if key == "model" else taken)]
    if other:
        as_written = read_mapping(block) or {}
        for key in other:
            value = fields[key]
            yield f"the {key} {_text(as_written.get(key, value))!r} is read as {_kind(value)}"
    description = fields.get("description")
    if meant is None or not isinstance(description, str | None):
        return
    read = description or ""
    # Clients put new lines for a literal `\n`; this reader keeps every character, which changes nothing.
    if read.replace(r"\n", "\n").split() != meant.split():
        yield f"the description is cut: {len(read)} of {len(meant)} characters"


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _kind(value: object) -> str:
    match value:
        case bool():
            return f"the truth value {value}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"a {type(value).__name__}"
