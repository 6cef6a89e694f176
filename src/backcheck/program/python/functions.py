"""Lowering of what Python's functions take: parameters, annotations; and of `lambda`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Function, Literal, Operation, Parameter, Return, Sequence, Subscript
from backcheck.program.python.expressions import Expressions, named
from backcheck.source import parse

if TYPE_CHECKING:
    from tree_sitter import Node

    from backcheck.program.form import Expr, Span, Stmt


class Functions(Expressions):
    """Lowers one file's expressions, functions' heads among them."""

    def __init__(self, source: bytes, offset: int = 0) -> None:
        super().__init__(source, offset)
        self.expressions |= {"lambda": self._lambda, "generic_type": self._generic, "union_type": self._union}

    def _lambda(self, node: Node) -> Expr:
        body = self.field(node, "body")
        result: tuple[Stmt, ...] = (Return(body, body.at),)
        return Function("", self.parameters(node.child_by_field_name("parameters")), result, self.at(node))

    def parameters(self, node: Node | None) -> tuple[Parameter, ...]:
        """Lower a parameter list."""
        found: list[Parameter] = []
        kind = "plain"
        for child in () if node is None else named(node):
            if child.type == "keyword_separator":
                kind = "keyword_only"
            elif child.type != "positional_separator":
                parameter = self._parameter(child, kind)
                kind = "keyword_only" if parameter.kind == "rest" else kind
                found.append(parameter)
        return tuple(found)

    def _parameter(self, node: Node, kind: str) -> Parameter:
        annotation, default = node.child_by_field_name("type"), node.child_by_field_name("value")
        name = node.child_by_field_name("name")
        if name is None:
            name = node.named_children[0] if node.type == "typed_parameter" else node
        if name.type in {"list_splat_pattern", "dictionary_splat_pattern"}:
            kind = "rest" if name.type == "list_splat_pattern" else "keywords"
            name = name.named_children[0] if name.named_children else name
        return Parameter(
            self.text(name),
            self.at(node),
            None if annotation is None else self.annotation(annotation),
            None if default is None else self.expression(default),
            kind,
        )

    # Annotations

    def annotation(self, node: Node) -> Expr:
        """Lower an annotation. `"Name[X]"` is read as the expression that it quotes."""
        lowered = self.expression(node)
        match lowered:
            case Literal(str(text), at):
                return self._quoted(text, at) or lowered
        return lowered

    def _quoted(self, text: str, at: Span) -> Expr | None:
        source = text.encode("utf-8", "replace")
        root = parse("python", source).root_node
        statements = named(root)
        if root.has_error or len(statements) != 1 or len(named(statements[0])) != 1:
            return None
        # The quote's own length is not known for a prefix or escapes; places inside are then off by a little.
        inner = Functions(source, at[0] + 1)
        inner.depth = self.depth
        return inner.expression(named(statements[0])[0])

    def _generic(self, node: Node) -> Expr:
        """`Annotated[X, y]` where the grammar sees a type."""
        children = named(node)
        indexes: list[Expr] = []
        for child in named(children[-1]):
            lowered = self.expression(child)
            indexes.append(lowered)
        value = self.expression(children[0])
        if len(indexes) == 1:
            return Subscript(value, indexes[0], self.at(node))
        return Subscript(value, Sequence("tuple", tuple(indexes), self.at(children[-1])), self.at(node))

    def _union(self, node: Node) -> Expr:
        return Operation("|", self.each(node), self.at(node))
