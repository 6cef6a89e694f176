"""Where a client looks for definitions, and which of them it really has: one name hides another.

Measured in Claude Code 2.1.329: the project's `.claude/agents` go before the user's, a nearer folder's before those of the
folders above it. Of two files in one place with one name a single one is kept, and which one hangs on the order in which the
file system lists them. Names differ by case. A plug-in's agents carry its name before theirs, so they hide nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import load_agent, shipped_agents
from backcheck.definitions.install.scope import CLAUDE, reading
from backcheck.definitions.roster.account import account
from backcheck.definitions.roster.folder import definitions_below
from backcheck.definitions.roster.priority import priority
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Scope(StrEnum):
    """Whose definition it is; a project's goes before a user's."""

    SHIPPED = "shipped"
    PROJECT = "project"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Listed:
    """One definition in its place."""

    scope: Scope
    path: Path
    name: str
    """As backcheck reads it; the file's stem where there is none."""
    description: str
    priority: str | None
    """As written."""
    color: str | None
    account: dict[str, Any]
    """What the client makes of it: the data of `backcheck agents show`."""
    urgency: int = 2
    shadowed_by: Path | None = None
    """A definition of that name in a place that goes before this one."""
    collides_with: tuple[Path, ...] = ()
    """Definitions of that name in the same place: the client keeps one of them all."""

    @property
    def in_roster(self) -> bool:
        """Whether every conversation carries its line."""
        return self.account["outcome"] != "dead" and self.shadowed_by is None


def listed(folder: Path, client: str) -> tuple[Listed, ...]:
    """Return the shipped definitions, those of the project that ``folder`` lies in, and the user's.

    By scope, the most urgent first, then by name.
    """
    shipped = (_listed(Scope.SHIPPED, agent.path, client) for agent in shipped_agents())
    found: list[Listed] = []
    for scope, place in places(folder):
        found += _beside([_listed(scope, path, client) for path in definitions_below(place)], found)
    order = {scope: number for number, scope in enumerate(Scope)}
    return tuple(sorted((*shipped, *found), key=lambda one: (order[one.scope], -one.urgency, one.name, one.path)))


def places(folder: Path) -> Iterator[tuple[Scope, Path]]:
    """Give the folders in which the client looks, the one that goes first first. The user's own is no project's."""
    found = {home.path: Scope(home.scope) for home in reading(CLAUDE, folder)}  # a later word on one folder holds
    projects = (path for path, scope in found.items() if scope is Scope.PROJECT)
    users = (path for path, scope in found.items() if scope is Scope.USER)
    for path in (*projects, *users):
        if os.path.isdir(path):  # noqa: PTH112 - Path's own raises where it may not look
            yield found[path], path


def find_by_name(name: str, folder: Path) -> Path | None:
    """Return the project's or the user's definition of that name; None where neither has one."""
    for _, place in places(folder):
        for path in definitions_below(place):
            try:
                if load_agent(path).name == name:
                    return path
            except UsageError:
                continue
    return None


def _beside(here: list[Listed], before: list[Listed]) -> Iterator[Listed]:
    """Give the definitions of one place with what hides them: one before it, or one of their own."""
    names = [one.account["name"] for one in here]
    first = {one.account["name"]: one.path for one in reversed(before) if one.in_roster}
    for one in here:
        name = one.account["name"]
        twins = () if name is None else (other.path for other, its in zip(here, names, strict=True) if its == name)
        yield replace(one, shadowed_by=first.get(name), collides_with=tuple(path for path in twins if path != one.path))


def _listed(scope: Scope, path: Path, client: str) -> Listed:
    told = account(path, client)
    try:
        agent = load_agent(path)
    except UsageError:
        return Listed(scope, path, told["name"] or path.stem, told["description"] or "", None, None, told)
    return Listed(
        scope, path, agent.name, agent.description, agent.priority, agent.color, told, urgency=priority(agent)
    )
