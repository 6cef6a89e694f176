"""A field `tools` that takes every tool away while the client's list says "All tools"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent with a field `tools`: whether it names any."""
    for definition, agent in definitions.equipped:
        if "tools" not in agent.fields:
            continue
        tools, value = definition.loaded.tools, agent.fields["tools"]
        if tools.written or tools.effective:
            yield passed(definition, "its tools are named")
            continue
        what = "is empty" if value in (None, "", [], {}) else f"is {_kind(value)} and names none"
        yield failed(
            definition,
            f"`tools` {what}: the client lists the agent with all tools, and starts it with none",
            at=definition.at("tools"),
        )


def _kind(value: object) -> str:
    match value:
        case dict():
            return "a mapping"
        case bool() | int() | float():
            return "a number"
        case _:
            return "of a form that the client does not read"
