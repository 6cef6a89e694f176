"""What Python's string and number literals are worth."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\(?:(\r\n|\n|\r)|([\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\})"
)
_SIMPLE = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_MAX_DIGITS = 4_000
"""Python refuses to convert longer decimal numbers."""


def string(content: bytes, prefix: str) -> str | bytes:
    """Return the value of a string's content, its escapes resolved; ``prefix`` in lower case (`rb`, `f` …)."""
    if b"\\" not in content and "b" not in prefix:
        text = content.decode("utf-8", "replace")
    elif "b" in prefix:
        raw = content.decode("latin-1")
        return (raw if "r" in prefix else _ESCAPE.sub(_resolve, raw)).encode("latin-1", "replace")
    else:
        text = content.decode("utf-8", "replace")
        text = text if "r" in prefix else _ESCAPE.sub(_resolve, text)
    return text.replace("{{", "{").replace("}}", "}") if "f" in prefix else text


def _resolve(match: re.Match[str]) -> str:
    newline, simple, octal, *codes = match.groups()
    if newline:
        return ""
    if simple:
        return _SIMPLE[simple]
    if octal:
        return chr(int(octal, 8))
    code = next((int(digits, 16) for digits in codes if digits), None)
    return match[0] if code is None or code > 0x10FFFF else chr(code)


def number(text: str) -> int | float | None:
    """Return the value of a number; None for a complex one and for one too long to convert."""
    text = text.lower().replace("_", "").rstrip("l")
    if text.endswith("j") or len(text) > _MAX_DIGITS:
        return None
    try:
        if text[:2] in {"0x", "0o", "0b"}:
            return int(text, 0)
        return float(text) if "." in text or "e" in text else int(text)
    except ValueError:
        return None
