"""The forgiving reader of front matter: what a definition's author meant, with a record of every mend.

Strict YAML is asked first; only what it refuses is mended. The rules come from 2,314 public definitions, of which 171 are
refused by strict parsers, nearly all of them for an unquoted `: ` in a description of one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from backcheck.definitions.agents.recovery import Recovery
from backcheck.definitions.agents.yaml_core import read_mapping

KNOWN_KEYS = frozenset(
    key
    for keys in yaml.safe_load(Path(__file__).with_name("fields.yaml").read_text(encoding="utf-8")).values()
    for key in keys
)
"""Keys that end an unquoted text. Any other `word:` after an open description is text: `user:`, `Context:`."""

_FENCE = re.compile(r"-{3,}\s*")
_CODE_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*(?:ya?ml|markdown|md)?\s*")
_COMMENT = re.compile(r"\s*(?:<!--.*-->|#.*)?\s*")
_KEY = re.compile(r"(?P<key>[A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(?P<value>.*)|[ \t]*)")
_BLOCK = re.compile(r"[>|][+-]?\d?\s*(?:#.*)?")
_SINGLE_NEWLINE = re.compile(r"(?<!\n)\n(?!\n)")
_CAPITALISED = frozenset({"name", "description", "tools", "model", "color"})
_DIALOGUE = frozenset(
    {"user", "assistant", "human", "commentary"} | {"User", "Assistant", "Context", "Example", "Examples"}
)
"""Words of an example that YAML takes for keys: what stands below them was cut off from the description."""
_CUTTING = re.compile(r"description:[ \t]+(?P<text>[&!].*|[^\"'>|\[{*&!#].* #.*)")
"""A description of which YAML silently drops a part: a comment (`C # code`), an anchor (`&co`), a tag (`!important`)."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a definition as its author meant them, and its body."""

    fields: dict[str, Any]
    body: str
    body_line: int
    recoveries: tuple[Recovery, ...]


def parse(text: str) -> FrontMatter | None:
    """Return the front matter and the body; None where the text has no front matter at all."""
    recoveries: list[Recovery] = []
    lines = text.split("\n")
    opened = _opening(lines, recoveries)
    if opened is None:
        return None
    closed = _closing(lines, opened + 1, recoveries)
    block = _dedented(lines[opened + 1 : closed], opened + 2, recoveries)
    fields = read_mapping("\n".join(block)) if closed < len(lines) else None
    if fields is None or _DIALOGUE & fields.keys():
        fields = _mended(block, opened + 2, recoveries)
    fields = {_canonical(key): value for key, value in fields.items()}
    _restore(block, opened + 2, fields, recoveries)
    body = lines[closed + 1 :]
    if recoveries and recoveries[0].rule == "code-fence" and body and _CODE_FENCE.fullmatch(body[-1]):
        body.pop()
    return FrontMatter(fields, "\n".join(body), closed + 2, tuple(recoveries))


def _opening(lines: list[str], recoveries: list[Recovery]) -> int | None:
    """Return the index of the opening fence; blank lines, comments and a code fence may stand before it."""
    for index, line in enumerate(lines):
        if _FENCE.fullmatch(line.strip()):
            if line.rstrip() != "---":
                recoveries.append(Recovery("loose-fence", index + 1))
            return index
        if _CODE_FENCE.fullmatch(line) and line.strip():
            recoveries.insert(0, Recovery("code-fence", index + 1))
            if index + 1 < len(lines) and _KEY.fullmatch(lines[index + 1]):
                return index  # the code fence is the only fence
        elif _COMMENT.fullmatch(line):
            if index == 0 or line.strip():
                recoveries.append(Recovery("text-before-front-matter", index + 1))
        else:
            return None
    return None


def _closing(lines: list[str], start: int, recoveries: list[Recovery]) -> int:
    """Return the index of the closing fence; without one, of the line after the last that can be front matter."""
    for index, line in enumerate(lines[start:], start):
        loose = index + 1 < len(lines) and line.strip() in {"...", "```"}
        if _FENCE.fullmatch(line) or (loose and not lines[start].startswith(("`", "."))):
            if line.rstrip() != "---":
                recoveries.append(Recovery("loose-fence", index + 1))
            return index
    for index, line in enumerate(lines[start:], start):
        if _FENCE.fullmatch(line.strip()):  # a fence that is indented
            recoveries.append(Recovery("loose-fence", index + 1))
            return index
    recoveries.append(Recovery("no-closing-fence", start))
    blank = next((index for index, line in enumerate(lines[start:], start) if not line.strip()), len(lines))
    return blank if blank > start else len(lines)


def _dedented(block: list[str], line: int, recoveries: list[Recovery]) -> list[str]:
    first = next((text for text in block if text.strip()), "")
    margin = len(first) - len(first.lstrip(" \t"))
    if not margin:
        return block
    recoveries.append(Recovery("indented-front-matter", line))
    return [text[margin:] if not text[:margin].strip() else text for text in block]


def _restore(block: list[str], line: int, fields: dict[str, Any], recoveries: list[Recovery]) -> None:
    """Give a one-line description back what YAML silently dropped from it."""
    for number, text in enumerate(block):
        match = _CUTTING.fullmatch(text.rstrip())
        value = fields.get("description")
        if match and isinstance(value, str) and value != match["text"] and value.strip() in match["text"]:
            fields["description"] = match["text"]
            recoveries.append(Recovery("silently-cut", line + number))


def _mended(block: list[str], line: int, recoveries: list[Recovery]) -> dict[str, Any]:
    """Read the block key by key: what YAML takes is YAML, the rest of the text is taken literally."""
    fields: dict[str, Any] = {}
    for number, key, first, rest in _entries(block):
        value, rule = _value(key, first, rest)
        if rule:
            recoveries.append(Recovery(rule, line + number))
        if isinstance(value, str) and rule and r"\n" in value:
            recoveries.append(Recovery("literal-newline", line + number))
            value = value.replace(r"\n", "\n")
        fields[key] = value
    return fields


def _entries(block: list[str]) -> list[tuple[int, str, str, list[str]]]:
    """Return number, key, rest of the line and the further lines of each entry."""
    entries: list[tuple[int, str, str, list[str]]] = []
    for number, text in enumerate(block):
        match = _KEY.fullmatch(text)
        canonical = _canonical(match["key"]) if match else ""
        if match and (canonical in KNOWN_KEYS or _is_plain(entries, match["value"] or "")):
            entries.append((number, canonical, match["value"] or "", []))
        elif entries:
            entries[-1][3].append(text)
    return entries


def _canonical(key: str) -> str:
    return key.lower() if key.lower() in _CAPITALISED else key


def _is_plain(entries: list[tuple[int, str, str, list[str]]], value: str) -> bool:
    """Whether an unknown `word: value` begins an entry: not after an open description, and only with a simple value."""
    return not any(key == "description" for _, key, _, _ in entries[-1:]) and len(value) < 80 and ": " not in value


def _value(key: str, first: str, rest: list[str]) -> tuple[Any, str]:
    """Return an entry's value and the rule that was needed to get it; no rule where YAML reads it."""
    parsed = read_mapping("\n".join([f"{key}: {first}", *rest]))
    if parsed is not None and set(parsed) == {key}:
        return parsed[key], ""
    further = [text for text in rest if text.strip()]
    if _BLOCK.fullmatch(first):
        return _joined(rest, folded=first.startswith(">")), "unindented-block"
    if not further:
        return _unquoted(first), "unquoted-colon" if ": " in first else "unquoted-text"
    if any(not text.startswith((" ", "\t")) for text in further):
        return _unquoted("\n".join([first, *rest]).strip()), "unindented-text"
    tabless = read_mapping("\n".join([f"{key}: {first}", *(text.replace("\t", "  ") for text in rest)]))
    if tabless is not None and set(tabless) == {key}:
        return tabless[key], "tab-indentation"
    return _unquoted(" ".join(text.strip() for text in [first, *further])), "unquoted-colon"


def _joined(lines: list[str], *, folded: bool) -> str:
    text = "\n".join(line.strip() for line in lines).strip("\n")
    return (_SINGLE_NEWLINE.sub(" ", text) if folded else text) + "\n"


def _unquoted(text: str) -> str:
    """Return the text without the quotes around the whole of it."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
