"""A definition that the client has no agent from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every definition: alive in the client or not."""
    for definition in definitions.every:
        if definition.is_alive:
            yield passed(definition, f"{definitions.client} has an agent from it")
        else:
            yield failed(
                definition,
                f"{definitions.client} has no agent from it: {definition.loaded.reason}",
                at=definition.mended(),
            )
