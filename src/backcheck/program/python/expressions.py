"""Lowering of Python's expressions to the common form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import (
    Attribute,
    Await,
    Call,
    Comprehension,
    Conditional,
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
from backcheck.program.python.literals import number, string

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from backcheck.program.form import Expr, Span

MAX_DEPTH = 120
"""Levels of nesting that are lowered. A level costs about four Python frames, of a thousand that there are."""
MAX_SPINE = 200
"""Links of one chain (`a + b + c …`, `x.y().z() …`): each becomes a level for whoever walks the form by recursion."""

_CONSTANTS = {"true": True, "false": False, "none": None}
_SKIPPED = frozenset({"comment", "line_continuation", "escape_sequence"})
_LINKS = {
    "attribute": "object",
    "subscript": "value",
    "call": "function",
    "binary_operator": "left",
    "boolean_operator": "left",
}


def named(node: Node) -> list[Node]:
    """Return the named children that are not comments."""
    return [child for child in node.named_children if child.type not in _SKIPPED]


class Expressions:
    """Lowers one file's expressions. Functions and statements are a subclass's."""

    def __init__(self, source: bytes, offset: int = 0) -> None:
        self._source = source
        self._offset = offset
        self.depth = 0
        self.problems: list[Span] = []
        self.expressions: dict[str, Callable[[Node], Expr]] = {
            "identifier": self._name, "attribute": self._chain, "call": self._chain, "subscript": self._chain,
            "binary_operator": self._chain, "boolean_operator": self._chain, "string": self._string,
            "concatenated_string": self._concatenated, "integer": self._number, "float": self._number,
            "true": self._constant, "false": self._constant, "none": self._constant,
            "parenthesized_expression": self._inner, "comparison_operator": self._comparison,
            "not_operator": self._not, "unary_operator": self._unary, "conditional_expression": self._conditional,
            "list": self._sequence, "tuple": self._sequence, "set": self._sequence, "expression_list": self._sequence,
            "pattern_list": self._sequence, "tuple_pattern": self._sequence, "list_pattern": self._sequence,
            "dictionary": self._mapping, "list_splat": self._spread, "list_splat_pattern": self._spread,
            "dictionary_splat": self._spread, "dictionary_splat_pattern": self._spread,
            "parenthesized_list_splat": self._spread, "await": self._await,
            "list_comprehension": self._comprehension, "set_comprehension": self._comprehension,
            "dictionary_comprehension": self._comprehension, "generator_expression": self._comprehension,
            "named_expression": self._walrus, "keyword_argument": self._keyword, "as_pattern": self._opaque,
            "type": self._inner, "dotted_name": self._dotted_name,
            "case_pattern": self._inner, "assignment": self._inner_assignment,
            "augmented_assignment": self._inner_assignment, "splat_type": self._spread,
        }  # fmt: skip

    def text(self, node: Node) -> str:
        """Return a node's source text."""
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def at(self, node: Node) -> Span:
        """Return where a node stands in the file; inside a string annotation counted from the file's start."""
        if not self._offset:
            return node.byte_range
        return node.start_byte + self._offset, node.end_byte + self._offset

    def expression(self, node: Node) -> Expr:
        """Lower one expression; beyond `MAX_DEPTH` it is an `Opaque` and a problem."""
        if self.depth > MAX_DEPTH:
            self.problems.append(self.at(node))
            return Opaque("too_deep", (), self.at(node))
        self.depth += 1
        lowered = self.expressions.get(node.type, self._opaque)(node)
        self.depth -= 1
        return lowered

    def each(self, node: Node) -> tuple[Expr, ...]:
        """Lower the named children."""
        return tuple([self.expression(child) for child in node.named_children if child.type not in _SKIPPED])

    def field(self, node: Node, name: str) -> Expr:
        """Lower the child of this field; where the source lacks it, an `Opaque` without children."""
        child = node.child_by_field_name(name)
        return Opaque("missing", (), self.at(node)) if child is None else self.expression(child)

    def _opaque(self, node: Node) -> Expr:
        return Opaque(node.type, self.each(node), self.at(node))

    def _inner(self, node: Node) -> Expr:
        children = named(node)
        return self.expression(children[0]) if len(children) == 1 else self._opaque(node)

    # Atoms

    def _name(self, node: Node) -> Expr:
        return Name(self.text(node), self.at(node))

    def _dotted_name(self, node: Node) -> Expr:
        children = named(node)
        lowered: Expr = self._name(children[0])
        for child in children[1:]:
            lowered = Attribute(lowered, self.text(child), (lowered.at[0], self.at(child)[1]))
        return lowered

    def _constant(self, node: Node) -> Expr:
        return Literal(_CONSTANTS[node.type], self.at(node))

    def _number(self, node: Node) -> Expr:
        value = number(self.text(node))
        return self._opaque(node) if value is None else Literal(value, self.at(node))

    def _string(self, node: Node) -> Expr:
        start = node.children[0]
        prefix = self.text(start).rstrip("\"'").lower()
        parts: list[Expr] = []
        for child in node.named_children:
            if child.type == "string_content":
                text = string(self._source[child.start_byte : child.end_byte], prefix)
                parts.append(Literal(text, self.at(child)))
            elif child.type == "interpolation":
                expression = child.child_by_field_name("expression")
                if expression is not None:
                    parts.append(self.expression(expression))
                parts.extend(self._format(child))
        if "f" in prefix or "t" in prefix:
            template = Template(tuple(parts), self.at(node))
            return template if "f" in prefix else Opaque("template_string", (template,), self.at(node))
        match parts:
            case [Literal(value)]:
                return Literal(value, self.at(node))
        return Literal(b"" if "b" in prefix else "", self.at(node))

    def _format(self, node: Node) -> list[Expr]:
        """Keep what a format specification computes (`{x:>{width}}`) as an `Opaque` that holds no text."""
        specifier = node.child_by_field_name("format_specifier")
        if specifier is None or not (inner := named(specifier)):
            return []
        return [Opaque("format_specifier", tuple([self._inner(each) for each in inner]), self.at(specifier))]

    def _concatenated(self, node: Node) -> Expr:
        pieces = self.each(node)
        if all(isinstance(piece, Literal) for piece in pieces):
            values = [piece.value for piece in pieces if isinstance(piece, Literal)]
            if all(isinstance(value, bytes) for value in values):
                return Literal(b"".join(value for value in values if isinstance(value, bytes)), self.at(node))
            return Literal("".join(value for value in values if isinstance(value, str)), self.at(node))
        parts: list[Expr] = []
        for piece in pieces:
            parts.extend(piece.parts if isinstance(piece, Template) else (piece,))
        return Template(tuple(parts), self.at(node))

    # Chains: iterative along the left, since code writes them hundreds of links long

    def _chain(self, node: Node) -> Expr:
        links = [node]
        below = node.child_by_field_name(_LINKS[node.type])
        while below is not None and below.type in _LINKS and len(links) < MAX_SPINE:
            links.append(below)
            below = below.child_by_field_name(_LINKS[below.type])
        if below is None:
            lowered: Expr = Opaque("missing", (), self.at(links[-1]))
        elif below.type in _LINKS:
            self.problems.append(self.at(below))
            lowered = Opaque("too_deep", (), self.at(below))
        else:
            lowered = self.expression(below)
        for link in reversed(links):
            lowered = self._link(link, lowered)
        return lowered

    def _link(self, node: Node, left: Expr) -> Expr:
        at = self.at(node)
        match node.type:
            case "attribute":
                name = node.child_by_field_name("attribute")
                return Attribute(left, "" if name is None else self.text(name), at)
            case "subscript":
                indexes = [self.expression(child) for child in node.children_by_field_name("subscript")]
                if len(indexes) == 1:
                    return Subscript(left, indexes[0], at)
                span = (indexes[0].at[0], indexes[-1].at[1]) if indexes else at
                return Subscript(left, Sequence("tuple", tuple(indexes), span), at)
            case "call":
                args, keywords = self.arguments(node.child_by_field_name("arguments"))
                return Call(left, args, at, keywords)
        operator = node.child_by_field_name("operator")
        sign = "" if operator is None else self.text(operator)
        right = self.field(node, "right")
        if sign in {"and", "or"} and isinstance(left, Operation) and left.operator == sign and left.at[0] == at[0]:
            return Operation(sign, (*left.operands, right), at)
        return Operation(sign, (left, right), at)

    def arguments(self, node: Node | None) -> tuple[tuple[Expr, ...], tuple[tuple[str | None, Expr], ...]]:
        """Lower a call's arguments: positional ones (with `Spread`), and keywords (None for `**mapping`)."""
        if node is None:
            return (), ()
        if node.type == "generator_expression":
            return (self.expression(node),), ()
        positional: list[Expr] = []
        keywords: list[tuple[str | None, Expr]] = []
        for child in named(node):
            if child.type == "keyword_argument":
                name = child.child_by_field_name("name")
                keywords.append(("" if name is None else self.text(name), self.field(child, "value")))
            elif child.type == "dictionary_splat":
                keywords.append((None, self._inner(child)))
            else:
                positional.append(self.expression(child))
        return tuple(positional), tuple(keywords)

    def _keyword(self, node: Node) -> Expr:
        return Opaque("keyword_argument", (self.field(node, "value"),), self.at(node))

    # Operators

    def _comparison(self, node: Node) -> Expr:
        operands = self.each(node)
        operators = " ".join(self.text(child) for child in node.children_by_field_name("operators"))
        return Operation(operators, operands, self.at(node))

    def _not(self, node: Node) -> Expr:
        return Operation("not", (self.field(node, "argument"),), self.at(node))

    def _unary(self, node: Node) -> Expr:
        operand = self.field(node, "argument")
        sign = self.text(node.children[0])
        match operand:
            case Literal(int() | float() as value) if sign == "-" and not isinstance(value, bool):
                return Literal(-value, self.at(node))
        return Operation(sign, (operand,), self.at(node))

    def _conditional(self, node: Node) -> Expr:
        parts = self.each(node)
        if len(parts) != 3:
            return Opaque(node.type, parts, self.at(node))
        then, test, other = parts
        return Conditional(test, then, other, self.at(node))

    def _walrus(self, node: Node) -> Expr:
        return Opaque("assignment", (self.field(node, "name"), self.field(node, "value")), self.at(node))

    def _inner_assignment(self, node: Node) -> Expr:
        return Opaque("assignment", (self.field(node, "left"), self.field(node, "right")), self.at(node))

    def _await(self, node: Node) -> Expr:
        return Await(self._inner(node), self.at(node))

    # Displays

    def _sequence(self, node: Node) -> Expr:
        kind = node.type if node.type in {"list", "set"} else "list" if node.type == "list_pattern" else "tuple"
        return Sequence(kind, self.each(node), self.at(node))

    def _mapping(self, node: Node) -> Expr:
        entries: list[tuple[Expr | None, Expr]] = []
        for child in named(node):
            if child.type == "pair":
                entries.append((self.field(child, "key"), self.field(child, "value")))
            else:
                entries.append((None, self._inner(child)))
        return Mapping(tuple(entries), self.at(node))

    def _spread(self, node: Node) -> Expr:
        return Spread(self._inner(node), self.at(node))

    def _comprehension(self, node: Node) -> Expr:
        body = node.child_by_field_name("body")
        if body is not None and body.type == "pair":
            pair = (self.field(body, "key"), self.field(body, "value"))
            element: Expr = Sequence("tuple", pair, self.at(body))
        else:
            element = self.field(node, "body")
        clauses: list[tuple[Expr, Expr]] = []
        conditions: list[Expr] = []
        for child in named(node):
            if child.type == "for_in_clause":
                clauses.append((self.field(child, "left"), self.field(child, "right")))
            elif child.type == "if_clause":
                conditions.extend(self.each(child))
        kind = node.type.removesuffix("_comprehension").removesuffix("_expression").replace("dictionary", "dict")
        return Comprehension(kind, element, tuple(clauses), tuple(conditions), self.at(node))
