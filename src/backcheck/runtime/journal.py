"""The journal of a run: an append-only JSON Lines file that survives kill -9.

One writer, one `O_APPEND` write a record, synced before the next step begins (about 1 ms, against seconds of a model's
turn). A reader drops a torn last line.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path


class Journal:
    """An open journal; use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open ``path`` for appending; it is made where it is missing, readable by its owner only."""
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def record(self, kind: str, **fields: object) -> None:
        """Append one record with its kind and the time, and wait until the disk has it."""
        line = json.dumps({"kind": kind, "at": round(time.time(), 3), **fields}, ensure_ascii=True) + "\n"
        data = memoryview(line.encode("ascii"))
        while data:
            data = data[os.write(self._file, data) :]
        os.fdatasync(self._file)
