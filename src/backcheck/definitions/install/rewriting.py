"""A definition for Claude Code with as few bytes changed as can be: comments, order and folded texts stay as their author wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.agents import parse_agent
from backcheck.definitions.clients import CLAUDE_CODE, Outcome, load_in
from backcheck.definitions.fix import fixed
from backcheck.definitions.lowering.writing import scalar
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.definitions.agents import Agent


def rewritten(content: bytes, strict: bytes, path: Path) -> bytes:
    """Return ``content`` with the name and the tools that ``strict`` has, or ``strict`` where that would not say the same.

    ``strict`` is the same definition with its front matter written anew. What a strict reader refuses is mended first.
    """
    meant = parse_agent(strict, path)
    try:
        text = content if _reads(content, path) else fixed(content, path).content
        text = _edited(text, parse_agent(text, path), meant)
        return text if _same(parse_agent(text, path), meant) and _reads(text, path) else strict
    except UsageError:
        return strict


def _edited(content: bytes, agent: Agent, meant: Agent) -> bytes:
    wanted = {
        "name": (agent.name, meant.name),
        "tools": (agent.tools, meant.tools),
        "disallowedTools": (agent.disallowed, meant.disallowed),
    }
    changed = [key for key, (before, after) in wanted.items() if _unlike(before, after) and key in agent.spans]
    for key in sorted(changed, key=lambda one: agent.spans[one].entry.start, reverse=True):
        span = agent.spans[key].entry
        content = content[: span.start] + _entry(key, meant).encode() + content[span.end :]
    return content


def _entry(key: str, meant: Agent) -> str:
    value = meant.fields[key]
    return f"{key}: {scalar(value) if isinstance(value, str) else '[]'}"


def _same(ours: Agent, meant: Agent) -> bool:
    changing = {"tools", "disallowedTools"}
    kept = [{key: value for key, value in one.fields.items() if key not in changing} for one in (ours, meant)]
    tools = _unlike(ours.tools, meant.tools) or _unlike(ours.disallowed, meant.disallowed)
    return not tools and ours.body == meant.body and kept[0] == kept[1]


def _unlike(before: str | tuple[str, ...] | None, after: str | tuple[str, ...] | None) -> bool:
    """Whether a name differs, or a list of tools in more than its order."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        return set(before) != set(after)
    return before != after


def _reads(content: bytes, path: Path) -> bool:
    """Whether strict readers and Claude Code take the content as its author means it."""
    if not content.startswith(b"---\n"):
        return False
    agent = parse_agent(content, path)
    loaded = load_in(CLAUDE_CODE, content, path, meant=agent.description)
    return not agent.recoveries and loaded.outcome is Outcome.LOADS
