"""A model that the client's server does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.definitions.running.models import aliases
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement

_OURS = re.compile(r"claude|anthropic|^arn:", re.IGNORECASE)
"""What the ids of the vendor's models hold, on its own server and on those that offer them."""


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that names a model: whether it is an alias or an id of the client's vendor."""
    for definition, agent in definitions.equipped:
        if not agent.model:
            continue
        plain = agent.model.casefold().removesuffix("[1m]")
        if plain in aliases() or _OURS.search(plain):
            yield passed(definition, f"the client knows {agent.model!r}")
        else:
            reason = f"{agent.model[:60]!r} is neither an alias nor a Claude model: the client sends the name as it is, and the server refuses it"
            yield failed(definition, reason, at=definition.at("model"))
