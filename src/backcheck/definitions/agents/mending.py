"""Fields of a front matter that is no YAML: each key is read for itself, and what YAML refuses is taken as it stands."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents.keys import DIALOGUE, KNOWN, VAGUE, KeyLine, key_line
from backcheck.definitions.agents.yaml_core import MAX_LENGTH, read_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCK = re.compile(r"[>|][+-]?\d?[+-]?\s*(?:#.*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SIMPLE = re.compile(r"[\w.,/+-]{1,40}|\[[^\]]*\]")
_COMMENT = re.compile(r"[ \t]*#(?!\w)|[ \t]*#[\w-]+[ \t]*:")
"""A line that is a comment, `# so` or `#model: opus`, and not one that begins with `#1` or a word with a `#`."""
_MANY = 500
"""Fields that are read; what comes after them is no definition's, and each costs as much to read as a whole file."""


@dataclass(slots=True)
class Entry:
    """One field: its value, the rules that were needed to read it, and the lines on which it stands."""

    key: str
    first: KeyLine
    line: int
    """Index of its first line in the block."""
    further: list[str] = field(default_factory=list)
    value: Any = None
    rules: list[str] = field(default_factory=list)

    @property
    def begin(self) -> tuple[int, int]:
        """Line in the block and column at which the value begins; the end of the key where there is none."""
        if not self.first.value:
            for number, text in enumerate(self.further, 1):
                if text.strip():
                    return self.line + number, len(text) - len(text.lstrip())
        return self.line, self.first.column

    @property
    def end(self) -> tuple[int, int]:
        """Line in the block and column at which the value ends."""
        for number in range(len(self.further), 0, -1):
            if text := self.further[number - 1].rstrip():
                kept = self._kept()
                return (self.line + number + kept, 0) if kept else (self.line + number, len(text))
        return self.line, self.first.column + len(self.first.value)

    def _kept(self) -> int:
        """Return how many blank lines after its text are part of the value: those of a block `|+`."""
        if not isinstance(self.value, str) or not (_BLOCK.fullmatch(self.first.value) and "+" in self.first.value):
            return 0
        return max(0, len(self.value) - len(self.value.rstrip("\n")) - 1)


def mended(block: Sequence[str]) -> list[Entry]:
    """Return the fields of a block of lines, in their order."""
    entries = list(islice(_entries(block), _MANY))
    left = MAX_LENGTH  # characters that may still be read as YAML
    for entry in entries:
        left -= len(entry.first.value) + sum(map(len, entry.further))
        entry.value = _value(entry) if left > 0 else _literal(entry)
        if entry.first.is_odd:
            entry.rules.append("odd-colon")
        if entry.first.written != entry.key:
            entry.rules.append("capital-key")
    return entries


def _entries(block: Sequence[str]) -> Iterator[Entry]:
    entry: Entry | None = None
    seen: set[str] = set()
    for number, text in enumerate(block):
        line = key_line(text)
        if line and (entry is None or _begins(line, entry, seen, block[number : number + 2])):
            if entry:
                yield _uncommented(entry)
            entry = Entry(line.key, line, number)
            seen.add(line.key)
        elif entry:
            entry.further.append(text)
    if entry:
        yield _uncommented(entry)


def _uncommented(entry: Entry) -> Entry:
    """Return the entry without the comments that stand between it and the next; in a block they are at the margin."""
    is_block = _BLOCK.fullmatch(entry.first.value) is not None
    cut = len(entry.further)
    for number in range(cut - 1, -1, -1):
        text = entry.further[number]
        if _COMMENT.match(text) and (text.startswith("#") or not is_block):
            cut = number
        elif text.strip():
            break
    del entry.further[cut:]
    return entry


def _begins(line: KeyLine, open_entry: Entry, seen: set[str], ahead: Sequence[str]) -> bool:
    """Whether a key begins a field, and is not a word of the text that stands open."""
    if open_entry.key != "description":
        return True
    is_next = not open_entry.further
    if line.key in {"name", "description"} & seen:
        return is_next  # the last of two counts, as in every reader; further down it is a word of an example
    is_capital = line.written[0].isupper()
    has_list = line.value.startswith("[") or (len(ahead) > 1 and re.match(r"\s*- |\s+[\w-]+:", ahead[1]) is not None)
    if line.key in KNOWN and line.key not in VAGUE:
        return not is_capital or open_entry.first.written[0].isupper()
    if is_capital or DIALOGUE.fullmatch(line.key) or (open_entry.further and not open_entry.further[-1].strip()):
        return False
    if not line.value or line.key in VAGUE - KNOWN:
        return has_list
    # On the very next line clients take any such word for a key, and so did whoever wrote it.
    return is_next or _SIMPLE.fullmatch(line.value) is not None


def _value(entry: Entry) -> Any:  # noqa: ANN401 - what YAML gives
    """Return an entry's value; its rules stay empty where YAML reads it."""
    first, further = entry.first.value, entry.further
    texts = [line for line in further if line.strip()]
    read = _read(entry, further)
    if read is not None:
        value = read[0]
        if _is_cut(entry, value) and not texts:
            entry.rules.append("silently-cut")
            return first
        return value
    if any("\t" in line for line in texts):
        read = _read(entry, [line.replace("\t", "  ") for line in further])
        if read is not None:
            entry.rules.append("tab-indentation")
            return read[0]
    return _literal(entry)


def _is_cut(entry: Entry, value: object) -> bool:
    """Whether YAML dropped a part of a description on one line: a comment (`C # code`), an anchor (`&co`)."""
    first = entry.first.value
    is_plain = entry.key == "description" and first[:1] not in {"", *"\"'>|[{"}
    return is_plain and (value is None or (isinstance(value, str) and value != first and value in first))


def _literal(entry: Entry) -> str:
    """Return the text of an entry as it stands, without the quotes around the whole."""
    texts = [line for line in entry.further if line.strip()]
    if _BLOCK.fullmatch(entry.first.value):
        entry.rules.append("unindented-block")
        return _joined(entry.further, is_folded=entry.first.value.startswith(">"))
    if any(not line.startswith((" ", "\t")) for line in texts):
        entry.rules.append("unindented-text")
        text = "\n".join([entry.first.value, *entry.further]).strip()
    elif texts:
        entry.rules.append("unquoted-colon")
        text = folded([entry.first.value, *entry.further])
    else:
        entry.rules.append("unquoted-colon" if ": " in entry.first.value else "unquoted-text")
        text = entry.first.value
    if _CONTROL.search(text):
        entry.rules[-1] = "control-character"
    return _unquoted(text)


def _read(entry: Entry, further: Sequence[str]) -> tuple[Any] | None:
    read = read_mapping("\n".join([f"{entry.key}: {entry.first.value}", *further, ""]))
    return (read[entry.key],) if read is not None and set(read) == {entry.key} else None


def _joined(lines: Sequence[str], *, is_folded: bool) -> str:
    text = textwrap.dedent("\n".join(lines)).strip("\n")
    return (folded(text.split("\n")) if is_folded else text) + "\n"


def folded(lines: Sequence[str]) -> str:
    """Return the lines as YAML joins them: a blank line is a new line, any other end of line a space."""
    text = "\n".join(line.strip() for line in lines).strip("\n")
    return re.sub(r"\n+", lambda ends: " " if len(ends[0]) == 1 else ends[0][1:], text)


def _unquoted(text: str) -> str:
    """Return the text without the quotes around the whole of it."""
    text = text.strip()
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "\"'":
        return text
    quote, inner = text[0], text[1:-1]
    # `"a" and "b"` begins and ends with a quote, and none of them is around the whole.
    first = re.search(rf"(?<!\\){quote}", inner)
    if first and re.fullmatch(r"\S(?:[\s,.;:)]|)", inner[: first.start()][-1:] + inner[first.end() :][:1]):
        return text
    return inner.replace(r"\"", '"') if quote == '"' else inner.replace("''", "'")
