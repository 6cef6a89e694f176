"""A tool that the client does not have."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from backcheck.definitions.agents.restrictions import letters
from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that names tools and gets some: whether the client knows each name."""
    retired = catalogue().entries["retired"]
    for definition, _ in definitions.equipped:
        tools = definition.loaded.tools
        if not tools.written or not tools.effective:
            continue  # without a single tool the agent does not start at all: `no-live-tool`
        strange = [
            name
            for name in dict.fromkeys((*tools.unknown, *tools.lost))
            if not name.startswith("mcp__") and _today(name) != name.partition("(")[0] and name not in retired
        ]
        if strange:
            told = ", ".join(f"`{name}`{_hint(name)}" for name in strange)
            yield failed(definition, f"the client drops {told} without a word", at=definition.at("tools"))
        else:
            yield passed(definition, "the client knows each of its tools")


def _today(name: str) -> str | None:
    plain = name.partition("(")[0]
    return catalogue().today(plain) if catalogue().knows(plain) else None


def _hint(name: str) -> str:
    if name.rstrip(";|") != name:
        return " (names are parted by commas)"
    if now := _today(name):
        return f" (a name of another client; here it is `{now}`)"
    known = {letters(one): catalogue().today(one) or one for one in reversed(catalogue().names())}
    if now := known.get(letters(name)):
        return f" (here it is `{now}`)"
    close = get_close_matches(letters(name), [letters(one) for one in catalogue().live], n=1, cutoff=0.8)
    return f" (did you mean `{known[close[0]]}`?)" if close else ""
