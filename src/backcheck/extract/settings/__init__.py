"""Settings: what the code reads from its environment, and what it fixes in the source that belongs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Backend
from backcheck.extract.settings.reading import settings_of
from backcheck.source import Role

if TYPE_CHECKING:
    from backcheck.program import Program

_ASIDE = frozenset(
    {"docs", "doc", "examples", "example", "samples", "sample", "fixtures", "mocks", "stories", "test", "testing"}
)
"""Folders, and settings modules, whose values protect nothing that runs."""


def extract(program: Program) -> Backend:
    """Return the settings of every application file, one for each name and place."""
    roles = {file.path: file.role for file in program.tree.files}
    found = {
        (setting.place.path, setting.place.start_line, setting.name): setting
        for path, module in program.modules.items()
        if roles.get(path) is Role.APPLICATION and not _ASIDE.intersection(path.lower().removesuffix(".py").split("/"))
        for setting in settings_of(program, module)
    }
    return Backend(settings=tuple(sorted(found.values(), key=lambda setting: (setting.place, setting.name))))
