"""Whether the definitions where clients read them are what somebody meant them to be."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backcheck.definitions.clients import Outcome
from backcheck.definitions.export import installable
from backcheck.definitions.install.known import known
from backcheck.definitions.install.scope import CLAUDE, Scope, reading
from backcheck.definitions.install.source import hash_today

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from backcheck.definitions.install.known import Known


class Drift(StrEnum):
    """What is the matter with a definition."""

    SOUND = "sound"
    STALE = "stale"
    EDITED = "hand-edited"
    GONE = "source gone"
    """Its source is not where it was; nobody can say whether it is stale."""
    DEAD = "dead"
    CHANGED = "changed"
    SHADOWED = "shadowed"


@dataclass(frozen=True, slots=True)
class Health:
    """One definition, or one thing that is the matter with it."""

    client: str
    drift: Drift
    one: Known
    why: str
    mend: str


def survey(project: Path) -> Iterator[Health]:
    """Give the health of every definition that a client reads in this project: what ails it, or that it is sound.

    Of other clients than Claude Code only installed copies are looked at, and names.
    """
    seen: dict[Path, Known] = {}
    for client in sorted(installable(), key=lambda one: one != CLAUDE):
        present = [one for home in reading(client, project) for one in known(client, home, seen)]
        if client == CLAUDE:
            seen = {one.path: one for one in present}
        first = {one.name: one for one in reversed(present)}
        for one in present:
            ailments = [*(_ailments(client, one) if one.home.own else ()), *_shadow(client, one, first)]
            if not ailments and one.home.own and (one.stamp or client == CLAUDE):
                yield Health(client, Drift.SOUND, one, "", "")
            yield from ailments


def _ailments(client: str, one: Known) -> Iterator[Health]:
    if one.stamp:
        today = hash_today(one.stamp.source, one.home.base)
        again = _again(client, one, one.stamp.source)
        if one.edited:
            yield Health(
                client, Drift.EDITED, one, "it differs from what was installed", f"{again} --force  (drops the edits)"
            )
        if today is None:
            yield Health(
                client,
                Drift.GONE,
                one,
                f"no file to read at {one.stamp.source}",
                "nothing, if its source was meant to go",
            )
        elif today != one.stamp.source_hash:
            yield Health(client, Drift.STALE, one, f"{one.stamp.source} changed since", again)
    if one.loaded and one.loaded.outcome is not Outcome.LOADS:
        drift = Drift.DEAD if one.loaded.outcome is Outcome.DEAD else Drift.CHANGED
        yield Health(client, drift, one, one.loaded.reason, shlex.join(["backcheck", "agents", "fix", str(one.path)]))


def _copies(first: Known, one: Known) -> bool:
    """Whether both are copies of one source: whoever installed the second was told."""
    return first.stamp is not None and one.stamp is not None and first.stamp.source_hash == one.stamp.source_hash


def _again(client: str, one: Known, source: str) -> str:
    # The copy's stamp may be anybody's: what it names is never to be an option.
    words = ["backcheck", "agents", "install", f"./{source}" if source.startswith("-") else source]
    words += ["--as", one.name] if one.name and one.name != source else []
    words += ["--client", client] if client != CLAUDE else []
    words += ["--scope", one.home.scope.value] if one.home.scope is Scope.USER else []
    return shlex.join(words)


def _shadow(client: str, one: Known, by_name: Mapping[str | None, Known]) -> Iterator[Health]:
    first = by_name[one.name]
    if one.name is None or first is one or _copies(first, one) or not (first.home.own or one.home.own):
        return
    why = f"{first.path} is called {one.name!r} too, and the client reads one of the two"
    yield Health(client, Drift.SHADOWED, one, why, "rename one: the field `name`")
