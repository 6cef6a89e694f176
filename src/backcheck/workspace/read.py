"""The `read` tool: numbered lines of a text file."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.workspace.answer import ANSWER, LINE
from backcheck.workspace.content import WHOLE, Text, decode, is_binary, read_up_to
from backcheck.workspace.resolve import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.workspace.resolve import Root
    from backcheck.workspace.session import Session

LINES = 2000
"""Lines given where no limit was asked for."""
_SCANNED = 100 * 1024 * 1024
"""Bytes passed over to reach an offset in a file that is too large to be read whole."""
_IMAGES = {
    b"\x89PNG": "PNG image", b"\xff\xd8\xff": "JPEG image", b"GIF8": "GIF image", b"RIFF": "RIFF media",
    b"%PDF": "PDF document", b"PK\x03\x04": "ZIP archive", b"\x7fELF": "ELF program", b"\x1f\x8b": "gzip archive",
}  # fmt: skip
_LONE_LF = re.compile(r"(?<!\r)\n")


@dataclass(frozen=True, slots=True)
class _Pages:
    """The lines from ``first`` on, and what is known of the rest."""

    lines: list[str]
    first: int
    total: int | None
    """None for a file that was not read to its end."""
    notes: tuple[str, ...]


def read(root: Root, session: Session, *, file_path: str, offset: int = 1, limit: int | None = None) -> str:
    """Give lines of ``file_path`` from line ``offset`` on, each as `number<tab>text`, and a footer where there is more.

    Raises `ToolError` for what is no text file, for an offset after its end, and for a file over `content.WHOLE` bytes
    of which no part was named.
    """
    if offset < 1 or (limit is not None and limit < 1):
        raise ToolError("offset and limit count from 1", help="use 1 for the first line")
    wanted = LINES if limit is None else limit
    with root.regular(file_path) as fd:
        data = read_up_to(fd, WHOLE + 1, file_path)
        if is_binary(data):
            kind = next((kind for magic, kind in _IMAGES.items() if data.startswith(magic)), "binary file")
            size = os.fstat(fd).st_size
            raise ToolError(
                f"{printable(file_path, keep='')!r} is a {kind} of {size:,} bytes, not text", help="read a text file"
            )
        if len(data) > WHOLE:
            if offset == 1 and limit is None:
                raise ToolError(
                    f"{printable(file_path, keep='')!r} is larger than {WHOLE >> 20} MiB",
                    help="name a part with offset and limit, or use grep",
                )
            return _answered(_scanned(fd, file_path, offset, wanted))
        session.saw(root.real(fd, root.relative(file_path)), data)
    if not data:
        return "[the file is empty]"
    content = decode(data)
    # Not `splitlines`: a form feed or U+2028 ends no line for any other tool.
    lines = content.text.removesuffix("\n").split("\n")
    if offset > len(lines):
        raise ToolError(
            f"{printable(file_path, keep='')!r} has {len(lines):,} lines; offset is {offset:,}",
            help="use a smaller offset",
        )
    stop = offset - 1 + wanted
    return _answered(_Pages(lines[offset - 1 : stop], offset, len(lines), tuple(_notes(content))))


def _notes(content: Text) -> Iterator[str]:
    """Say what the lines alone do not show and an edit would have to know."""
    if content.bom or content.encoding != "utf-8":
        yield f"encoding: {content.encoding}{' with byte order mark' if content.bom else ''}"
    if "\r\n" in content.text:
        yield "line ends: mixed CRLF and LF" if _LONE_LF.search(content.text) else "line ends: CRLF"


def _scanned(fd: int, path: str, offset: int, limit: int) -> _Pages:
    """Read only the lines asked for."""
    os.lseek(fd, 0, os.SEEK_SET)
    lines: list[str] = []
    passed = 0
    with os.fdopen(os.dup(fd), "rb") as file:
        number = 0
        try:
            while passed < _SCANNED and len(lines) <= limit:
                line = file.readline(_SCANNED)
                number += 1
                passed += len(line)
                if not line:
                    if not lines:
                        raise ToolError(
                            f"{printable(path, keep='')!r} has {number - 1:,} lines; offset is {offset:,}",
                            help="use a smaller offset",
                        )
                    return _Pages(lines, offset, number - 1, ())
                if number >= offset:
                    lines.append(line.removesuffix(b"\n").decode("utf-8", "replace"))
        except OSError as error:
            raise refusal(error, path) from error
    if not lines:
        raise ToolError(
            f"line {offset:,} of {printable(path, keep='')!r} lies after the first {_SCANNED >> 20} MiB",
            help="use grep",
        )
    return _Pages(lines[:limit], offset, None, ())


def _answered(pages: _Pages) -> str:
    """Return the lines with their numbers, as many as an answer holds."""
    out: list[str] = []
    room = ANSWER
    for number, line in enumerate(pages.lines, pages.first):
        shown = printable(line.removesuffix("\r")[:LINE])
        cut = len(line) - LINE
        entry = f"{number}\t{shown}{f' [... {cut:,} more characters]' if cut > 0 else ''}"
        room -= len(entry) + 1
        if room < 0 and out:
            break
        out.append(entry)
    last = pages.first + len(out) - 1
    notes = list(pages.notes)
    if pages.total is None or last < pages.total or pages.first > 1:
        total = "more" if pages.total is None else f"{pages.total:,}"
        rest = f"; next offset={last + 1}" if pages.total is None or last < pages.total else ""
        notes.insert(0, f"lines {pages.first}-{last} of {total}{rest}")
    return "\n".join([*out, *(f"[{note}]" for note in notes)])
