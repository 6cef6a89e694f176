"""The definitions of some files and folders: each as its author meant it, and as one client loads it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import yaml

from backcheck.definitions import agents
from backcheck.definitions.agents import parse_agent, read_bytes
from backcheck.definitions.agents.encoding import decode
from backcheck.definitions.agents.frontmatter import parse
from backcheck.definitions.clients import CLAUDE_CODE, STRICT_YAML, Outcome, load_in
from backcheck.definitions.roster.folder import ALWAYS, files_below
from backcheck.errors import UsageError
from backcheck.findings import Place, Subject, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.clients import Loaded

HOME = "agents"
"""A folder of this name holds definitions: what lies below it is one, and one scope of names."""

_OTHERS = frozenset({"gemini", "copilot", "cursor", "opencode", "codex", "kiro", "windsurf", "commands", "skills"})
"""Folders of other clients, and of what is no agent: `commands/x.md` has a front matter of its own kind."""
_OURS = ".claude"
"""The client's own folder; another one that begins with a dot is another client's."""
_COPILOT = ".agent.md"
_KEY = re.compile(rb"[\"']?(?P<key>[\w-]+)")


@dataclass(frozen=True)
class Definition:
    """One file."""

    path: str
    """POSIX path relative to the root."""
    content: bytes
    client: str
    agent: Agent | None
    """None where nobody can tell what its author meant."""

    @cached_property
    def text(self) -> str:
        """The whole file as text, whatever its encoding."""
        try:
            return self.content.decode("utf-8-sig") if b"\0" not in self.content else decode(self.content).text
        except UnicodeDecodeError:
            return decode(self.content).text

    @cached_property
    def loaded(self) -> Loaded:
        """What the client makes of it."""
        meant = self.agent.description if self.agent else None
        return load_in(self.client, self.content, Path(self.path), meant=meant)

    @cached_property
    def strict(self) -> Loaded:
        """What a reader makes of it that takes nothing but YAML: whether it reads the file at all."""
        return load_in(STRICT_YAML, self.content, Path(self.path), meant=None)

    @property
    def is_alive(self) -> bool:
        """Whether the client has an agent from it."""
        return self.loaded.outcome is not Outcome.DEAD

    @cached_property
    def subject(self) -> Subject:
        """The file as what is judged; a mend of the whole goes to its first line."""
        end = self.content.find(b"\n")
        width = self._characters(0, end if end >= 0 else len(self.content))
        return Subject("definition", self.path, Place(self.path, 1, 1, 1, width + 1))

    @property
    def scope(self) -> str:
        """The folder in which the client takes names for one list: the outermost `agents` above, else the file's own."""
        folders = PurePosixPath(self.path).parts[:-1]
        end = folders.index(HOME) + 1 if HOME in folders else len(folders)
        return "/".join(folders[:end])

    def at(self, *keys: str) -> tuple[Place, ...]:
        """Return where the fields stand of these names, in their order; of those that the file has."""
        spans = self.agent.spans if self.agent else {}
        return tuple(self.between(spans[key].entry.start, spans[key].entry.end) for key in keys if key in spans)

    def spelt(self, key: str) -> str:
        """Return a field's key as the file has it: `Tools` may be read as `tools`, and the client does not."""
        span = self.agent.spans.get(key) if self.agent else None
        written = _KEY.match(self.content, span.entry.start) if span else None
        return written["key"].decode() if written else key

    def mended(self, *but: str) -> tuple[Place, ...]:
        """Return the first line that had to be mended to read the file, by another rule than these."""
        recoveries = self.agent.recoveries if self.agent else ()
        return tuple(self.line(one.line) for one in recoveries if one.rule not in but)[:1]

    def line(self, number: int) -> Place:
        """Return the place of one line; of the last for a number beyond it: not every reader counts lines alike."""
        number = min(max(number, 1), len(self._starts))
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.content)
        return Place(self.path, number, 1, number, self._characters(start, end) + 1)

    def between(self, start: int, end: int) -> Place:
        """Return the place of the bytes from ``start`` to ``end``."""
        first, last = bisect_right(self._starts, start), bisect_right(self._starts, max(start, end))
        return Place(
            self.path,
            first,
            self._characters(self._starts[first - 1], start) + 1,
            last,
            self._characters(self._starts[last - 1], end) + 1,
        )

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """Offset of the first byte of every line."""
        return (0, *(end.end() for end in re.finditer(b"\n", self.content)))

    def _characters(self, start: int, end: int) -> int:
        return len(self.content[start:end].removesuffix(b"\r").decode("utf-8", "replace"))


@dataclass(frozen=True)
class Definitions:
    """Every definition that was found, and what could not be read."""

    client: str
    every: tuple[Definition, ...] = ()
    unread: tuple[Unread, ...] = ()
    aside: tuple[str, ...] = ()
    """Paths of `.md` files of the folders that are no definitions for this client."""

    @cached_property
    def alive(self) -> tuple[tuple[Definition, Agent], ...]:
        """Those that the client has an agent from, with what their authors meant."""
        return tuple((one, one.agent) for one in self.every if one.is_alive and one.agent is not None)

    @cached_property
    def equipped(self) -> tuple[tuple[Definition, Agent], ...]:
        """Those alive, where the client is one that gives agents tools."""
        return self.alive if self.client.partition("@")[0] == CLAUDE_CODE.partition("@")[0] else ()

    def read(self, path: str) -> bytes:
        """Return the bytes of a definition, as they were when it was judged."""
        return self._contents[path]

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        return {one.path: one.content for one in self.every}


def gather(root: Path, wanted: Iterable[Path], client: str) -> Definitions:
    """Return the definitions in files and below folders, of which ``root`` is above all.

    A file that is named is always one. Below a folder, that is a `.md` file which names or describes an agent, in a folder
    `agents`, or which does both, elsewhere. Links are not followed. Raises `UsageError` for a client that nobody measured.
    """
    load_in(client, b"", Path(), meant=None)
    every: dict[str, Definition] = {}
    unread: dict[str, Unread] = {}
    aside: dict[str, None] = {}
    for start in wanted:
        named = not start.is_dir()
        for file in [start] if named else _read_by_clients(start):
            path = file.relative_to(root).as_posix()
            try:
                content = read_bytes(file)
            except UsageError as error:
                unread[path] = Unread(path, str(error))
                continue
            agent = _agent(content, Path(path))
            if named or _is_definition(start.absolute(), file.absolute(), content, agent):
                every[path] = Definition(path, content, client, agent)
            else:
                aside[path] = None
    found = tuple(every[path] for path in sorted(every))
    return Definitions(client, found, tuple(unread.values()), tuple(path for path in aside if path not in every))


@cache
def readers() -> Mapping[str, tuple[str, ...]]:
    """Return who reads each key of a front matter: `claude-code`, `copilot` …, `others` for what no client reads."""
    folder = Path(agents.__file__).parent
    listed = yaml.safe_load((folder / "fields.yaml").read_text(encoding="utf-8"))
    keys = {key for names in listed.values() for key in names}
    return {key: tuple(client for client, names in listed.items() if key in names) for key in keys}


def _agent(content: bytes, path: Path) -> Agent | None:
    try:
        return parse_agent(content, path)
    except UsageError:
        return None


def _is_definition(start: Path, file: Path, content: bytes, agent: Agent | None) -> bool:
    folders = file.relative_to(start).parts[:-1]
    above = folders[: folders.index(HOME)] if HOME in folders else folders
    foreign = any(name in _OTHERS or (name.startswith(".") and name != _OURS) for name in above)
    if foreign or file.name.endswith(_COPILOT):
        return False
    at_home = HOME in file.parts[:-1]
    if agent is not None:
        return at_home or "name" in agent.fields
    front = parse(decode(content).text) if at_home else None
    return front is not None and not {"name", "description"}.isdisjoint(front.fields)


def _read_by_clients(folder: Path) -> Iterator[Path]:
    return (path for path in files_below(folder) if path.suffix == ALWAYS)
