"""Ways to write one text under a key so that every reader of YAML gives it back, the smallest change first."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = re.compile(r"""(?P<key>"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s:][^:\n]*?)[ \t]*:(?=\s|$)""")
_NAMED = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t", "\r": r"\r"}
_UNSAFE = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML allows in no text, and what only some readers take for a line break: NEL, U+2028, U+2029."""
_LIKE_A_FENCE = re.compile(r"---|^\s*(?:\.{3}\s*$|`{3}|~{3}|--\s*$)", re.MULTILINE)
"""Where a reader may end the front matter. Claude Code does so at any `---`, in the midst of a line too."""
_RULED_COMMENT = re.compile(r"(?:^|(?<=\s))#.*---.*", re.MULTILINE)
_RULE = re.compile(r"-{3,}")
_INDENT = "  "


def key_of(entry: str) -> str:
    """Return the key as written, quotes included; empty where the text begins with none."""
    match = _KEY.match(entry)
    return match["key"] if match else ""


def cuts(text: str) -> bool:
    """Whether a reader may take a line of the text for the end of the front matter."""
    return _LIKE_A_FENCE.search(text) is not None


def harmless(text: str) -> str:
    """Return the text with `===` for every `---` in a comment: Claude Code would end the front matter there."""
    return _RULED_COMMENT.sub(lambda comment: _RULE.sub(lambda rule: "=" * len(rule[0]), comment[0]), text)


def quoted(text: str) -> str:
    """Return the text on one line in quotes: double ones, unless single ones spare escapes."""
    doubled = _double(text)
    if len(doubled) > len(text) + 2 + text.count("'") and not _UNSAFE.search(text) and "---" not in text:
        return "'" + text.replace("'", "''") + "'"
    return doubled


def ways(key: str, value: str, entry: str) -> tuple[str, ...]:
    """Return the ways to write the value under the key, the one nearest to ``entry`` first.

    ``entry`` is the text of the entry as it stands, its key included, with `\\n` line ends. Only the last way is sure to give the
    value back: in the others the text itself may get in the way.
    """  # noqa: D301 - a newline
    several = [*_literal(key, value, entry), *_folded(key, value, entry)]
    tame = (way for way in several if not cuts(way))
    sure = f"{key}: {quoted(value)}"
    ranked = sorted((*tame, sure), key=lambda way: _distance(entry, way))
    return (*ranked, sure)


def _double(text: str) -> str:
    escaped = "".join(_NAMED.get(char, char) for char in text)
    return '"' + _UNSAFE.sub(lambda found: _escape(ord(found[0])), escaped).replace("---", r"--\x2d") + '"'


def _escape(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _literal(key: str, value: str, entry: str) -> Iterator[str]:
    """Yield the value as a literal block; nothing for a value on one line or one that a block cannot hold."""
    kept = value.rstrip("\n")
    if "\n" not in kept or any(_UNSAFE.search(line.replace("\t", " ")) for line in value.split("\n")):
        return
    chomp = {0: "-", 1: ""}.get(len(value) - len(kept), "+")
    margin = _margin(entry)
    lines = [margin + line if line else "" for line in kept.split("\n")]
    # A first line that begins with white space would be taken for deeper indentation.
    width = str(len(margin)) if kept[0].isspace() else ""
    yield "\n".join([f"{key}: |{width}{chomp}", *lines, *[""] * (len(value) - len(kept) - 1)])


def _folded(key: str, value: str, entry: str) -> Iterator[str]:
    """Yield the lines of the entry as a folded block, for a text that runs over several lines and is read as one."""
    first, *further = (line.strip() for line in entry.split("\n"))
    if not any(further) or value != value.strip():
        return
    begun = first[len(key_of(first)) :].lstrip().removeprefix(":").lstrip()
    margin = _margin(entry)
    yield "\n".join([f"{key}: >-", *(margin + line if line else "" for line in [begun, *further])])


def _margin(entry: str) -> str:
    """Return the indentation that the lines after the first have already; two spaces where one of them has none."""
    widths = [len(line) - len(line.lstrip(" ")) for line in entry.split("\n")[1:] if line.strip()]
    return " " * min(widths, default=0) or _INDENT


def _distance(before: str, after: str) -> int:
    """Return how many lines a reader of the diff sees changed, indentation aside."""
    was = Counter(line.strip() for line in before.split("\n"))
    now = Counter(line.strip() for line in after.split("\n"))
    return (was - now).total() + (now - was).total()
