"""Text of an audited code base on its way into Markdown: data, which must not become markup."""

from __future__ import annotations

import re

from backcheck.escape import printable

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~])")


def plain(text: str) -> str:
    """Return the text as it reads, on one line, with nothing in it acting as markup."""
    return _MARKUP.sub(r"\\\1", printable(" ".join(text.split())))


def code(text: str) -> str:
    """Return the text as a code span, fit for a table cell."""
    shown = printable(" ".join(text.split())).replace("|", "\\|")
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}" if shown else ""


def link(path: str, line: int) -> str:
    """Return a link to a line, relative to a document two folders below the root."""
    target = "".join(char if re.match(r"[\w./-]", char, re.ASCII) else _percent(char) for char in path)
    return f"[{plain(path)}:{line}](../../{target}#L{line})"


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
