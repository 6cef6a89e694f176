"""Lowering of JavaScript's and TypeScript's expressions, patterns and functions to the common form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import (
    Attribute,
    Await,
    Call,
    Conditional,
    Function,
    Literal,
    Mapping,
    Name,
    Opaque,
    Operation,
    Sequence,
    Spread,
    Subscript,
    Template,
)
from backcheck.program.javascript import types
from backcheck.program.javascript.literals import number, unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node

    from backcheck.program.form import Expr, Span, Stmt

MAX_DEPTH = 150
"""Levels of nesting that are lowered. A level costs about four Python frames, of a thousand that there are."""
MAX_SPINE = 200
"""Links of one chain (`a + b + c …`, `x.y().z() …`): each becomes a level for whoever walks the form by recursion."""

_COMMENTS = frozenset({"comment", "html_comment", "hash_bang_line"})
_LINKS = {"member_expression": "object", "subscript_expression": "object", "call_expression": "function"}
_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}


def named(node: Node) -> list[Node]:
    """Return the named children that are not comments."""
    return [child for child in node.named_children if child.type not in _COMMENTS]


class Expressions:
    """Lowers one file's expressions. Statements are a subclass's: functions hold them, and they hold functions."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._depth = 0
        self._pending: list[Stmt] = []
        self.problems: list[Span] = []
        self._expressions: dict[str, Callable[[Node], Expr]] = {
            "identifier": self._name, "this": self._name, "super": self._name, "import": self._name,
            "shorthand_property_identifier_pattern": self._name, "shorthand_property_identifier": self._name,
            "private_property_identifier": self._name, "statement_identifier": self._name,
            "property_identifier": self._name, "type_identifier": self._name, "nested_identifier": self._nested,
            "string": self._string, "number": self._number, "template_string": self._template,
            "true": self._constant, "false": self._constant, "null": self._constant, "undefined": self._constant,
            "member_expression": self._chain, "subscript_expression": self._chain, "call_expression": self._chain,
            "new_expression": self._new, "binary_expression": self._binary, "unary_expression": self._unary,
            "ternary_expression": self._ternary, "await_expression": self._await, "spread_element": self._spread,
            "rest_pattern": self._spread, "array": self._array, "array_pattern": self._array,
            "object": self._object, "object_pattern": self._object, "assignment_pattern": self._default,
            "object_assignment_pattern": self._default, "assignment_expression": self._assignment,
            "augmented_assignment_expression": self._assignment, "update_expression": self._assignment,
            "arrow_function": self.function, "function_expression": self.function, "generator_function": self.function,
            "class": self._class_expression, "parenthesized_expression": self._inner, "as_expression": self._inner,
            "satisfies_expression": self._inner, "non_null_expression": self._inner, "jsx_expression": self._opaque,
            "instantiation_expression": self._inner, "type_assertion": self._last, "decorator": self._inner,
            "computed_property_name": self._inner,
        }  # fmt: skip

    def block(self, node: Node) -> tuple[Stmt, ...]:
        """Lower a function's or a branch's body."""
        raise NotImplementedError

    def class_statement(self, node: Node, name: str) -> Stmt:
        """Lower a class, under this name where it has none of its own."""
        raise NotImplementedError

    def function(self, node: Node) -> Function:
        """Lower a function, arrow or method."""
        raise NotImplementedError

    def annotation(self, node: Node, field: str) -> Expr | None:
        """Return a type annotation that is a plain name or member; every other type is erased."""
        child = node.child_by_field_name(field)
        return None if child is None else types.annotation(child, self._source)

    def text(self, node: Node) -> str:
        """Return a node's source text."""
        start, end = node.byte_range
        return self._source[start:end].decode("utf-8", "replace")

    def expression(self, node: Node) -> Expr:
        """Lower one expression or pattern; what has no counterpart becomes `Opaque` with its children."""
        if self._depth > MAX_DEPTH:
            self.problems.append(node.byte_range)
            return Opaque("too_deep", (), node.byte_range)
        self._depth += 1
        lowered = self._expressions.get(node.type, self._opaque)(node)
        self._depth -= 1
        return lowered

    def field(self, node: Node, name: str) -> Expr | None:
        """Lower the child of this field, if there is one."""
        child = node.child_by_field_name(name)
        return None if child is None else self.expression(child)

    def _field(self, node: Node, name: str) -> Expr:
        return self.field(node, name) or Opaque("missing", (), node.byte_range)

    def _each(self, nodes: Iterable[Node]) -> tuple[Expr, ...]:
        return tuple([self.expression(node) for node in nodes])

    def _opaque(self, node: Node) -> Expr:
        kept = [child for child in named(node) if child.type not in types.ERASED]
        return Opaque(node.type, self._each(kept), node.byte_range)

    def _inner(self, node: Node) -> Expr:
        return next((self.expression(child) for child in named(node)), Opaque(node.type, (), node.byte_range))

    def _last(self, node: Node) -> Expr:
        return self.expression(named(node)[-1])

    # Leaves

    def _name(self, node: Node) -> Expr:
        return Name(self.text(node), node.byte_range)

    def _constant(self, node: Node) -> Expr:
        return Literal(_CONSTANTS[node.type], node.byte_range)

    def _nested(self, node: Node) -> Expr:
        return Attribute(self._field(node, "object"), self._text_of(node, "property"), node.byte_range)

    def _string(self, node: Node) -> Expr:
        return Literal(unescape(self.text(node)[1:-1]), node.byte_range)

    def _number(self, node: Node) -> Expr:
        value = number(self.text(node))
        return Opaque("number", (), node.byte_range) if value is None else Literal(value, node.byte_range)

    def _template(self, node: Node) -> Expr:
        parts: list[Expr] = []
        start, end = node.start_byte + 1, node.end_byte - 1
        holes = [child for child in node.named_children if child.type == "template_substitution"]
        for hole in holes:
            self._piece(parts, start, hole.start_byte)
            parts.append(self._inner(hole))
            start = hole.end_byte
        self._piece(parts, start, end)
        if holes:
            return Template(tuple(parts), node.byte_range)
        return Literal(parts[0].value if parts and isinstance(parts[0], Literal) else "", node.byte_range)

    def _piece(self, parts: list[Expr], start: int, end: int) -> None:
        if start < end:
            text = self._source[start:end].decode("utf-8", "replace")
            parts.append(Literal(unescape(text), (start, end)))

    def _text_of(self, node: Node, field: str) -> str:
        child = node.child_by_field_name(field)
        return "" if child is None else self.text(child)

    # Chains and operators: their left spine is followed by a loop, so that its length is no nesting

    def _chain(self, node: Node) -> Expr:
        links, head = [], node
        while (field := _LINKS.get(head.type)) and (below := head.child_by_field_name(field)):
            links.append(head)
            head = below
        if len(links) > MAX_SPINE:
            self.problems.append(node.byte_range)
            arguments = [link.child_by_field_name("arguments") for link in reversed(links)]
            return Opaque("too_deep", self._each(a for each in arguments if each for a in named(each)), node.byte_range)
        lowered = self.expression(head) if links else Opaque(head.type, (), head.byte_range)
        for link in reversed(links):
            lowered = self._link(link, lowered)
        return lowered

    def _link(self, node: Node, value: Expr) -> Expr:
        match node.type:
            case "member_expression":
                return Attribute(value, self._text_of(node, "property"), node.byte_range)
            case "subscript_expression":
                return Subscript(value, self._field(node, "index"), node.byte_range)
            case _:
                return Call(value, self._arguments(node), node.byte_range)

    def _arguments(self, node: Node) -> tuple[Expr, ...]:
        arguments = node.child_by_field_name("arguments")
        if arguments is None:
            return ()
        return (self.expression(arguments),) if arguments.type == "template_string" else self._each(named(arguments))

    def _new(self, node: Node) -> Expr:
        return Call(self._field(node, "constructor"), self._arguments(node), node.byte_range, new=True)

    def _binary(self, node: Node) -> Expr:
        spine, head = [], node
        while head.type == "binary_expression" and (left := head.child_by_field_name("left")):
            spine.append(head)
            head = left
        lowered = self.expression(head)
        if len(spine) > MAX_SPINE:
            rest = [self._field(link, "right") for link in reversed(spine)]
            return Opaque("binary_expression", (lowered, *rest), node.byte_range)
        for link in reversed(spine):
            operands = (lowered, self._field(link, "right"))
            lowered = Operation(self._text_of(link, "operator"), operands, link.byte_range)
        return lowered

    def _unary(self, node: Node) -> Expr:
        return Operation(self._text_of(node, "operator"), (self._field(node, "argument"),), node.byte_range)

    def _ternary(self, node: Node) -> Expr:
        test, then, other = (self._field(node, name) for name in ("condition", "consequence", "alternative"))
        return Conditional(test, then, other, node.byte_range)

    def _await(self, node: Node) -> Expr:
        return Await(self._inner(node), node.byte_range)

    def _spread(self, node: Node) -> Expr:
        return Spread(self._inner(node), node.byte_range)

    def _assignment(self, node: Node) -> Expr:
        if node.type == "update_expression":
            return Opaque("assignment", (self._field(node, "argument"),), node.byte_range)
        return Opaque("assignment", (self._field(node, "left"), self._field(node, "right")), node.byte_range)

    # Displays and patterns

    def _array(self, node: Node) -> Expr:
        return Sequence("list", self._each(named(node)), node.byte_range)

    def _object(self, node: Node) -> Expr:
        return Mapping(tuple([self._entry(child) for child in named(node)]), node.byte_range)

    def _entry(self, node: Node) -> tuple[Expr | None, Expr]:
        match node.type:
            case "pair" | "pair_pattern":
                return self._key(node, "key"), self._field(node, "value")
            case "shorthand_property_identifier" | "shorthand_property_identifier_pattern":
                return Literal(self.text(node), node.byte_range), self._name(node)
            case "method_definition":
                return self._key(node, "name"), self.function(node)
            case "object_assignment_pattern":
                return self._key(node, "left"), self._default(node)
            case "spread_element" | "rest_pattern":
                return None, self._inner(node)
            case _:
                return None, self.expression(node)

    def _key(self, node: Node, field: str) -> Expr:
        key = node.child_by_field_name(field)
        if key is None:
            return Opaque("missing", (), node.byte_range)
        if key.type in {"string", "number", "computed_property_name"}:
            return self.expression(key)
        return Literal(self.text(key), key.byte_range)

    def _default(self, node: Node) -> Expr:
        return Opaque("default", (self._field(node, "left"), self._field(node, "right")), node.byte_range)

    def _class_expression(self, node: Node) -> Expr:
        name = self._text_of(node, "name") or f"<class {node.start_byte}>"
        self._pending.append(self.class_statement(node, name))
        return Name(name, node.byte_range)

    def decorators(self, nodes: Iterable[Node]) -> tuple[Expr, ...]:
        """Lower the decorators among these nodes."""
        return tuple([self._inner(node) for node in nodes if node.type == "decorator"])
