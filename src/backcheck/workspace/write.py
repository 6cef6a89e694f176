"""The `write` tool: a whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.workspace.content import read_place
from backcheck.workspace.replace import current, replace

if TYPE_CHECKING:
    from backcheck.workspace.resolve import Root
    from backcheck.workspace.session import Session

LARGEST = 1024 * 1024
"""Bytes that one call may write."""


def write(root: Root, session: Session, *, file_path: str, content: str) -> str:
    """Make ``file_path`` hold exactly ``content`` as UTF-8, and its folders; an existing file keeps its mode.

    Raises `ToolError` where the path is refused, or the file has changed since this session read it.
    """
    try:
        data = content.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ToolError(
            f"the content holds a lone surrogate at character {error.start}", help="write the character itself"
        ) from error
    if len(data) > LARGEST:
        raise ToolError(f"the content has {len(data):,} bytes, over {LARGEST:,}", help="write it in parts with edit")
    with root.place(file_path, make=True) as place:
        before = current(place)
        if before and place.path in session.seen:
            session.refuse_stale(place.path, read_place(place))
        replace(place, data, before)
        session.saw(place.path, data)
        lines = content.count("\n") + (not content.endswith("\n") and content != "")
        return f"{'updated' if before else 'created'} {printable(place.path, keep='')} ({lines:,} lines, {len(data):,} bytes)"
