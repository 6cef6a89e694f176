"""A name that not every client takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = 64


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge the name of every agent that loads: lower case, digits and hyphens, or not."""
    for definition, _ in definitions.alive:
        name = definition.loaded.name or ""
        if _SLUG.fullmatch(name) and len(name) <= _LONGEST:
            yield passed(definition, "the name is a slug")
        else:
            slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST].strip("-")
            hint = f": write {slug!r}" if slug else ""
            yield failed(definition, f"the name {name!r} is no slug{hint}", at=definition.at("name"))
