"""A description that costs every conversation more than it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.roster.cost import estimated_tokens
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement

_LONGEST = 1_024
"""Characters: the limit that the Agent Skills specification sets for the same purpose."""


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge the description of every agent that loads by its length."""
    for definition, _ in definitions.alive:
        description = definition.loaded.description or ""
        size = len(description)
        if size > _LONGEST:
            tokens = estimated_tokens(description)
            reason = (
                f"{size:,} characters, about {tokens:,} tokens in every conversation, whether the agent is used or not"
            )
            yield failed(definition, reason, at=definition.at("description"))
        else:
            yield passed(definition, f"{size:,} characters")
