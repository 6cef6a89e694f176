"""Text on its way to a model or a person: what would act instead of being read is escaped.

A lone surrogate (a file name that is not UTF-8) ends a JSON server; an escape sequence moves a cursor; a bidirectional
override shows code that is not there; a newline in a file name starts a line that nobody wrote.
"""

from __future__ import annotations

import unicodedata

_ACTS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LAYOUT = frozenset("\n\t")


def visible(text: str) -> str:
    """Escape control, format and separator characters and lone surrogates, except newline and tab."""
    return _escaped(text, _LAYOUT)


def name(path: str) -> str:
    """Escape as `visible` does, and newline and tab too: a file name takes one line."""
    return _escaped(path, frozenset())


def _escaped(text: str, kept: frozenset[str]) -> str:
    if text.isprintable():
        return text
    acting = {char for char in set(text) - kept if unicodedata.category(char) in _ACTS}
    return text.translate({ord(char): _escape(ord(char)) for char in acting}) if acting else text


def _escape(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
