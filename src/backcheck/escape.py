"""Text of a workspace on its way to a person or a model: what could act or cannot be encoded is shown as an escape."""

from __future__ import annotations

import unicodedata

_ACTING = {"Cc", "Cf", "Cs"}
"""Unicode categories: control (ANSI sequences), format (bidirectional overrides, zero width), lone surrogates."""


def printable(text: str, keep: str = "\n\t") -> str:
    r"""Return the text with control and format characters and lone surrogates as `\uXXXX`, save those in ``keep``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char in keep or unicodedata.category(char) not in _ACTING else _escaped(char) for char in text
    )


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
