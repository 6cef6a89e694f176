"""Two definitions with one name in one folder: the client keeps one of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definition, Definitions
    from backcheck.findings import Judgement

_SHOWN = 3
"""Other files that one judgement names."""


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that loads: whether another one of its folder has its name."""
    named: defaultdict[tuple[str, str | None], list[Definition]] = defaultdict(list)
    for definition, _ in definitions.alive:
        named[definition.scope, definition.loaded.name].append(definition)
    for (_, name), twins in named.items():
        for definition in twins:
            others = [other for other in twins if other is not definition]
            if not others:
                yield passed(definition, "no other agent beside it has its name")
                continue
            more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
            files = ", ".join(other.path for other in others[:_SHOWN])
            places = [place for other in others[:_SHOWN] for place in other.at("name")]
            verb = "has" if len(others) == 1 else "have"
            reason = f"{files}{more} {verb} the name {name!r} too: the client keeps one of them and does not say which"
            yield failed(definition, reason, at=(*definition.at("name"), *places))
