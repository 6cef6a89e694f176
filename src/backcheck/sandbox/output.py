"""The head and the tail of a long output: a command says what it does first and what went wrong last."""

from __future__ import annotations

HEAD = 8 * 1024
TAIL = 24 * 1024
"""Bytes kept of each end."""


class HeadTail:
    """Collects output and keeps its two ends, in bounded memory."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes seen so far."""
        self._head = bytearray()
        self._tail = bytearray()

    @property
    def truncated(self) -> bool:
        """Whether something between the ends was left out."""
        return self.size > HEAD + TAIL

    def add(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        room = HEAD - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:]
        if len(self._tail) > 2 * TAIL:
            del self._tail[:-TAIL]

    def text(self) -> str:
        """Give the output, or its ends with a line between them that says how much is missing."""
        head = bytes(self._head).decode("utf-8", "replace")
        tail = bytes(self._tail[-TAIL:]).decode("utf-8", "replace")
        if not self.truncated:
            return bytes(self._head + self._tail).decode("utf-8", "replace")
        return f"{head}\n[... {self.size - HEAD - TAIL:,} bytes left out ...]\n{tail}"
