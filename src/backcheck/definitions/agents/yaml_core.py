"""YAML as clients read it: the core schema of YAML 1.2, without merging of mappings, and nested no deeper than people write.

libyaml reads ten times as fast as PyYAML's own parser, and the two differ in corners. Where a text may be in such a corner,
or could exhaust libyaml's stack, PyYAML's own parser reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LENGTH = 1 << 17
"""Characters of the longest text that is read as YAML: PyYAML takes half a minute for a megabyte of `a: [b]`. The longest
front matter of 5,259 public definitions has 6,000."""
_MAX_DEPTH = 40
_ODD = re.compile(r"[^\x0a\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Tabs, line ends and marks that libyaml and PyYAML treat each in its own way, and what neither allows."""
_QUESTION = re.compile(r"[\[{][^\]}]*\?")
"""A question mark in brackets, which only PyYAML takes for a key's sign."""
_DEEP = re.compile(r"^[ \-?:]{80}", re.MULTILINE)
_OPENERS = 200
_LETTERS = "\x85\u2028\u2029"
"""Ends of lines in YAML 1.1, letters in YAML 1.2 and to clients."""
_STR = "tag:yaml.org,2002:str"
_MAX_DIGITS = 100
"""Digits of the longest number; a longer one stays text. Python refuses to print an integer of some thousands."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One entry of a mapping as it stands in the text. Offsets count characters; the end is exclusive."""

    key: str
    start: int
    """Where the key begins."""
    key_end: int
    value: int
    """Where the value begins; not before ``key_end`` but for an alias."""
    end: int
    """Where the last line of the value ends, the new line and blank lines after it left out."""


def read_mapping(text: str) -> dict[str, Any] | None:
    """Return the mapping that the text is, its keys as text; None where it is none, or is no YAML."""
    read = read_pairs(text)
    return read and read[0]


def read_pairs(text: str) -> tuple[dict[str, Any], list[Pair]] | None:
    """Return the mapping and where each of its entries stands; None where the text is no mapping, no YAML or too long."""
    if len(text) > MAX_LENGTH:
        return None
    text, letters = _masked(text)
    reader: Any = _FAST if is_tame(text) else CoreLoader
    try:
        loading = reader(text)
        try:
            node = loading.get_single_node()
            if not isinstance(node, MappingNode) or _too_deep(node):
                return None
            if letters:
                _unmask(node, letters)
            pairs = [_pair(text, loading, key, value) for key, value in node.value]
            found = loading.construct_document(node)
        finally:
            loading.dispose()
    # A value that is not what its tag says (`!!bool x`) ends PyYAML's constructors in errors of Python's own.
    except (yaml.YAMLError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None
    return {str(key): value for key, value in found.items()}, pairs


def _masked(text: str) -> tuple[str, dict[int, str]]:
    """Return the text with stand-ins for what ends a line in YAML 1.1 only, and what each stands for."""
    found = [letter for letter in _LETTERS if letter in text]
    unused = (chr(code) for code in range(0xE000, 0xF900) if chr(code) not in text)
    pairs = list(zip(found, unused, strict=False))
    for letter, mask in pairs:
        text = text.replace(letter, mask)
    return text, {ord(mask): letter for letter, mask in pairs}


def _unmask(root: Node, letters: dict[int, str]) -> None:
    for node, _ in _nodes(root):
        if isinstance(node, ScalarNode):
            node.value = node.value.translate(letters)


def _pair(text: str, loading: Any, key: Node, value: Node) -> Pair:  # noqa: ANN401 - PyYAML's two loaders have no common type
    plain = key.tag == _STR and isinstance(key, ScalarNode)
    name = key.value if plain else str(loading.construct_object(key, deep=True))
    last = _last(value)
    end = last.end_mark.index
    if not isinstance(last, ScalarNode):
        end = end if last.flow_style else _trimmed(text, last.start_mark.index, end)
    elif last.style in {"|", ">"}:
        is_kept = last.value.endswith("\n\n") or not last.value.strip()
        end = _trimmed(text, last.start_mark.index, end, at_most=1 if is_kept else None)
    return Pair(name, key.start_mark.index, key.end_mark.index, value.start_mark.index, max(end, key.end_mark.index))


def _trimmed(text: str, start: int, end: int, at_most: int | None = None) -> int:
    """Return where the last line before ``end`` ends that is not blank; PyYAML's marks lie behind what follows a block."""
    while end > start and at_most != 0:
        line = text.rfind("\n", start, end) + 1
        if not line or text[line:end].strip():
            break
        end = line - 1
        at_most = None if at_most is None else at_most - 1
    return end


def _last(node: Node) -> Any:  # noqa: ANN401 - a node, whose style mypy does not know
    """Return the node with which a block ends: YAML says of a block that it ends where the next thing begins."""
    while isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        inner = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
        if inner.start_mark.index < node.start_mark.index or inner.end_mark.index > node.end_mark.index:
            break  # an alias, which stands where it was named
        node = inner
    return node


class _Core(SafeConstructor, Resolver):
    """The core schema: `yes`, `12:30`, `010` and dates are text or decimal numbers, `<<` is a key like any."""

    def flatten_mapping(self, node: MappingNode) -> None:
        """Merge nothing: a file of a kilobyte could merge itself into a billion entries."""


class CoreLoader(_Core, yaml.SafeLoader):
    """PyYAML's own parser with the core schema."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Compose one node; deeper than any definition needs is refused, before Python's own stack ends."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise yaml.YAMLError("nested too deeply")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _resolvers() -> Iterator[tuple[str, str, str]]:
    yield "bool", r"true|True|TRUE|false|False|FALSE", "tTfF"
    yield "int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"
    yield (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    )
    yield "null", r"~|null|Null|NULL|", "~nN"


_Core.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _resolvers():
    _Core.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), [*_first, *([""] if _tag == "null" else [])]
    )


def _integer(loader: Any, node: ScalarNode) -> int | str:  # noqa: ANN401 - any loader
    text = str(loader.construct_scalar(node))
    if len(text) > _MAX_DIGITS:
        return text
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


_Core.add_constructor("tag:yaml.org,2002:int", _integer)

_FAST: Any = CoreLoader
if yaml.__with_libyaml__:

    class _FastCoreLoader(_Core, yaml.CSafeLoader):
        """`CoreLoader` on libyaml."""

    _FAST = _FastCoreLoader


def is_tame(text: str) -> bool:
    """Whether libyaml can be trusted with a text: it reads it as PyYAML does, and comes back."""
    # libyaml's composer recurses on the stack of C: what could be nested without end is counted, not tried.
    openers = text.count("[") + text.count("{")
    return (
        yaml.__with_libyaml__
        and openers <= _OPENERS
        and not any(pattern.search(text) for pattern in (_ODD, _DEEP, _QUESTION))
    )


def _too_deep(root: Node) -> bool:
    """Whether nodes lie deeper than PyYAML's own parser may go here; libyaml's has been through them already."""
    return any(depth > _MAX_DEPTH for _, depth in _nodes(root))


def _nodes(root: Node) -> Iterator[tuple[Node, int]]:
    """Yield every node once, and how deep it lies; an alias is the node that it names, measured where that stands."""
    pending = [(root, 1)]
    seen: set[int] = set()
    while pending:
        node, depth = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node, depth
        if isinstance(node, MappingNode):
            pending += [(one, depth + 1) for pair in reversed(node.value) for one in reversed(pair)]
        elif isinstance(node, SequenceNode):
            pending += [(one, depth + 1) for one in reversed(node.value)]
