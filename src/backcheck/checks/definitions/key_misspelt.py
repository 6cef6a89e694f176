"""A key that is nearly one that the client reads."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from backcheck.definitions.agents.restrictions import letters
from backcheck.definitions.roster.gathering import readers
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement

_CLIENT = "claude-code"
_NEAR = 0.85
_RESTRICTING = "tools"
"""Keys with this word are judged by `restriction-ignored`."""


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent that loads: whether a key of it is nearly one that the client reads."""
    for definition, agent in definitions.equipped:
        slips = {
            key: meant
            for key in agent.fields
            if (meant := _meant(definition.spelt(key))) and _is_open(meant, key, agent)
        }
        if slips:
            told = ", ".join(f"`{definition.spelt(key)}` (did you mean `{meant}`?)" for key, meant in slips.items())
            yield failed(definition, f"the client does not read {told}", at=definition.at(*slips))
        else:
            yield passed(definition, "no key is nearly one that the client reads")


def _is_open(meant: str, key: str, agent: Agent) -> bool:
    """Whether the file has not the right key as well."""
    return meant == key or meant not in agent.fields


def _meant(key: str) -> str | None:
    """Return the key of the client that this one was to be; None for one that the client or another one reads."""
    known = readers().get(key, ())
    if _CLIENT in known or letters(key).endswith(_RESTRICTING):
        return None
    ours = {letters(one): one for one, clients in readers().items() if _CLIENT in clients}
    if letters(key) in ours:
        return ours[letters(key)]
    if known:
        return None
    close = get_close_matches(letters(key), list(ours), n=1, cutoff=_NEAR)
    return ours[close[0]] if close else None
