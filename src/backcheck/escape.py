"""Text of a workspace on its way to a person or a model: what would act instead of being read is shown as an escape.

A lone surrogate (a file name that is not UTF-8) ends a JSON server; an escape sequence moves a cursor; a bidirectional
override shows code that is not there; a newline in a file name starts a line that nobody wrote.
"""

from __future__ import annotations

import unicodedata

_ACTING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories: control, format (bidirectional overrides, zero width), lone surrogates, line separators."""


def printable(text: str, keep: str = "\n\t") -> str:
    r"""Return the text with every character that acts as `\x1b`, `\u202e` or `\U000e0001`, save those in ``keep``.

    What takes one line (a file name, a message) is given with ``keep`` empty.
    """
    if text.isprintable():
        return text
    acting = {char for char in set(text) - set(keep) if unicodedata.category(char) in _ACTING}
    return text.translate({ord(char): _escaped(ord(char)) for char in acting}) if acting else text


def _escaped(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
