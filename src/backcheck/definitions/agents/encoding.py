"""Bytes of a definition to text: any bytes give text, each guess is recorded, and every character knows its bytes."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from backcheck.definitions.agents.recovery import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "byte-order-mark"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
_UNITS = {"utf-8": 1, "cp1252": 1, "utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
_ODD = re.compile(r"\r\n?|\0+|[\ud800-\udfff]+")
"""What the text does not hold as the file does: ends of lines, NUL, and bytes that are none in the file's encoding."""
_BAD = re.compile(r"[\ud800-\udfff]+")
_SAMPLE = 200


class Decoded(NamedTuple):
    """A file's text, and the way back to its bytes."""

    text: str
    """With `\\n` line ends, without NUL; bytes that mean nothing are U+FFFD."""
    mends: tuple[Recovery, ...]
    """What had to be mended to get it."""
    raw: str
    """The text before that: every character stands for its own bytes, a surrogate for one unit that means nothing."""
    encoding: str
    start: int
    """Length of the byte order mark."""

    def in_bytes(self, offsets: Iterable[int]) -> dict[int, int]:
        """Return where in the file each of these offsets in the text lies. Takes one walk, whatever their number."""
        wanted = sorted(set(offsets))
        found: dict[int, int] = {}
        gaps = self._gaps()
        gap = next(gaps, None)
        char, byte = 0, self.start
        for offset in wanted:
            while gap is not None and gap[1] <= offset:
                begin, end, width = gap
                byte += self._width(self.text[char:begin]) + width
                char = end
                gap = next(gaps, None)
            byte += self._width(self.text[char:offset])
            char = offset
            found[offset] = byte
        return found

    def _gaps(self) -> Iterator[tuple[int, int, int]]:
        """Yield where the text differs from the file: begin and end in the text, and the bytes in the file."""
        if self.text is self.raw:
            return
        ahead = 0  # how many characters the file has had more
        for match in _ODD.finditer(self.raw):
            begin = match.start() - ahead
            end = begin + self._length(match[0])
            ahead = match.end() - end
            yield begin, end, len(match[0]) * _UNITS[self.encoding]

    def _length(self, odd: str) -> int:
        match odd[0]:
            case "\r":
                return 1
            case "\0":
                return 0
            case _:
                return len(_replaced(odd, self.encoding))

    def _width(self, text: str) -> int:
        if self.encoding == "utf-8":
            return len(text) if text.isascii() else len(text.encode())
        if self.encoding.startswith("utf-16"):
            return len(text.encode(self.encoding))
        return len(text) * _UNITS[self.encoding]


def decode(data: bytes) -> Decoded:
    """Return the text, what had to be mended to get it, and the way back to the bytes. Never fails."""
    start, encoding, rule = _encoding(data)
    rules = [rule] if rule else []
    rest = data[start:]
    is_sound = True
    try:
        raw = rest.decode(encoding)
    except UnicodeDecodeError:
        is_sound = False
        if encoding == "utf-8":
            encoding, rule = _guess(rest)
            rules.append(rule)
            raw = rest.decode(encoding, "surrogateescape")
        else:
            unit = _UNITS[encoding]
            whole = rest[: len(rest) // unit * unit]
            raw = whole.decode(encoding, "surrogatepass") if unit == 2 else whole.decode(encoding, "replace")
    if "\r" in raw:
        rules.append("carriage-return")
    if "\0" in raw:
        rules.append("nul")
    text = _plain(raw) if is_sound else _plain(_BAD.sub(lambda bad: _replaced(bad[0], encoding), raw))
    # One object where nothing differs, so that the way back is short.
    return Decoded(text if text != raw else raw, tuple(Recovery(name, 1) for name in rules), raw, encoding, start)


def _encoding(data: bytes) -> tuple[int, str, str]:
    for mark, encoding, rule in _MARKS:
        if data.startswith(mark):
            return len(mark), encoding, rule
    # Without a mark: nearly every other byte of a front matter in UTF-16 is NUL.
    for encoding, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        units = len(data[:_SAMPLE]) // 2
        if data[high:_SAMPLE:2].count(0) > units * 0.7 and data[low:_SAMPLE:2].count(0) < units * 0.1:
            return 0, encoding, "utf-16"
    return 0, "utf-8", ""


def _guess(data: bytes) -> tuple[str, str]:
    """Return whether bytes that are no UTF-8 are damaged UTF-8 or Windows-1252, by what most of them are."""
    bad = data.decode("utf-8", "replace").count("\ufffd")
    whole = data.decode("utf-8", "ignore")
    good = len(whole) - len(whole.encode("ascii", "ignore"))
    return ("utf-8", "broken-utf-8") if good >= bad else ("cp1252", "windows-1252")


def _plain(raw: str) -> str:
    return raw.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _replaced(bad: str, encoding: str) -> str:
    """Return U+FFFD as often as any decoder does: once for each sequence that was cut short."""
    if encoding == "utf-8":
        return bad.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "\ufffd" * len(bad)
