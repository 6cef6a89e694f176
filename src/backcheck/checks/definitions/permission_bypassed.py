"""An agent that runs commands and asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent with a permission mode: whether it runs commands without asking."""
    known = catalogue()
    for definition, agent in definitions.equipped:
        mode = agent.fields.get("permissionMode")
        if mode is None:
            continue
        running = [
            name for name in definition.loaded.tools.effective if name in known.live and known.can(name) == "execute"
        ]
        if mode == "bypassPermissions" and running:
            told = f"it may use `{running[0]}`, and nobody is asked before a command runs"
            yield failed(definition, told, at=definition.at("permissionMode", "tools"))
        else:
            yield passed(definition, "it asks, or runs no commands")
