"""An agent that can no longer do what its tools were listed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.roster.gathering import Definition, Definitions
    from backcheck.findings import Judgement

_IN_BASH = frozenset({"search", "read"})
"""What a command of the shell does as well: `ls`, `find`, `cat`."""


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that names tools and gets some: whether what a dropped one did is done by another that it gets."""
    for definition, agent in definitions.equipped:
        if not definition.loaded.tools.written or not definition.loaded.tools.effective:
            continue
        lost = dict(_lost(definition, agent))
        if lost:
            told = "; ".join(f"`{name}` is gone: what it did needs `{now}` today" for name, now in lost.items())
            yield failed(definition, told, at=definition.at("tools"))
        else:
            yield passed(definition, "nothing that was dropped did what the others cannot")


def _lost(definition: Definition, agent: Agent) -> Iterator[tuple[str, str]]:
    """Give each dropped tool with the live one that the agent would need for its work."""
    known, tools = catalogue(), definition.loaded.tools
    denied = {name.partition("(")[0] for name in agent.disallowed}
    can = {known.can(name) for name in tools.effective if name in known.live}
    for name in (*tools.lost, *tools.unknown):
        plain = name.partition("(")[0]
        now = known.today(plain) if known.knows(plain) else None
        if now is None or now == plain or now in tools.effective or now in denied:
            continue
        if not ("execute" in can and known.can(now) in _IN_BASH):
            yield plain, now
