"""What was read in a session, so that a write over something newer is noticed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backcheck.errors import ToolError, UsageError
from backcheck.escape import printable

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Session:
    """Digests of files as they were when last read or written here, by path in the workspace.

    By hash and not by time: a change within the clock's tick, or one that keeps size and time, counts too.
    """

    seen: dict[str, str] = field(default_factory=dict)

    def saw(self, path: str, data: bytes) -> None:
        """Remember the file as it is now."""
        self.seen[path] = _digest(data)

    def refuse_stale(self, path: str, data: bytes) -> None:
        """Raise `ToolError` where the file was read here and has changed since. One never read is no news to anybody."""
        if self.seen.get(path, _digest(data)) != _digest(data):
            raise ToolError(
                f"{printable(path, keep='')!r} has changed since it was read",
                help="read it again, then make the change",
            )

    @classmethod
    def load(cls, path: Path) -> Session:
        """Read a session kept by `save`; a file that is not there is a new session."""
        try:
            seen = json.loads(path.read_bytes())
        except FileNotFoundError:
            return cls()
        except ValueError as error:
            raise UsageError(f"{str(path)!r} is not a session: {error}", help="name another file") from error
        if not (isinstance(seen, dict) and all(isinstance(digest, str) for digest in seen.values())):
            raise UsageError(f"{str(path)!r} is not a session", help="name another file")
        return cls(seen)

    def save(self, path: Path) -> None:
        """Keep the session for a later process."""
        path.write_text(json.dumps(self.seen, indent=1, sort_keys=True) + "\n")


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
