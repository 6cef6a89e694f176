"""Tools by the names they have today: retired ones renamed, a misspelt restriction under the key that clients read.

This changes values, so it is done on demand only. It takes nothing from an agent and gives it no more than it named.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import parse_agent, tool_names
from backcheck.definitions.agents.restrictions import ALLOWED, DENIED, letters
from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.definitions.fix.change import Change
from backcheck.definitions.fix.writing import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backcheck.definitions.agents import Agent

_KEYS = {ALLOWED: "tools", DENIED: "disallowedTools"}
"""What a misspelt key means, by its letters."""


def renamed(content: bytes, path: Path) -> tuple[bytes, dict[str, Any], tuple[Change, ...]]:
    """Return a sound definition with its tools by today's names, the fields it has to have then, and what was changed."""
    agent = parse_agent(content, path)
    fields = dict(agent.fields)
    changes = []
    edits: list[tuple[int, int, str]] = []
    misspelt = dict(_misspelt(agent))
    for key, meant in misspelt.items():
        span = agent.spans[key]
        written = key_of(content[span.entry.start : span.entry.end].decode())
        edits.append((span.entry.start, span.entry.start + len(written.encode()), meant))
        changes.append(Change("misspelt-restriction", span.line, f"`{key}` is `{meant}`, which clients read"))
        fields = {meant if each == key else each: value for each, value in fields.items()}
    key = next((key for key, meant in misspelt.items() if meant == "tools"), "tools")
    if isinstance(fields.get("tools"), str | list) and (news := _successors(tool_names(fields["tools"]))):
        place = agent.spans[key].value
        value = content[place.start : place.end].decode()
        edits.append((place.start, place.end, _with_names(value, news)))
        fields["tools"] = _renamed(fields["tools"], news)
        changes += [
            Change(
                "retired-tool",
                agent.spans[key].line,
                f"`{old}` is `{new}` today" if new else f"`{old}` is gone: its successor is named already",
            )
            for old, new in news.items()
        ]
    for start, end, text in sorted(edits, reverse=True):
        content = content[:start] + text.encode() + content[end:]
    return content, fields, tuple(changes)


def _misspelt(agent: Agent) -> Iterator[tuple[str, str]]:
    """Yield the keys that no client reads and the ones that are meant, where that one is free."""
    taken = set(agent.fields)
    for key in agent.fields:
        meant = _KEYS.get(letters(key))
        if meant and meant not in taken:
            taken.add(meant)
            yield key, meant


def _successors(names: tuple[str, ...]) -> dict[str, str]:
    """Return today's name of each retired tool that has one; empty where that is named already."""
    known = catalogue()
    present = {name.partition("(")[0] for name in names}
    news: dict[str, str] = {}
    for name in (each.partition("(")[0] for each in names):
        today = known.today(name) if name in known.entries["retired"] else None
        if today and name not in news:
            news[name] = "" if today in present else today
            present.add(today)
    return news


def _renamed(value: Any, news: dict[str, str]) -> Any:  # noqa: ANN401 - a field of any shape
    """Return the field with the new names, in the shape it has."""
    if isinstance(value, list):
        kept = (each for each in value if not (isinstance(each, str) and news.get(_plain(each)) == ""))
        return [_with_names(each, news) if isinstance(each, str) else each for each in kept]
    return _with_names(value, news) if isinstance(value, str) else value


def _plain(name: str) -> str:
    return name.strip().partition("(")[0]


def _with_names(text: str, news: dict[str, str]) -> str:
    """Return text of YAML with the new names; what is in a comment stays."""
    for old, new in news.items():
        name = rf"(?<![\w/:.*-]){old}(?![\w/:.-])"
        if new:
            text = re.sub(rf"(?P<comment>(?:^|\s)#.*)|{name}", partial(_named, new), text, flags=re.MULTILINE)
            continue
        entry = rf"([\"']?){name}(?:\([^()]*\))?\1"
        # A line of its own in a list; one of several after a comma or a space; the first of them.
        for pattern in (
            rf"^[ \t]*- +{entry}[ \t]*(?:#.*)?(?:\n|\Z)",
            rf"(?:,\s*|\s+){entry}(?=[\s,\]]|\Z)",
            rf"{entry}[\s,]+",
        ):
            text, count = re.subn(pattern, "", text, count=1, flags=re.MULTILINE)
            if count:
                break
    return text


def _named(new: str, found: re.Match[str]) -> str:
    return found["comment"] or new
