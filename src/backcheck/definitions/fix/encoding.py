"""Bytes in any encoding to UTF-8 without a mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.definitions.agents.encoding import decode
from backcheck.definitions.fix.change import Change
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from backcheck.definitions.agents import Agent

HALF = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair: a byte that means nothing in the file's encoding."""


def transcoded(content: bytes, agent: Agent) -> tuple[bytes, tuple[Change, ...]]:
    """Return the file in UTF-8, line ends and all, and the change where there was one.

    Raises `UsageError` where bytes mean nothing in the file's own encoding: to write the file anew would lose them.
    """
    if not agent.recoveries:
        return content, ()
    decoded = decode(content)
    if decoded.encoding == "utf-8":
        mark = Change("byte-order-mark", 1, "the byte order mark is gone")
        return content[decoded.start :], (mark,) if decoded.start else ()
    if bad := HALF.search(decoded.raw):
        line = decoded.raw.count("\n", 0, bad.start()) + 1
        raise UsageError(f"{agent.path}: line {line} holds bytes that mean nothing", help="save the file as UTF-8")
    rule = decoded.mends[0].rule
    name = "Windows-1252" if decoded.encoding == "cp1252" else decoded.encoding[:6].upper()
    return decoded.raw.encode(), (Change(rule, 1, f"UTF-8 in place of {name}"),)
