"""The line that an installed copy carries: where it came from, and what was written.

It is a comment of YAML and of TOML alike, right below the opening fence or on the first line: measured in Claude Code 2.1.329,
Codex 0.169.0, Copilot CLI 1.0.102, Gemini CLI 0.61.0 and opencode 1.18.33, none of which takes note of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from backcheck import __version__

_LINE = re.compile(
    rb"# installed by backcheck (?P<version>[\w.+-]{1,40}) from (?P<source>\"(?:[^\"\\\n]|\\.)*\")"
    rb" source=sha256:(?P<source_hash>[0-9a-f]{64}) text=sha256:(?P<text_hash>[0-9a-f]{64}) folders=(?P<folders>\d{1,2})\r?\n"
)
_FENCE = re.compile(rb"---[ \t]*\r?\n")
_ENDS = (b"\n---", b"\ndeveloper_instructions")
"""Behind these stands the agent's text, in which a stamp is but a quotation."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an installed copy says of itself. Anybody can write one: believe it of nothing but the copy."""

    source: str
    """Name of a shipped agent, or path of a file: below the project as seen from it, else absolute."""
    source_hash: str
    text_hash: str
    """Of the copy without this line."""
    folders: int
    """How many folders, from the innermost up, installing made for this copy or its neighbours."""
    version: str = __version__

    def line(self) -> bytes:
        """Return the line, newline included."""
        return (
            f"# installed by backcheck {self.version} from {json.dumps(self.source)} source=sha256:{self.source_hash}"
            f" text=sha256:{self.text_hash} folders={self.folders}\n"
        ).encode()


def digest(content: bytes) -> str:
    """Return the SHA-256 of the bytes in hexadecimal. Line ends of Windows count as plain ones: version control makes them."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def stamped(content: bytes, stamp: Stamp) -> bytes:
    """Return the content with the stamp in its place."""
    fence = _FENCE.match(content)
    start = fence.end() if fence else 0
    return content[:start] + stamp.line() + content[start:]


def unstamped(content: bytes) -> tuple[bytes, Stamp | None]:
    """Return the content without its stamp, and the stamp; None where it has none."""
    fence = _FENCE.match(content)
    start = fence.end() if fence else 0
    ends = [found for mark in _ENDS if (found := content.find(mark, start)) >= 0]
    match = _LINE.search(content, start, min(ends, default=len(content)) + 1)
    if match is None or content[match.start() - 1 : match.start()] not in {b"", b"\n"}:
        return content, None
    try:
        source = str(json.loads(match["source"]))
    except ValueError:
        return content, None
    hashes = match["source_hash"].decode(), match["text_hash"].decode()
    stamp = Stamp(source, *hashes, int(match["folders"]), match["version"].decode())
    return content[: match.start()] + content[match.end() :], stamp
