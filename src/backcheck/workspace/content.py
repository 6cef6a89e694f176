"""A file's bytes, whole and bounded, and the text that they are."""

from __future__ import annotations

import codecs
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.workspace.resolve import REGULAR, refusal

if TYPE_CHECKING:
    from backcheck.workspace.resolve import Place

WHOLE = 10 * 1024 * 1024
"""Bytes of the largest file that is read in one piece, and so the largest that can be edited."""
_SNIFFED = 8 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Text:
    """The text of some bytes; `encode` gives the very same bytes back for the same text."""

    text: str
    encoding: str
    bom: bytes

    def encode(self, text: str) -> bytes:
        """Return ``text`` in this file's encoding, with its byte order mark; raises `ToolError` where it cannot be."""
        try:
            return self.bom + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise ToolError(
                f"the file is {self.encoding}, which has no {error.object[error.start]!a}",
                help="use characters of that encoding, or write the whole file anew as UTF-8",
            ) from error


def read_place(place: Place) -> bytes:
    """Return the bytes of the file at ``place``, through the folder that is held open; over `WHOLE` bytes is refused.

    The limit counts bytes read: a size may lie, and a sparse file costs nothing to make.
    """
    try:
        fd = os.open(place.leaf, REGULAR | os.O_NOFOLLOW, dir_fd=place.folder)
    except OSError as error:
        raise refusal(error, place.path) from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ToolError(
                f"{printable(place.path, keep='')!r} is not a regular file", help="only regular files can be opened"
            )
        data = read_up_to(fd, WHOLE + 1, place.path)
    finally:
        os.close(fd)
    if len(data) > WHOLE:
        raise ToolError(
            f"{printable(place.path, keep='')!r} is larger than {WHOLE >> 20} MiB",
            help="change it with a command in bash",
        )
    return data


def read_up_to(fd: int, limit: int, path: str) -> bytes:
    """Return at most ``limit`` bytes from where ``fd`` stands."""
    chunks: list[bytes] = []
    try:
        while limit > 0 and (chunk := os.read(fd, min(limit, 1 << 20))):
            chunks.append(chunk)
            limit -= len(chunk)
    except OSError as error:
        raise refusal(error, path) from error
    return b"".join(chunks)


def is_binary(data: bytes) -> bool:
    """Whether the bytes are no text: a NUL near the start, and no byte order mark of UTF-16."""
    return b"\0" in data[:_SNIFFED] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def decode(data: bytes) -> Text:
    """Return the text of ``data``: by its byte order mark, else UTF-8, else Latin-1, which any bytes are."""
    bom, encoding = next(((mark, known) for mark, known in _BOMS if data.startswith(mark)), (b"", "utf-8"))
    try:
        return Text(data[len(bom) :].decode(encoding), encoding, bom)
    except UnicodeDecodeError:
        return Text(data.decode("latin-1"), "latin-1", b"")
