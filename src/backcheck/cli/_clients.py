"""Which clients are on this machine, and in which version."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.definitions.clients import CLAUDE_CODE
from backcheck.sandbox.programs import find_program

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAMS = {
    "claude-code": "claude",
    "codex": "codex",
    "copilot": "copilot",
    "cursor": "cursor-agent",
    "gemini": "gemini",
    "opencode": "opencode",
}
_VERSION = re.compile(rb"\d+\.\d+\.\d+[\w.-]*")


@dataclass(frozen=True, slots=True)
class Client:
    """One client."""

    client: str
    path: str | None
    """Where its program lies; None where it is not on PATH."""
    version: str | None = None
    """Asked of Claude Code alone; None where it did not say."""
    measured: str | None = None
    """The version in which backcheck's account of it was measured."""


def clients(project: Path) -> Iterator[Client]:
    """Give every client that definitions are installed for, Claude Code with the version that it tells.

    A program that lies in the project is not asked: nothing of a project is run.
    """
    for client, program in _PROGRAMS.items():
        path = find_program(program)
        measured = CLAUDE_CODE.partition("@")[2] if client == "claude-code" else None
        outside = path is not None and not Path(path).resolve().is_relative_to(project.resolve())
        version = _version(path) if path and measured and outside else None
        yield Client(client, path, version, measured)


def _version(program: str) -> str | None:
    """Return what the program says to `--version`; it is run in an empty folder, so that it reads no project's settings."""
    with tempfile.TemporaryDirectory(prefix="backcheck-doctor-") as folder:
        try:
            ran = subprocess.run(  # noqa: S603 - the user's own client
                [program, "--version"],
                cwd=folder,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                check=False,
                timeout=10,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    found = _VERSION.search(ran.stdout[:2000])
    return found[0].decode() if found else None
