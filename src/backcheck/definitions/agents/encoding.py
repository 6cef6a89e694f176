"""Bytes of a definition to text: any bytes give text, and each guess is recorded."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from backcheck.definitions.agents.recovery import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "byte-order-mark"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)


def decode(data: bytes) -> tuple[str, tuple[Recovery, ...]]:
    """Return the text with `\\n` line ends, and what had to be mended to get it. Never fails."""  # noqa: D301 - a newline
    text, rules = _text(data)
    return _plain(text), tuple(Recovery(rule, 1) for rule in (*rules, *_oddities(text)))


def _text(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding, rule in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), (rule,)
    for encoding, pattern in (("utf-16-le", b"-\0-\0-\0"), ("utf-16-be", b"\0-\0-\0-")):
        if data.startswith(pattern):
            return data.decode(encoding, "replace"), ("utf-16",)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; they become U+FFFD.
        return data.decode("cp1252", "replace"), ("windows-1252",)


def _oddities(text: str) -> Iterator[str]:
    if "\r" in text:
        yield "carriage-return"
    if "\0" in text:
        yield "nul"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
