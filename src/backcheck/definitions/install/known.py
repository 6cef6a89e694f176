"""Which agents lie in a folder, by the names that a client gives them."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.definitions.agents import parse_agent, read_bytes
from backcheck.definitions.clients import CLAUDE_CODE, Loaded, Outcome, load_in
from backcheck.definitions.export import place
from backcheck.definitions.install.scope import CLAUDE
from backcheck.definitions.install.stamp import Stamp, digest, unstamped
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.definitions.install.scope import Home

_MOST = 50_000
"""Files of one folder that are looked at."""


@dataclass(frozen=True, slots=True)
class Known:
    """One definition where a client reads it."""

    name: str | None
    """What the client calls it; None where the client does not load it."""
    path: Path
    home: Home
    whole: bytes
    content: bytes
    """Without the stamp."""
    stamp: Stamp | None
    written: str | None
    """The name as it stands in the file, or the file's own; None where nothing can be read."""
    loaded: Loaded | None = None
    """What Claude Code makes of it; None for other clients."""

    @property
    def edited(self) -> bool:
        """Whether somebody changed an installed copy."""
        return self.stamp is not None and digest(self.content) != self.stamp.text_hash


def known(client: str, home: Home, seen: Mapping[Path, Known] | None = None) -> Iterator[Known]:
    """Give the definitions in a folder of the client and below it, by path; links are not followed.

    What is no definition at all (a README) is left out, as the client leaves it out. ``seen`` are those that were read for
    Claude Code: what other clients find in its folders need not be read again.
    """
    for path in files(home.path, ".toml" if place(client).ending == ".toml" else ".md"):
        if seen and (one := seen.get(path)) and one.written:
            yield replace(one, name=one.written, home=home, loaded=None)
            continue
        try:
            whole = read_bytes(path)
        except UsageError:
            continue
        content, stamp = unstamped(whole)
        name, written, loaded = _named(client, content, path)
        if name or stamp or loaded:
            yield Known(name, path, home, whole, content, stamp, written, loaded)


def files(folder: Path, ending: str) -> Iterator[Path]:
    """Give the files of that ending in a folder and below it, by path, those that may not be read too."""
    if os.path.islink(folder):  # noqa: PTH114 - Path's own raises where a folder above may not be looked into
        return
    found = 0
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            found += 1
            if found > _MOST:
                return
            if name.endswith(ending) and not os.path.islink(path):  # noqa: PTH114 - as above
                yield path


def _named(client: str, content: bytes, path: Path) -> tuple[str | None, str | None, Loaded | None]:
    """Return what the client calls the agent, what the file calls it, and what Claude Code makes of it."""
    if path.suffix == ".toml":
        name = _toml_name(content)
        return name, name, None
    try:
        agent = parse_agent(content, path)
    except UsageError:
        return None, None, None
    if client == CLAUDE:
        loaded = load_in(CLAUDE_CODE, content, path, meant=agent.description)
        return (None if loaded.outcome is Outcome.DEAD else loaded.name), agent.name, loaded
    return agent.name, agent.name, None


def _toml_name(content: bytes) -> str | None:
    try:
        found = tomllib.loads(content.decode("utf-8")).get("name")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, str) else None
