"""Lowering of JavaScript's and TypeScript's functions: parameters, bodies, methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Assign, Attribute, Function, Name, Parameter, Return
from backcheck.program.javascript.expressions import Expressions, named
from backcheck.program.javascript.literals import unescape

if TYPE_CHECKING:
    from tree_sitter import Node

    from backcheck.program.form import Stmt


class Functions(Expressions):
    """Lowers one file's functions."""

    def function(self, node: Node) -> Function:
        """Lower a function, arrow or method; decorators are the caller's to add."""
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        parameters, fields = self._parameters(node)
        return Function(
            self.property_name(name),
            parameters,
            (*fields, *self._body(body)),
            node.byte_range,
            is_async=_is_async(node),
            returns=self.annotation(node, "return_type"),
            name_at=None if name is None else name.byte_range,
        )

    def _body(self, node: Node | None) -> tuple[Stmt, ...]:
        if node is None:
            return ()
        if node.type == "statement_block":
            return self.block(node)
        outer, self._pending = self._pending, []
        value = self.expression(node)
        classes, self._pending = self._pending, outer
        return (*classes, Return(value, node.byte_range))

    def property_name(self, node: Node | None) -> str:
        """Return a method's or field's name; empty for a computed one."""
        if node is None or node.type == "computed_property_name":
            return ""
        return unescape(self.text(node)[1:-1]) if node.type == "string" else self.text(node)

    def _parameters(self, node: Node) -> tuple[tuple[Parameter, ...], list[Stmt]]:
        single = node.child_by_field_name("parameter")
        if single is not None:
            return (Parameter(self.text(single), single.byte_range),), []
        listed = node.child_by_field_name("parameters")
        parameters: list[Parameter] = []
        fields: list[Stmt] = []
        for child in named(listed) if listed is not None else ():
            pattern = child.child_by_field_name("pattern") or child
            if pattern.type == "this":  # TypeScript's type of `this`, no parameter
                continue
            parameter = self._parameter(child, pattern)
            parameters.append(parameter)
            if any(part.type in {"accessibility_modifier", "readonly"} for part in child.children):
                fields.append(_field_of(parameter))
        return tuple(parameters), fields

    def _parameter(self, node: Node, pattern: Node) -> Parameter:
        default, kind = self.field(node, "value"), "plain"
        if pattern.type == "assignment_pattern":
            default = self.field(pattern, "right")
            pattern = pattern.child_by_field_name("left") or pattern
        if pattern.type == "rest_pattern":
            kind, pattern = "rest", next(iter(named(pattern)), pattern)
        plain = pattern.type == "identifier"
        return Parameter(
            self.text(pattern) if plain else "",
            node.byte_range,
            self.annotation(node, "type"),
            default,
            kind,
            None if plain else self.expression(pattern),
        )


def _is_async(node: Node) -> bool:
    for child in node.children:
        if child.type == "async":
            return True
        if child.type in {"formal_parameters", "identifier"}:
            return False
    return False


def _field_of(parameter: Parameter) -> Stmt:
    """`constructor(private a: A)` declares and sets the field `this.a`."""
    target = Attribute(Name("this", parameter.at), parameter.name, parameter.at)
    return Assign((target,), Name(parameter.name, parameter.at), parameter.at, parameter.annotation)
