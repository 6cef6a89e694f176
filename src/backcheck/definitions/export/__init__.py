"""A definition in the form of other clients: one module a target, named as on the command line.

Each module has `PLACE`, where that client reads its agents, and `lower(agent)`, which gives the file and what it cannot say.
No target knows another.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from backcheck.definitions.lowering.exported import Effect, Exported, Loss
from backcheck.definitions.lowering.vocabulary import vocabulary
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.lowering.exported import Place

TARGETS = tuple(sorted(module.name.replace("_", "-") for module in iter_modules(__path__)))


def exported(agents: Sequence[Agent], target: str) -> tuple[Exported, ...]:
    """Return the files of a target, one for each agent, then those that the target needs beside them.

    Raises `UsageError` for an unknown target, and where two agents would be one file or go by one name there.
    """
    if target not in TARGETS:
        raise UsageError(f"no target {target!r}", help=f"there are: {', '.join(TARGETS)}")
    module = import_module(f"{__name__}.{target.replace('-', '_')}")
    files: list[Exported] = []
    taken: dict[str, Agent] = {}
    for agent in agents:
        file: Exported = module.lower(agent)
        for key in (file.path.casefold(), f"name {file.name}"):
            if other := taken.get(key):
                raise UsageError(
                    f"{str(other.path)!r} and {str(agent.path)!r} would both be {file.name!r}",
                    help="take one of them by itself, under another name: `--as NAME`",
                )
            taken[key] = agent
        if file.name in vocabulary(target).agents:
            own = Loss(
                Effect.CHANGES, f"name: {file.name}", "it takes the place of the client's own agent of that name"
            )
            file = replace(file, losses=(*file.losses, own))
        files.append(file)
    beside: Sequence[Exported] = module.beside(files) if hasattr(module, "beside") else ()
    return (*files, *beside)


def place(target: str) -> Place:
    """Return where a target's client reads its agents. Raises `UsageError` for a target without such a place."""
    found: Place | None = None
    if target in TARGETS:
        found = getattr(import_module(f"{__name__}.{target.replace('-', '_')}"), "PLACE", None)
    if found is None:
        raise UsageError(f"no client {target!r} to install for", help=f"there are: {', '.join(installable())}")
    return found


def installable() -> tuple[str, ...]:
    """Return the targets that have a place of their own on this machine."""
    return tuple(name for name in TARGETS if hasattr(import_module(f"{__name__}.{name.replace('-', '_')}"), "PLACE"))
