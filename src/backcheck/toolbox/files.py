"""The six tools on a workspace's files. The blocking ones run in a thread, so that a server goes on answering."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from backcheck.toolbox._result import ToolResult

if TYPE_CHECKING:
    from backcheck.workspace import Workspace

_GREP_OPTIONS = {
    "-A": "after", "-B": "before", "-C": "context", "-i": "ignore_case", "-n": "line_numbers", "-o": "only_matching",
}  # fmt: skip


async def read(workspace: Workspace, **arguments: Any) -> str:  # noqa: ANN401 - checked against the page, here and below
    """Give numbered lines of a file."""
    return await asyncio.to_thread(workspace.read, **arguments)


async def write(workspace: Workspace, **arguments: Any) -> str:  # noqa: ANN401 - as above
    """Write a whole file."""
    return await asyncio.to_thread(workspace.write, **arguments)


async def edit(workspace: Workspace, **arguments: Any) -> str:  # noqa: ANN401 - as above
    """Replace text in a file."""
    return await asyncio.to_thread(workspace.edit, **arguments)


async def glob(workspace: Workspace, **arguments: Any) -> str:  # noqa: ANN401 - as above
    """Find files by name."""
    return await asyncio.to_thread(workspace.glob, **arguments)


async def grep(workspace: Workspace, **arguments: Any) -> str:  # noqa: ANN401 - as above
    """Search file contents."""
    return await workspace.grep_async(**{_GREP_OPTIONS.get(name, name): value for name, value in arguments.items()})


async def bash(workspace: Workspace, **arguments: Any) -> ToolResult:  # noqa: ANN401 - as above
    """Run a command in the sandbox."""
    ran = await workspace.bash_async(**arguments)
    return ToolResult(ran.text, ok=ran.ok)
