"""A definition mended: every value as backcheck reads it, in a form in which every client reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.agents import parse_agent
from backcheck.definitions.clients import CLAUDE_CODE, Outcome, load_in
from backcheck.definitions.fix.block import rewritten, stands
from backcheck.definitions.fix.change import Change, Fixed
from backcheck.definitions.fix.encoding import HALF, transcoded
from backcheck.definitions.fix.envelope import enveloped, plain
from backcheck.definitions.fix.proof import flaw
from backcheck.definitions.fix.renaming import renamed
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.definitions.agents import Agent

_MANY = 500
"""Fields beyond which a file is none that people write, and would take minutes."""


def fixed(content: bytes, path: Path, *, tools: bool = False) -> Fixed:
    """Return the definition in these bytes as strict YAML and Claude Code read it, proved to say the same.

    With ``tools``, tools have their names of today besides. Raises `UsageError` for what cannot be read, and for what cannot
    be mended without a guess: nothing is then to be written.
    """
    agent = parse_agent(content, path)
    if any(mend.rule == "description-not-text" for mend in agent.recoveries):
        raise _unproved(path, "the description is no text")
    if len(agent.fields) > _MANY:
        raise _unproved(path, f"{len(agent.fields)} fields are no definition")
    after, changes, sound = _mended(content, agent)
    if not (sound and after == content) and (why := flaw(agent, content, agent.fields, after)):
        raise _unproved(path, why)
    left = ""
    if tools:
        after, changes, left = _with_tools(after, path, changes)
    if after != content and not _lasts(after, path, tools=tools and not left):
        raise _unproved(path, "the mend would not last")
    return Fixed(content if after == content else after, changes, _left(after, agent) or left)


def _lasts(content: bytes, path: Path, *, tools: bool) -> bool:
    return _mended(content, parse_agent(content, path))[0] == content and not (tools and renamed(content, path)[2])


def _with_tools(content: bytes, path: Path, changes: tuple[Change, ...]) -> tuple[bytes, tuple[Change, ...], str]:
    after, fields, more = renamed(content, path)
    if not more:
        return content, changes, ""
    if why := flaw(parse_agent(content, path), content, fields, after, same_tools=False):
        return content, changes, f"with today's names of tools, {why}"
    return after, (*changes, *more), ""


def _unproved(path: Path, why: str) -> UsageError:
    return UsageError(f"{path}: {why}", help="mend it by hand")


def _left(content: bytes, agent: Agent) -> str:
    loaded = load_in(CLAUDE_CODE, content, agent.path, meant=agent.description)
    return "" if loaded.outcome is Outcome.LOADS else loaded.reason


def _mended(content: bytes, agent: Agent) -> tuple[bytes, tuple[Change, ...], bool]:
    """Return the bytes mended, what was changed in them, and whether the fields were sound as they stood."""
    utf8, recoded = transcoded(content, agent)
    envelope = None if recoded else plain(content, agent)
    around: tuple[Change, ...] = ()
    if envelope is None:
        envelope, around = enveloped(utf8.decode(errors="surrogateescape"))
    if HALF.search(envelope.block):
        raise UsageError(f"{agent.path}: the front matter holds bytes that are no UTF-8", help="save the file as UTF-8")
    inside: tuple[Change, ...] = ()
    if not (sound := stands(envelope.block, agent.fields)):
        block, inside = rewritten(envelope, agent)
        envelope = envelope.with_block(block)
    return envelope.text.encode(errors="surrogateescape"), (*recoded, *around, *inside), sound
