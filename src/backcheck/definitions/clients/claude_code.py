"""Claude Code: what the real client makes of a definition, measured with version 2.1.329.

It takes the text between a first line `---` and the next `---`, wherever that stands, and reads it by Bun's YAML. What fails is
read once more with tabs as spaces and the values of simple lines in quotes. Every `\\n` of a description becomes a new line.
"""  # noqa: D301 - a backslash and an n

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backcheck.definitions.clients.bun import BunYamlError, read
from backcheck.definitions.clients.claude_hooks import is_refused
from backcheck.definitions.clients.claude_reasons import SPECIAL, changed, no_front_matter, not_yaml
from backcheck.definitions.clients.claude_tools import resolve
from backcheck.definitions.clients.loaded import Loaded, Outcome, Tools
from backcheck.escape import printable

if TYPE_CHECKING:
    from pathlib import Path


_MAX_BYTES = 1 << 20
_MAX_NAME = 256
"""In UTF-16 units, as JavaScript counts."""
_SPACE = "[\\t\\n\\v\\f\\r \\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]"
"""White space as JavaScript's `\\\\s` has it; Python's has other characters."""
_OPENING = re.compile(rf"---{_SPACE}*\n")
_SIMPLE = re.compile(rf"(?P<key>[A-Za-z_-]+):{_SPACE}+(?P<value>[^\n\r\u2028\u2029]+)")
_TABS = re.compile(r"^\t+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Front:
    """The text that the client takes for YAML."""

    block: str
    line: int
    """Line of the file on which it begins."""


def load(content: bytes, path: Path, *, meant: str | None) -> Loaded:
    """Return what the client makes of a file; ``meant`` is the description that its author wrote, where one was found."""
    if not path.name.endswith(".md"):
        return _dead(f"the client reads files that end in .md, not {path.suffix or 'files without an ending'}")
    if len(content) > _MAX_BYTES:
        return _dead(f"the file has {len(content)} bytes, and the client reads at most {_MAX_BYTES}")
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    front = _front(text)
    if front is None:
        return _dead(no_front_matter(content, text))
    try:
        fields = _fields(front)
    except BunYamlError as error:
        return _dead(not_yaml(error, front.block, front.line))
    why = _refusal(fields)
    if why or not isinstance(fields, dict):
        return _dead(why)
    description = fields["description"].replace("\\n", "\n")
    reason = changed(text, fields, description, meant)
    return Loaded(Outcome.CHANGED if reason else Outcome.LOADS, reason, fields["name"], description, resolve(fields))


def _dead(why: str) -> Loaded:
    return Loaded(Outcome.DEAD, why, None, None, Tools(None, ()))


def _front(text: str) -> _Front | None:
    opening = _OPENING.match(text)
    end = text.find("---", opening.end()) if opening else -1
    if opening is None or end < 0:
        return None
    return _Front(text[opening.end() : end], text.count("\n", 0, opening.end()) + 1)


def _fields(front: _Front) -> Any:  # noqa: ANN401 - any YAML value
    try:
        return read(front.block)
    except BunYamlError:
        lines = _TABS.sub(lambda tabs: "  " * len(tabs[0]), front.block).split("\n")
        return read("\n".join(_quoted(line) for line in lines))


def _quoted(line: str) -> str:
    """Return the line with its value in quotes, as the client writes it before it tries again."""
    match = _SIMPLE.fullmatch(line)
    if not match or not SPECIAL.search(match["value"]) or _is_quoted(match["value"]) or _is_list(match["value"]):
        return line
    escaped = match["value"].replace("\\", "\\\\").replace('"', '\\"')
    return f'{match["key"]}: "{escaped}"'


def _is_quoted(value: str) -> bool:
    return value[0] == value[-1] and value[0] in "\"'"


def _is_list(value: str) -> bool:
    if not (value.startswith("[") and value.endswith("]")):
        return False
    try:
        return isinstance(read(value), list)
    except BunYamlError:
        return False


def _refusal(fields: Any) -> str:  # noqa: ANN401
    """Return why the client makes no agent of these fields; empty where it does."""
    if not isinstance(fields, dict):
        kind = "a list" if isinstance(fields, list) else "empty" if fields is None else "a text"
        return f"the front matter is {kind}, and no mapping with a `name`"
    name, description = fields.get("name"), fields.get("description")
    if name in (None, "") or (not isinstance(name, str) and not name):
        return _missing("name", fields)
    if not isinstance(name, str):
        return f"the name is {_kind(name)} and no text: put it in quotes"
    if ":" in name:
        return f"the name {printable(name[:80], keep='')!r} holds a colon, which the client keeps for plugins"
    if len(name.encode("utf-16-le", "surrogatepass")) // 2 > _MAX_NAME:
        return f"the name is longer than {_MAX_NAME} characters"
    if description in (None, ""):
        return _missing("description", fields)
    if not isinstance(description, str):
        return f"the description is {_kind(description)} and no text: put it in quotes"
    return (
        "the client refuses `hooks`: it is no mapping of events to lists of hooks"
        if is_refused(fields.get("hooks"))
        else ""
    )


def _missing(key: str, fields: dict[str, Any]) -> str:
    if key in fields:
        return f"there is no {key}: the field is empty"
    near = next((other for other in fields if other.strip().lower() == key), None)
    return f"there is no {key}" + (f": the client does not know the key {printable(near, keep='')!r}" if near else "")


def _kind(value: object) -> str:
    match value:
        case bool():
            return f"the truth value {str(value).lower()}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case _:
            return "a mapping"
