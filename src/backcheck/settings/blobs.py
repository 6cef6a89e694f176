"""Files stored by the sha256 of their content: what proves a report's quotes where the tree was dirty."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Blobs:
    """A folder of blobs. Bytes in, bytes out; nothing is ever changed."""

    folder: Path

    def put(self, data: bytes) -> str:
        """Store the bytes, readable by the user alone, and return their sha256 in hexadecimal."""
        digest = hashlib.sha256(data).hexdigest()
        target = self._path(digest)
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(name).replace(target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return the bytes of that sha256, or None where they are not stored or no longer what they were."""
        try:
            data = self._path(digest).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest
