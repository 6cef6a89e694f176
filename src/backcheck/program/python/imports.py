"""Lowering of Python's imports to the common form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Import

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    Text = Callable[[Node], str]


def imports(node: Node, text: Text) -> Iterator[Import]:
    """Give the names that `import a.b, c as d` binds."""
    for child in node.children_by_field_name("name"):
        if child.type == "aliased_import":
            yield Import(_field(child, "name", text), None, _field(child, "alias", text), child.byte_range)
        else:
            source = _dotted(child, text)
            yield Import(source, None, source.partition(".")[0], child.byte_range)


def imports_from(node: Node, text: Text) -> Iterator[Import]:
    """Give the names that `from a import b, c as d` binds; a star is one name."""
    source = _field(node, "module_name", text)
    for child in node.children_by_field_name("name"):
        if child.type == "aliased_import":
            name, local = _field(child, "name", text), _field(child, "alias", text)
        else:
            name = local = _dotted(child, text)
        yield Import(source, name, local, child.byte_range)
    for child in node.named_children:
        if child.type == "wildcard_import":
            yield Import(source, "*", "*", child.byte_range)


def _field(node: Node, name: str, text: Text) -> str:
    child = node.child_by_field_name(name)
    return "" if child is None else _dotted(child, text)


def _dotted(node: Node, text: Text) -> str:
    return "".join(text(node).split())
