"""A description that the client cuts or changes without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.clients import Outcome
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every definition that loads: as it was written or not."""
    for definition, _ in definitions.alive:
        if definition.loaded.outcome is Outcome.CHANGED:
            yield failed(definition, definition.loaded.reason, at=definition.at("description"))
        else:
            yield passed(definition, "the client uses the description as it was written")
