"""A tool that the client had once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that names tools: whether one of them was retired."""
    known = catalogue()
    for definition, _ in definitions.equipped:
        tools = definition.loaded.tools
        if not tools.written:
            continue
        plain = dict.fromkeys(name.partition("(")[0] for name in (*tools.lost, *tools.unknown))
        gone = {name: known.today(name) for name in plain if name in known.entries["retired"]}
        if gone:
            told = ", ".join(
                f"`{name}`" + (f" (today `{now}`)" if now else " (nothing took its place)")
                for name, now in gone.items()
            )
            yield failed(definition, f"the client drops {told} without a word", at=definition.at("tools"))
        else:
            yield passed(definition, "none of its tools is retired")
