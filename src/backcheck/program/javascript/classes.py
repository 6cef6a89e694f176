"""Lowering of JavaScript's and TypeScript's classes, enums and namespaces: fields are assignments, methods definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Assign, Class, Define, Export, Function, Literal, Mapping, Name
from backcheck.program.javascript.expressions import named
from backcheck.program.javascript.functions import Functions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from backcheck.program.form import Expr, Stmt

_FIELDS = frozenset({"public_field_definition", "field_definition"})


class Classes(Functions):
    """Lowers one file's classes."""

    def class_statement(self, node: Node, name: str) -> Class:
        """Lower a class, under this name where it has none of its own or is bound to another."""
        own = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        return Class(
            name or ("" if own is None else self.text(own)),
            tuple(self._bases(node)),
            () if body is None else tuple(self._members(body)),
            node.byte_range,
            self.decorators(node.named_children),
        )

    def _bases(self, node: Node) -> Iterator[Expr]:
        heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
        for clause in named(heritage) if heritage is not None else ():
            if clause.type == "extends_clause":
                yield from self._each(clause.children_by_field_name("value"))
            elif clause.type != "implements_clause":
                yield self.expression(clause)

    def _members(self, body: Node) -> Iterator[Stmt]:
        decorators: list[Node] = []
        for member in named(body):
            match member.type:
                case "decorator":  # TypeScript's grammar puts a method's decorators before it
                    decorators.append(member)
                    continue
                case "method_definition":
                    yield self._method(member, self.decorators((*decorators, *member.named_children)))
                case kind if kind in _FIELDS:
                    yield self._field_definition(member)
                case "class_static_block":
                    yield from self._body(member.child_by_field_name("body"))
            decorators = []

    def _method(self, node: Node, decorators: tuple[Expr, ...]) -> Define:
        method = self.function(node)
        if decorators:
            method = Function(
                method.name, method.parameters, method.body, method.at, decorators, method.is_async, method.returns,
                method.name_at,
            )  # fmt: skip
        return Define(method, node.byte_range)

    def _field_definition(self, node: Node) -> Assign:
        name = node.child_by_field_name("name") or node.child_by_field_name("property")
        target = Name(self.property_name(name), node.byte_range if name is None else name.byte_range)
        annotation = self.annotation(node, "type")
        decorators = self.decorators(node.named_children)
        return Assign((target,), self.field(node, "value"), node.byte_range, annotation, decorators=decorators)

    def _enum(self, node: Node) -> Iterator[Stmt]:
        body, name = node.child_by_field_name("body"), self._field(node, "name")
        entries: list[tuple[Expr | None, Expr]] = []
        following: int | None = 0
        for member in named(body) if body is not None else ():
            assigned = member.type == "enum_assignment"
            value = self._field(member, "value") if assigned else Literal(following, member.byte_range)
            entries.append((self._key(member, "name") if assigned else self._member_name(member), value))
            match value:
                case Literal(value=int(current)):
                    following = current + 1
                case _:
                    following = None
        yield Assign((name,), Mapping(tuple(entries), node.byte_range), node.byte_range)

    def _member_name(self, node: Node) -> Expr:
        return self.expression(node) if node.type == "string" else Literal(self.text(node), node.byte_range)

    def _namespace(self, node: Node) -> Iterator[Stmt]:
        body = tuple([stmt for stmt in self._body(node.child_by_field_name("body")) if not isinstance(stmt, Export)])
        yield Class(self._text_of(node, "name"), (), body, node.byte_range)
