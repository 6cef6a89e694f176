"""Plain text to values, keys to text, lines to folded text."""

from __future__ import annotations

import re
from typing import Any

_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_MAX_MERGED = 200


def resolved(text: str) -> Any:  # noqa: ANN401
    """Return what a plain scalar is in the core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return float(text) if not text.lstrip("+-").isdigit() or len(text) > 15 else int(text)
    if _HEXADECIMAL.fullmatch(text):
        return _double(int(text[2:], 16 if text[1] == "x" else 8))
    if _INFINITE.fullmatch(text):
        return float(text.lower().replace(".", ""))
    return text


def _double(number: int) -> int | float:
    """Return a whole number as JavaScript holds it: exact as far as a double is."""
    try:
        return number if number < 1 << 53 else float(number)
    except OverflowError:
        return float("inf")


def key_text(value: Any) -> str:  # noqa: ANN401
    """Return a key as JavaScript makes text of it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return ",".join(
                "" if item is None else "[object Object]" if isinstance(item, list) else key_text(item)
                for item in value
            )
        case dict():
            return "[object Object]"
        case float() if value == int(value) if abs(value) < 1e15 else False:
            return str(int(value))
        case _:
            return str(value)


def put(found: dict[str, Any], key: str, value: Any) -> None:  # noqa: ANN401
    """Set a key; `<<` merges what is not there yet, up to a bound: a short text could name a long mapping many times."""
    merged = value if isinstance(value, list) else [value]
    if key != "<<" or not all(isinstance(inner, dict) for inner in merged):
        found[key] = value
        return
    for inner in merged[:_MAX_MERGED]:
        if len(inner) <= _MAX_MERGED:
            found.update({name: inner[name] for name in inner.keys() - found.keys()})


def fold(lines: list[str]) -> str:
    """Join the lines of a folded block: one line end becomes a space, except beside lines that are indented or blank."""
    parts: list[str] = []
    blank = 0
    before = ""
    for line in lines:
        if not line:
            blank += 1
            continue
        spaced = line[0] in " \t" or before[:1] in {" ", "\t"}
        if not before:
            parts.append("\n" * blank)
        elif blank:
            parts.append("\n" * (blank + spaced))
        else:
            parts.append("\n" if spaced else " ")
        parts.append(line)
        before, blank = line, 0
    return "".join(parts)
