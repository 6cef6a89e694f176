"""What JavaScript's literals are worth: strings with escapes, template pieces, numbers."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,8})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_SINGLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": "", "\r": ""}
_LAST_CODE_POINT = 0x10FFFF


def unescape(text: str) -> str:
    """Return the value of a string's inside, without its quotes."""
    return _ESCAPE.sub(_replace, text) if "\\" in text else text


def _replace(match: re.Match[str]) -> str:
    braced, four, two, single = match.groups()
    digits = braced or four or two
    if digits is None:
        return _SINGLE.get(single, single)
    code = int(digits, 16)
    return chr(code) if code <= _LAST_CODE_POINT and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def number(text: str) -> int | float | None:
    """Return the value of a number as written; None for one that Python cannot hold (`1e999n`)."""
    plain = text.replace("_", "").rstrip("n").lower()
    try:
        if plain[:2] in {"0x", "0o", "0b"}:
            return int(plain, 0)
        if plain.isdigit():
            return int(plain)
        return float(plain)
    except ValueError:
        return None
