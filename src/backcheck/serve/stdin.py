"""Standard input as lines, read so that the server can be interrupted while it waits.

The SDK waits for input in a worker thread that cannot be cancelled: Ctrl-C would then only be seen once the client
sends another line. Here a daemon thread reads, and nobody ever waits for that thread.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_CHUNK = 64 * 1024


@contextmanager
def diverted_stdin() -> Iterator[int]:
    """Give a private descriptor of standard input; meanwhile 0 is the null device, so no child reads what is ours."""
    private = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    try:
        yield private
    finally:
        # The private descriptor stays open: the thread may still be reading it, and its number must not be used again.
        os.dup2(private, 0)


async def lines(descriptor: int) -> AsyncIterator[str]:
    """Give each line until the other side closes; bytes that are not UTF-8 are replaced."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        data = b"more"
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            while data:
                try:
                    data = os.read(descriptor, _CHUNK)
                except OSError:
                    data = b""
                loop.call_soon_threadsafe(chunks.put_nowait, data)

    Thread(target=read, name="stdin", daemon=True).start()
    begun: list[bytes] = []
    while data := await chunks.get():
        *ends, rest = data.split(b"\n")
        for end in ends:
            yield b"".join((*begun, end)).decode("utf-8", "replace")
            begun.clear()
        begun.append(rest)
    if any(begun):
        yield b"".join(begun).decode("utf-8", "replace")
