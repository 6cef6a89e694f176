"""Front matter that every YAML reader takes alike, and TOML: written strictly, one value at a time."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLAIN = re.compile(r"[A-Za-z](?:[\w./(),*-]| (?! )(?![#]))*[\w.)*]|[A-Za-z]", re.ASCII)
"""Text that needs no quotes, save the words below."""

_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
_UNSAFE = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What is no printable character of YAML, or ends a line in YAML 1.1 alone (NEL, U+2028, U+2029)."""

_FENCE = re.compile("-{3,}")
"""Claude Code ends the front matter at the first `---` behind its first line, wherever it stands (measured in 2.1.329)."""

_NAMED = {"\n": r"\n", "\t": r"\t", "\r": r"\r", '"': r"\"", "\\": r"\\"}
_BITS = 64
"""Python refuses to write out a decimal number of thousands of digits; YAML reads a hexadecimal one alike."""

_LARGEST = 10_000
"""Values that one definition may hold: YAML's aliases can stand for more than memory holds."""

_DEEPEST = 20
"""Levels of nesting; an alias can hold itself."""

_TOML_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def front_matter(fields: Mapping[str, object], body: str) -> str:
    """Return a Markdown file with these fields, in this order, and this body."""
    return "\n".join(["---", *_lines(fields, 0, [0]), "---", body])


def toml(fields: Mapping[str, object], body_key: str, body: str) -> str:
    """Return a TOML file with these fields and, as the last one, the body under ``body_key``."""
    lines = [f"{key} = {_toml_value(value)}" for key, value in fields.items()]
    return "\n".join([*lines, f"{body_key} = {_toml_text(body)}", ""])


def scalar(text: str) -> str:
    """Return the text as a YAML scalar on one line: plain where no reader could take it for anything else."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and "---" not in text:
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """Return the text in double quotes, with the escapes that YAML and TOML share; half a surrogate pair becomes `?`."""
    sound = text.encode("utf-8", "replace").decode()
    named = _FENCE.sub(lambda found: r"\u002d" * len(found[0]), "".join(_NAMED.get(char, char) for char in sound))
    return '"' + _UNSAFE.sub(lambda found: _escape(ord(found[0])), named) + '"'


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _lines(fields: Mapping[str, object], depth: int, count: list[int]) -> Iterator[str]:
    margin = "  " * depth
    for key, value in fields.items():
        count[0] += 1
        if count[0] > _LARGEST or depth > _DEEPEST:
            raise UsageError("the front matter holds too much", help="write it without YAML's aliases")
        name = f"{margin}{scalar(str(key))}:"
        match value:
            case dict() if value:
                yield name
                yield from _lines(value, depth + 1, count)
            case _:
                yield f"{name} {_flow(value, depth, count)}"


def _flow(value: object, depth: int, count: list[int]) -> str:
    """Return a value on one line, as YAML's flow style writes it."""
    count[0] += 1
    if count[0] > _LARGEST or depth > _DEEPEST:
        raise UsageError("the front matter holds too much", help="write it without YAML's aliases")
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if value.bit_length() <= _BITS else hex(value)
        case float():
            return json.dumps(value) if math.isfinite(value) else quoted(str(value))
        case dict():
            inner = (f"{quoted(str(key))}: {_flow(one, depth + 1, count)}" for key, one in value.items())
            return "{" + ", ".join(inner) + "}"
        case list() | tuple():
            return "[" + ", ".join(_inner(one, depth, count) for one in value) + "]"
        case _:
            return scalar(str(value))


def _inner(value: object, depth: int, count: list[int]) -> str:
    # A comma or bracket of a plain scalar would end it inside a list.
    if isinstance(value, str) and re.search(r"[,()*]", value):
        return quoted(value)
    return _flow(value, depth + 1, count)


def _toml_value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(map(_toml_value, value)) + "]"
        case _:
            return quoted(str(value))


def _toml_text(text: str) -> str:
    """Return the text over several lines: literally where it can be, so that a person reads it as it was written."""
    sound = text.encode("utf-8", "replace").decode()
    if "'''" not in sound and not sound.endswith("'") and not _TOML_ACTING.search(sound):
        return f"'''\n{sound}'''"
    named = sound.replace("\\", "\\\\").replace('"', '\\"')
    return '"""\n' + _TOML_ACTING.sub(lambda found: _escape(ord(found[0])), named) + '"""'
