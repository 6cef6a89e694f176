"""The entries of a front matter, each written so that strict YAML gives its value; those that do so already stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from backcheck.definitions.fix.ambiguous import settled
from backcheck.definitions.fix.reading import quickly
from backcheck.definitions.fix.sameness import same
from backcheck.definitions.fix.writing import cuts, harmless, key_of, quoted, ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BREAK = re.compile("[\x85\u2028\u2029\ufeff]")
"""Ends of lines to YAML 1.1, and letters to YAML 1.2; and a mark that some drop."""
_UNINDENTED = re.compile(r"\n(?![\s#]|- |-$|\Z)", re.MULTILINE)
"""A quoted text or a list in brackets that goes on at the margin: PyYAML reads it, YAML forbids it."""
_SPACES = re.compile(r"[ \t]+(?=\r?\n|\Z)")
_ALIAS = re.compile(r"(?:^|[\s,:\[{-])[*&][^\s]")
_ALONE = ("", "\n")
"""What stands around an entry that is read by itself: the end of its last line. One more would be part of a block (`|+`)."""


class Entry(NamedTuple):
    """One entry of the block as it stands, in characters."""

    key: str
    start: int
    """Where its key begins."""
    end: int
    """Where its value ends, exclusive."""


class Edit(NamedTuple):
    """One replacement in the block."""

    start: int
    end: int
    text: str
    """With `\\n` line ends."""
    rule: str
    """Empty where the reader's own recovery names it."""
    what: str


def rewrites(block: str, entries: Iterable[Entry], fields: Mapping[str, Any]) -> Iterator[Edit]:
    """Yield a replacement for every entry that some reader takes for something else than ``fields`` has."""
    strict = quickly(block)
    for entry in entries:
        text = block[entry.start : entry.end].replace("\r\n", "\n")
        value = fields[entry.key]
        disputed = not _is_undisputed(text)
        if not disputed and "---" not in text and _stands(text, entry.key, value, strict):
            continue
        # An alias names what stands elsewhere: such an entry is read where it stands.
        around = (block[: entry.start], block[entry.end :]) if strict and _ALIAS.search(text) else _ALONE
        ways = (way for way in dict.fromkeys(_ways(text, entry.key, value)) if way != text and _is_undisputed(way))
        way = next((way for way in ways if _reads(way, entry.key, value, around)), text)
        if way != text:
            # Spaces at the end of a line would become part of a block.
            spaces = _SPACES.match(block, entry.end) if "\n" in way else None
            end = spaces.end() if spaces else entry.end
            yield Edit(entry.start, end, way, "disputed-word" if disputed else "", _said(entry.key, text, way))


def _stands(text: str, key: str, value: object, strict: Mapping[str, Any] | None) -> bool:
    if strict is None:
        return _reads(text, key, value)
    return key in strict and same(strict[key], value)


def _reads(text: str, key: str, value: object, around: tuple[str, str] = _ALONE) -> bool:
    read = quickly(text.join(around))
    return read is not None and key in read and (len(read) == 1 or around != _ALONE) and same(read[key], value)


def _ways(text: str, key: str, value: object) -> Iterator[str]:
    """Yield ways to write the entry, the smallest change first."""
    name = _name(text, key)
    named = name + text[len(key_of(text)) :] if key_of(text) else text
    spaced = re.sub(r"^[ \t]+", lambda margin: margin[0].replace("\t", "  "), named, flags=re.MULTILINE)
    indented = re.sub(r"\n(?=[^\n])", "\n  ", spaced)
    trimmed = re.sub(r"[ \t]+$", "", spaced, flags=re.MULTILINE)
    yield from (
        way for way in (named, spaced, trimmed, _settled(trimmed), harmless(trimmed), indented) if not cuts(way)
    )
    if isinstance(value, str):
        yield from ways(name, value, text)
        return
    flow = yaml.safe_dump(value, default_flow_style=True, width=1 << 20, allow_unicode=True, sort_keys=False)
    yield f"{name}: {flow}".rstrip("\n").removesuffix("\n...")


def _is_undisputed(text: str) -> bool:
    """Whether every reader of YAML that accepts the entry takes it for the same, and all accept it that one does."""
    return not (BREAK.search(text) or _UNINDENTED.search(text)) and _settled(text) == text


def _settled(text: str) -> str:
    try:
        return settled(text)
    except yaml.YAMLError:
        return text


def _name(text: str, key: str) -> str:
    """Return the key as it may be written: as it is, where that is read as the key."""
    for name in (key_of(text), key):
        entry = f"{name}: x"
        if list(quickly(entry) or ()) == [key] and _settled(entry) == entry:
            return name
    return quoted(key)


def _said(key: str, text: str, way: str) -> str:
    """Return what became of the entry, for a person."""
    was, now = (each[len(key_of(each)) + 1 :].lstrip() for each in (text, way))
    match now[:1]:
        case '"' | "'" if was[:1] != now[:1]:
            return f"`{key}` stands in quotes"
        case "|" if was[:1] != "|":
            return f"`{key}` is a literal block"
        case ">" if was[:1] != ">":
            return f"`{key}` is a folded block"
        case _ if was == now and key_of(text) != key_of(way):
            return f"the key `{key}` is written as clients know it"
        case _ if was.split() == now.split():
            return f"`{key}` is indented"
        case _:
            return f"`{key}` is written as every reader of YAML takes it"
