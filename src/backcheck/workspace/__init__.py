"""An agent's hands: read, write, edit, grep, glob and bash in one folder, and nowhere else.

    >>> workspace = Workspace("/path/to/project")
    >>> print(workspace.read(file_path="app.py", limit=20))

Each method takes the arguments of Claude Code's tool of that name and returns what a model is told. What cannot be
done raises `ToolError`: one line of cause, and in `help` one line of what to do.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from backcheck.workspace.bash import MILLISECONDS, Ran, bash
from backcheck.workspace.edit import edit
from backcheck.workspace.glob import glob
from backcheck.workspace.grep import Query, grep
from backcheck.workspace.read import read
from backcheck.workspace.resolve import Root
from backcheck.workspace.session import Session
from backcheck.workspace.write import write

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

_T = TypeVar("_T")

__all__ = ["Ran", "Session", "Workspace", "name"]


class Workspace:
    """One folder, and what was read in it so far. Safe to use from several threads."""

    def __init__(self, root: str | Path, session: Session | None = None) -> None:
        """Open the folder ``root``; ``session`` is what an earlier one saw. Raises `ToolError` where it cannot be."""
        self._files = Root(Path(root))
        self.root = self._files.path
        """The folder, absolute, links resolved."""
        self.session = session or Session()
        self._writing = threading.Lock()

    def read(self, *, file_path: str, offset: int = 1, limit: int | None = None) -> str:
        """Give lines of a text file, each as `number<tab>text`, from line ``offset`` (from 1), at most ``limit``."""
        return read(self._files, self.session, file_path=file_path, offset=offset, limit=limit)

    def write(self, *, file_path: str, content: str) -> str:
        """Make a file hold exactly ``content``; its folders are made, its mode stays."""
        with self._writing:
            return write(self._files, self.session, file_path=file_path, content=content)

    def edit(
        self,
        *,
        file_path: str,
        old_string: str | None = None,
        new_string: str | None = None,
        replace_all: bool = False,
        edits: Sequence[dict[str, Any]] | None = None,
    ) -> str:
        """Replace ``old_string``, which must lie in the file once, by ``new_string``; or make all ``edits`` or none."""
        with self._writing:
            return edit(
                self._files,
                self.session,
                file_path=file_path,
                old_string=old_string,
                new_string=new_string,
                replace_all=replace_all,
                edits=edits,
            )

    def glob(self, *, pattern: str, path: str = ".", offset: int = 0) -> str:
        """Give the files whose path fits ``pattern``, newest first."""
        return glob(self._files, pattern=pattern, path=path, offset=offset)

    def grep(self, *, pattern: str, **options: Any) -> str:  # noqa: ANN401 - the fields of `Query`, typed there
        """Search file contents; ``options`` are the other fields of `backcheck.workspace.grep.Query`."""
        return _waited(self.grep_async(pattern=pattern, **options))

    async def grep_async(self, *, pattern: str, context: int = 0, **options: Any) -> str:  # noqa: ANN401 - as above
        """Search as `grep` does; cancellation ends the search. ``context`` is both ``before`` and ``after``."""
        options = {"before": context, "after": context, **options} if context else options
        return await grep(self._files, Query(pattern, **options))

    def bash(self, *, command: str, timeout: int = MILLISECONDS, description: str = "") -> str:
        """Run a command in the sandbox for at most ``timeout`` milliseconds; give its exit code, if any, and output."""
        return _waited(self.bash_async(command=command, timeout=timeout, description=description)).text

    async def bash_async(self, *, command: str, timeout: int = MILLISECONDS, description: str = "") -> Ran:  # noqa: ARG002, ASYNC109 - `description` is for whoever watches; `timeout` is the tool's own argument
        """Run as `bash` does; cancellation kills the command and all that it started."""
        return await bash(self._files, command=command, timeout=timeout)


def _waited(work: Coroutine[Any, Any, _T]) -> _T:
    """Run ``work`` to its end, also inside a running event loop, where it needs a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
