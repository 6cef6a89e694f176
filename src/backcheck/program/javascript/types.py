"""What is kept of TypeScript's types: annotations that are plain names or members, as expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Attribute, Name

if TYPE_CHECKING:
    from tree_sitter import Node

    from backcheck.program.form import Expr

ERASED = frozenset(
    {
        "type_annotation", "type_arguments", "type_parameters", "accessibility_modifier", "override_modifier",
        "predefined_type", "type_predicate_annotation", "asserts_annotation", "implements_clause", "object_type",
        "union_type", "generic_type", "literal_type", "array_type", "function_type", "jsx_text", "jsx_closing_element",
    }
)  # fmt: skip
"""Grammar nodes that hold no value."""


def annotation(node: Node, source: bytes) -> Expr | None:
    """Return the named type of an annotation: `A`, `a.B`, `A` of `A<T>` and of `A | null`; None for any other."""
    while node.type in {"type_annotation", "parenthesized_type", "readonly_type"} and node.named_child_count:
        node = node.named_children[-1]
    match node.type:
        case "type_identifier" | "identifier":
            return Name(_text(node, source), node.byte_range)
        case "nested_type_identifier" | "nested_identifier":
            return _member(node, source)
        case "generic_type":
            name = node.child_by_field_name("name")
            return None if name is None else annotation(name, source)
        case "union_type":
            some = [kind for kind in _alternatives(node) if kind.type != "literal_type"]
            return annotation(some[0], source) if len(some) == 1 else None
    return None


def _member(node: Node, source: bytes) -> Expr | None:
    names = []
    head: Node | None = node
    while head is not None and head.type in {"nested_type_identifier", "nested_identifier"}:
        names.append((head.child_by_field_name("name") or head.child_by_field_name("property"), head))
        head = head.child_by_field_name("module") or head.child_by_field_name("object")
    if head is None:
        return None
    lowered: Expr = Name(_text(head, source), head.byte_range)
    for name, link in reversed(names):
        lowered = Attribute(lowered, "" if name is None else _text(name, source), link.byte_range)
    return lowered


def _alternatives(node: Node) -> list[Node]:
    """Flatten `A | B | C`, which nests to the left."""
    found: list[Node] = []
    stack = [node]
    while stack:
        kind = stack.pop()
        if kind.type == "union_type":
            stack.extend(reversed(kind.named_children))
        elif not (kind.type == "predefined_type" and kind.text in {b"undefined", b"void"}):
            found.append(kind)
    return found


def _text(node: Node, source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")
