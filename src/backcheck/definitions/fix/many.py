"""Many definitions mended: each for itself, so that one which cannot be mended keeps nobody from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.agents import read_bytes
from backcheck.definitions.agents.encoding import decode
from backcheck.definitions.agents.frontmatter import parse
from backcheck.definitions.fix.fixing import fixed
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from backcheck.definitions.fix.change import Change


@dataclass(frozen=True, slots=True)
class Mend:
    """What becomes of one file. Nothing is written yet."""

    path: Path
    before: bytes
    after: bytes
    """The same bytes where nothing is to be written."""
    changes: tuple[Change, ...] = ()
    left: str = ""
    """What is left for a person; empty where nothing is."""

    @property
    def is_changed(self) -> bool:
        """Whether there is something to write."""
        return self.before != self.after

    def unwritten(self, why: str) -> Mend:
        """Return the same with nothing to write, and why."""
        return Mend(self.path, self.before, self.before, left=_of(self.path, why))


def mends(paths: Iterable[Path], *, tools: bool = False, lone: bool = True) -> Iterator[Mend]:
    """Yield what becomes of each file. With ``lone`` unset, files that are no definitions (a README) are passed over."""
    for path in paths:
        content = b""
        try:
            content = _read(path)
            done = fixed(content, path, tools=tools)
        except UsageError as error:
            if lone or not content or _is_definition(content):
                yield Mend(path, content, content, left=_of(path, str(error)))
        else:
            yield Mend(path, content, done.content, done.changes, done.left)


def _of(path: Path, why: str) -> str:
    """Return a reason without the file's name, which stands before it wherever it is shown."""
    return why.replace(f" {path}", "", 1).removeprefix(str(path)).lstrip(": ")


def _read(path: Path) -> bytes:
    if path.is_symlink():
        raise UsageError(f"{path} is a link, and links are not written through", help="name the file that it leads to")
    return read_bytes(path)


def _is_definition(content: bytes) -> bool:
    found = parse(decode(content).text)
    return found is not None and not found.fields.keys().isdisjoint({"name", "description"})
