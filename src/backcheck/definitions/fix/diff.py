"""The difference that a mend makes, as `diff -u` shows it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from backcheck.definitions.agents.encoding import decode
from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTEXT = 3


def unified(before: bytes, after: bytes, name: str) -> str:
    """Return a unified diff of two versions of a file; characters that would act on a terminal are shown as escapes.

    `patch` takes it where nothing had to be escaped. It is empty where only the encoding differs.
    """
    was, now = (decode(content).raw.split("\n") for content in (before, after))
    shared = 0
    while shared < min(len(was), len(now)) and was[-1 - shared] == now[-1 - shared]:
        shared += 1
    # The body is the same in both, and may have 100,000 lines.
    kept = max(0, shared - _CONTEXT - 1)
    lines = list(_terminated(was, kept)), list(_terminated(now, kept))
    shown = printable(name, keep="")
    return "".join(_shown(line) for line in difflib.unified_diff(*lines, shown, shown, n=_CONTEXT))


def _shown(line: str) -> str:
    end = "\r\n" if line.endswith("\r\n") else ""
    return printable(line.removesuffix(end)) + end


def _terminated(lines: list[str], kept: int) -> Iterator[str]:
    """Yield the lines but the last ``kept``, each with its end; the last of the file says that it has none."""
    last = len(lines) - 1
    for number, line in enumerate(lines[: len(lines) - kept]):
        if number < last:
            yield f"{line}\n"
        elif line:
            yield f"{line}\n\\ No newline at end of file\n"
