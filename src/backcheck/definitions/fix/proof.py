"""The proof that a mended definition says what the file said before: by strict YAML, by the reader's own word and by a client's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents import parse_agent
from backcheck.definitions.agents.encoding import decode
from backcheck.definitions.clients import CLAUDE_CODE, Loaded, Outcome, load_in
from backcheck.definitions.fix.reading import strictly
from backcheck.definitions.fix.sameness import same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backcheck.definitions.agents import Agent

_FRONT = re.compile(rb"---[ \t]*\r?\n(?P<block>(?:.*\n)*?)---[ \t]*(?:\r?\n(?P<body>(?s:.*))|\Z)")
_RANK = {Outcome.DEAD: 0, Outcome.CHANGED: 1, Outcome.LOADS: 2}


def flaw(before: Agent, content: bytes, fields: Mapping[str, Any], after: bytes, *, same_tools: bool = True) -> str:
    """Return why ``after`` may not take the place of ``content``; empty where it says the same.

    ``fields`` are the values that every reader has to find in it, ``before`` the definition in ``content``.
    """
    path = before.path
    match = _FRONT.match(after)
    if match is None:
        return "no strict reader would find the front matter"
    strict = strictly(match["block"].decode())
    if strict is None:
        return "strict YAML would still refuse the front matter"
    if unlike := _unlike(strict, fields):
        return f"strict YAML would read another `{unlike}`"
    now = parse_agent(after, path)
    if unlike := _unlike(now.fields, fields):
        return f"`{unlike}` would change"
    if now.body != before.body or not _same_bytes(content, before, after, now):
        return "the body would change"
    was, is_now = (load_in(CLAUDE_CODE, each, path, meant=before.description) for each in (content, after))
    # Where a `---` among the fields made the client stop reading, the tools that it gave are those of a part of the file.
    is_cut = content[before.front.start : before.front.end].count(b"---") > 2
    if same_tools and not is_cut and was.outcome is Outcome.LOADS and is_now.tools != was.tools:
        return "Claude Code would give it other tools"
    if was.tools.effective and not is_now.tools.effective:
        return "Claude Code would give it no tool"
    return _worse(was, is_now, now)


def _same_bytes(content: bytes, before: Agent, after: bytes, now: Agent) -> bool:
    """Whether the body's bytes are the same; those of another encoding cannot be."""
    was, is_now = before.body_span, now.body_span
    return content[was.start : was.end] == after[is_now.start : is_now.end] or decode(content).encoding != "utf-8"


def _unlike(found: Mapping[str, Any], meant: Mapping[str, Any]) -> str:
    """Return the first key whose value differs; empty where none does."""
    return next(
        (key for key in {**meant, **found} if key not in found or key not in meant or not same(found[key], meant[key])),
        "",
    )


def _worse(was: Loaded, now: Loaded, agent: Agent) -> str:
    if _RANK[now.outcome] < _RANK[was.outcome]:
        return f"Claude Code would do worse with it: {now.reason}"
    if now.outcome is Outcome.DEAD:
        return ""
    if now.name != agent.name:
        return f"Claude Code would read another name: {now.name}"
    if now.description is None or now.description.split() != agent.description.split():
        return "Claude Code would read another description"
    return ""
