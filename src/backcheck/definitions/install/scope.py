"""Where a client reads its agents from: the project, the folders above it, the user."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.definitions.export import place
from backcheck.errors import UsageError
from backcheck.settings import home_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.lowering.exported import Place

CLAUDE = "claude-code"


class Scope(StrEnum):
    """Whose agents they are."""

    PROJECT = "project"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Home:
    """One folder of agents."""

    scope: Scope
    base: Path
    """The project, or the user's folder."""
    below: str
    own: bool = True
    """False for a folder of another client that this one reads too."""

    @property
    def path(self) -> Path:
        """The folder itself, which need not exist."""
        return self.base / self.below


def home_of(client: str, scope: Scope, project: Path) -> Home:
    """Return the folder of a client's agents in a scope. Raises `UsageError` for a client that nobody installs for."""
    where = place(client)
    if scope is Scope.PROJECT:
        return Home(scope, project.resolve(), where.project)
    if found := _of_user(where):
        return found
    raise UsageError("nobody knows where this user's home is", help="set HOME, or install for the project")


def _of_user(where: Place) -> Home | None:
    named = os.environ.get(where.variable, "") if where.variable else ""
    user = home_folder()
    if Path(named).is_absolute():
        top, folder = Path(named).parent.resolve(), Path(named, where.below)
    elif user:
        top, folder = user.resolve(), user / where.user
    else:
        return None
    # A user's own link (`~/.claude` into a folder of dotfiles) is followed; one in place of the agents' folder is not.
    own = folder.parent.resolve()
    base = top if own.is_relative_to(top) else own.parent
    below = (own.relative_to(base) / folder.name).as_posix()
    while not os.path.exists(base) and base.parent != base:  # noqa: PTH110 - Path's own raises where it may not look
        base, below = base.parent, f"{base.name}/{below}"
    return Home(Scope.USER, base, below)


def reading(client: str, project: Path) -> Iterator[Home]:
    """Give every folder from which the client reads agents in this project, the one that wins first.

    Claude Code also reads those of the folders above, up to the root of the repository (measured with 2.1.329); a plugin's
    agents have the plugin's name before theirs, so they neither shadow nor are shadowed.
    """
    where = place(client)
    project = project.resolve()
    yield Home(Scope.PROJECT, project, where.project)
    for below in where.also:
        yield Home(Scope.PROJECT, project, below, own=False)
    if client == CLAUDE:
        for above in _above(project):
            yield Home(Scope.PROJECT, above, where.project)
    if user := _of_user(where):
        yield user


def _above(project: Path) -> Iterator[Path]:
    here, user = project, home_folder()
    end = user.resolve() if user else None
    while not os.path.exists(here / ".git") and here.parent not in {here, end}:  # noqa: PTH110 - as above
        here = here.parent
        yield here
