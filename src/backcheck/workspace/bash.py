"""The `bash` tool: one command, in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.sandbox import run

if TYPE_CHECKING:
    from backcheck.sandbox import Completed
    from backcheck.workspace.resolve import Root

MILLISECONDS = 120_000
LONGEST = 600_000
_TEXT = 33_000
"""Characters of output: escapes can make it longer than its bytes."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did, as a model reads it."""

    text: str
    ok: bool
    """It ended by itself, with exit code 0."""


async def bash(root: Root, *, command: str, timeout: int = MILLISECONDS) -> Ran:  # noqa: ASYNC109 - the tool's own argument, in milliseconds
    """Run ``command`` in the workspace for at most ``timeout`` milliseconds.

    Raises `ToolError` where no sandbox holds, and for a command that no shell can be given.
    """
    if "\0" in command or any("\ud800" <= char <= "\udfff" for char in command):
        raise ToolError("the command holds a NUL character or a lone surrogate", help="remove it")
    completed = await run(command, root.path, timeout=min(timeout, LONGEST) / 1000)
    return Ran(_text(completed, timeout), completed.exit_code == 0 and not completed.timed_out)


def _text(completed: Completed, timeout: int) -> str:
    output = printable(completed.output.replace("\r\n", "\n")).rstrip("\n")
    if len(output) > _TEXT:
        left_out = len(output) - _TEXT
        output = f"{output[: _TEXT // 4]}\n[... {left_out:,} characters left out ...]\n{output[-_TEXT * 3 // 4 :]}"
    if completed.timed_out:
        return f"Command timed out after {timeout / 1000:g} s\n{output}".rstrip("\n")
    if completed.exit_code:
        return f"Exit code {completed.exit_code}\n{output}".rstrip("\n")
    return output or "(Bash completed with no output)"
