"""The `edit` tool: replace text in a file, on its bytes, one place or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.workspace.content import decode, is_binary, read_place
from backcheck.workspace.match import Match, matches, nearest
from backcheck.workspace.replace import current, replace
from backcheck.workspace.write import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcheck.workspace.resolve import Root
    from backcheck.workspace.session import Session

_SHOWN = 40
"""Lines of the change that are shown."""
_AROUND = 2


@dataclass(frozen=True, slots=True)
class _Edit:
    old: str
    new: str
    everywhere: bool


@dataclass(frozen=True, slots=True)
class _Done:
    text: str
    at: int
    """Line on which the (first) change begins, from 1."""
    lines: int
    """Lines of the new text."""
    said: str


def edit(
    root: Root,
    session: Session,
    *,
    file_path: str,
    old_string: str | None = None,
    new_string: str | None = None,
    replace_all: bool = False,
    edits: Sequence[dict[str, Any]] | None = None,
) -> str:
    """Replace ``old_string``, which must lie in ``file_path`` once, or everywhere with ``replace_all``.

    ``edits`` are several such replacements, each on what the one before left; all are made or none. An empty
    ``old_string`` makes a file that is not there. Line ends, byte order mark, encoding and mode stay.

    Raises `ToolError` where the text is not found, or found more than once, or the file has changed since it was read.
    """
    wanted = _wanted(old_string, new_string, replace_all=replace_all, edits=edits)
    new = len(wanted) == 1 and wanted[0].old == ""
    with root.place(file_path, make=new) as place:
        before = current(place)
        if new and (before is None or before.st_size == 0):
            return write(root, session, file_path=place.path, content=wanted[0].new)
        data = read_place(place)
        session.refuse_stale(place.path, data)
        if is_binary(data):
            raise ToolError(f"{printable(file_path, keep='')!r} is a binary file", help="edit text files only")
        content = decode(data)
        done = [_Done(content.text, 0, 0, "")]
        for number, one in enumerate(wanted, 1):
            done.append(_applied(done[-1].text, one, f"edit {number}: " if len(wanted) > 1 else "", file_path))
        changed = content.encode(done[-1].text)
        # Between reading and now another writer may have come; the last look is as late as it can be.
        if (now := current(place)) is None or before is None or _identity(now) != _identity(before):
            raise ToolError(
                f"{printable(file_path, keep='')!r} changed during the edit", help="read it again, then make the change"
            )
        replace(place, changed, before)
        session.saw(place.path, changed)
    return "\n".join([f"edited {printable(place.path, keep='')}", *(one.said for one in done[1:])])


def _wanted(
    old: str | None, new: str | None, *, replace_all: bool, edits: Sequence[dict[str, Any]] | None
) -> list[_Edit]:
    if edits is not None and (old is not None or new is not None):
        raise ToolError("edits and old_string are both given", help="use one of the two")
    if edits is None and (old is None or new is None):
        raise ToolError("old_string and new_string are needed", help="give both, or give edits")
    pairs = edits or [{"old_string": old, "new_string": new, "replace_all": replace_all}]
    wanted = [_Edit(one["old_string"], one["new_string"], one.get("replace_all", False)) for one in pairs]
    for number, one in enumerate(wanted, 1):
        if one.old == one.new:
            raise ToolError(
                f"edit {number}: old_string and new_string are the same", help="give the text to change it to"
            )
    return wanted


def _applied(text: str, one: _Edit, which: str, path: str) -> _Done:
    if one.old == "":
        raise ToolError(
            f"{which}old_string is empty and {printable(path, keep='')!r} is not",
            help="give the text to replace, or use write",
        )
    found = matches(text, one.old, one.new)
    places = [text.count("\n", 0, match.start) + 1 for match in found.found]
    if not places:
        near = printable(nearest(text, one.old))
        raise ToolError(
            f"{which}old_string was not found in {printable(path, keep='')!r}" + (f"; {near}" if near else ""),
            help="read the file and copy the text exactly, without the line numbers",
        )
    if len(places) > 1 and (found.relaxed == "indentation" or not one.everywhere):
        raise ToolError(
            f"{which}old_string lies in {printable(path, keep='')!r} {len(places)} times: lines {_numbers(places)}",
            help="add lines around it until it is unique, or set replace_all",
        )
    chosen = _apart(found.found)
    count = f"{len(chosen)} replacements" if one.everywhere else "1 replacement"
    relaxed = f"; matched without regard to {found.relaxed}" if found.relaxed else ""
    result = "".join(_pieces(text, chosen))
    lines = chosen[0].new.count("\n") + 1
    said = f"{which}{count} at line {_numbers(places[: len(chosen)])}{relaxed}\n{_around(result, places[0], lines)}"
    return _Done(result, places[0], lines, said)


def _apart(found: Sequence[Match]) -> list[Match]:
    """Return the matches that do not overlap, from the left."""
    chosen = [found[0]]
    for match in found[1:]:
        if match.start >= chosen[-1].end:
            chosen.append(match)
    return chosen


def _pieces(text: str, chosen: Sequence[Match]) -> list[str]:
    pieces, at = [], 0
    for match in chosen:
        pieces += [text[at : match.start], match.new]
        at = match.end
    return [*pieces, text[at:]]


def _around(text: str, line: int, count: int) -> str:
    """Return the changed lines with their numbers and a little around them."""
    lines = text.split("\n")
    first = max(1, line - _AROUND)
    last = min(len(lines), line + count - 1 + _AROUND, first + _SHOWN)
    return "\n".join(
        f"{number}\t{printable(lines[number - 1].removesuffix(chr(13))[:500])}" for number in range(first, last + 1)
    )


def _numbers(places: Sequence[int]) -> str:
    shown = ", ".join(map(str, places[:50]))
    return shown if len(places) <= 50 else f"{shown} and {len(places) - 50} more"


def _identity(found: Any) -> tuple[int, int, int]:  # noqa: ANN401 - os.stat_result, whose fields mypy knows by name only
    return found.st_ino, found.st_mtime_ns, found.st_size
