"""The lines between the fences, mended: entries, keys that stand twice, text of no key, comments that look like a fence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from backcheck.definitions.agents import parse_agent
from backcheck.definitions.agents.recovery import OF_THE_FILE
from backcheck.definitions.fix.ambiguous import settled
from backcheck.definitions.fix.change import Change
from backcheck.definitions.fix.entries import BREAK, Edit, Entry, rewrites
from backcheck.definitions.fix.reading import quickly
from backcheck.definitions.fix.sameness import same
from backcheck.definitions.fix.writing import harmless, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.fix.envelope import Envelope

_MARGIN = re.compile(r"^(?:[^\s#-]|-[^\s])", re.MULTILINE)
"""The first letter of a field. More of them than fields: a key stands twice, or a text goes on at the margin."""
_LINE = re.compile(r"[^\r\n]+")
_OWN = frozenset({"key-twice", "stray-text", "loose-fence"})


def stands(block: str, fields: Mapping[str, Any]) -> bool:
    """Whether every reader finds these fields in the block already, and none of them twice."""
    if "---" in block or BREAK.search(block):
        return False
    read = quickly(block)
    return read is not None and same(read, fields) and len(_MARGIN.findall(block)) == len(read) and _is_settled(block)


def _is_settled(block: str) -> bool:
    try:
        return settled(block) == block
    except yaml.YAMLError:
        return False


def rewritten(envelope: Envelope, agent: Agent) -> tuple[str, tuple[Change, ...]]:
    """Return the block as it has to stand, and what was changed for that. ``agent`` is the definition in the file as it was."""
    block, fields = envelope.block, agent.fields
    now = parse_agent(envelope.text.encode(errors="surrogateescape"), agent.path)
    entries = sorted(_entries(envelope, now), key=lambda entry: entry.start)
    edits = sorted((*rewrites(block, entries, fields), *_comments(block, entries, fields)))
    changes: list[Change] = []
    parts: list[str] = []
    done = 0
    for edit in edits:
        parts += block[done : edit.start], edit.text.replace("\n", envelope.end)
        done = edit.end
        line = envelope.line + block.count("\n", 0, edit.start) - envelope.above
        changes.append(Change(_rule(edit, agent, line), line, edit.what))
    return "".join([*parts, block[done:]]), tuple(changes)


def _rule(edit: Edit, agent: Agent, line: int) -> str:
    """Return the fault by the name that the reader gave it, where it saw one of that line's field."""
    found = [mend.rule for mend in agent.recoveries if mend.line == line and mend.rule not in OF_THE_FILE]
    return next(iter(found), edit.rule or "unquoted-text") if edit.rule not in _OWN else edit.rule


def _entries(envelope: Envelope, agent: Agent) -> Iterator[Entry]:
    data = envelope.block.encode()
    before = len(envelope.opening.encode())
    for key, span in agent.spans.items():
        start, end = (len(data[: at - before].decode()) for at in (span.entry.start, span.entry.end))
        yield Entry(key, start, end)


def _comments(block: str, entries: list[Entry], fields: Mapping[str, Any]) -> Iterator[Edit]:
    """Yield what makes comments of the lines between the fields, and harmless ones of those that hold a `---`."""
    starts = [0, *(entry.end for entry in entries)]
    ends = [*(entry.start for entry in entries), len(block)]
    for start, end in zip(starts, ends, strict=True):
        for line in _LINE.finditer(block, start, end):
            at, text = line.start(), line[0]
            is_whole = block[at - 1 : at] in {"", "\n"} and block[line.end() : line.end() + 1] in {"\r", "\n"}
            if is_whole and line.end() < end and text.strip() and not text.lstrip().startswith("#"):
                yield _comment(at, text, fields)
            elif harmless(text) != text:
                yield Edit(at, line.end(), _tabless(harmless(text)), "loose-fence", "a comment holds no `---`")
            elif _tabless(text) != text:
                yield Edit(at, line.end(), _tabless(text), "tab-indentation", "a tab between the fields is gone")


def _tabless(text: str) -> str:
    """Return what stands between fields without the tabs before its comment, which PyYAML takes for a fault."""
    space, sign, comment = text.partition("#")
    return space.replace("\t", " ") + sign + comment if sign else text.rstrip() if "\t" in text else text


def _comment(at: int, text: str, fields: Mapping[str, Any]) -> Edit:
    said = ("stray-text", "text of no field is a comment")
    if not fields.keys().isdisjoint({key_of(text), key_of(text).lower()}):
        said = ("key-twice", "a key that stands again below is a comment")
    return Edit(at, at + len(text), harmless(f"# {text}"), *said)
