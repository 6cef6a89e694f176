"""Lowering of Python to the common form: modules, statements and definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import (
    Assign,
    Class,
    Define,
    Evaluate,
    Function,
    Handler,
    Loop,
    Module,
    Name,
    Opaque,
    Raise,
    Return,
    Try,
    With,
)
from backcheck.program.python import imports
from backcheck.program.python.branches import Branches
from backcheck.program.python.expressions import MAX_DEPTH, named
from backcheck.source import damage

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

    from backcheck.program.form import Expr, Stmt


def lower(path: str, language: str, source: bytes, tree: Tree) -> Module:
    """Return the module in the common form; what could not be read is in its `problems`."""
    lowering = _Statements(source)
    body = lowering.block(tree.root_node)
    problems = (*damage(tree), *lowering.problems)
    return Module(path, language, source, body, problems)


class _Statements(Branches):
    """Lowers one file's statements."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self._statements = {
            "expression_statement": self._expression_statement, "function_definition": self._define,
            "class_definition": self._class, "decorated_definition": self._decorated, "if_statement": self.if_statement,
            "for_statement": self._for, "while_statement": self._while, "try_statement": self._try,
            "with_statement": self._with, "return_statement": self._return, "raise_statement": self._raise,
            "import_statement": self._import, "import_from_statement": self._import_from,
            "future_import_statement": self._nothing, "pass_statement": self._nothing,
            "break_statement": self._nothing, "continue_statement": self._nothing, "comment": self._nothing,
            "type_alias_statement": self._type_alias, "match_statement": self.match_statement, "block": self._block,
        }  # fmt: skip

    def block(self, node: Node | None) -> tuple[Stmt, ...]:
        """Lower the statements of a block or module."""
        if node is None:
            return ()
        statements: list[Stmt] = []
        for child in node.named_children:
            statements.extend(self._statement(child))
        return tuple(statements)

    def _statement(self, node: Node) -> tuple[Stmt, ...]:
        at = node.byte_range
        if self.depth > MAX_DEPTH:
            self.problems.append(at)
            return (Evaluate(Opaque("too_deep", (), at), at),)
        lower_kind = self._statements.get(node.type)
        self.depth += 1
        lowered = lower_kind(node) if lower_kind is not None else self._other(node)
        self.depth -= 1
        return lowered

    def _nothing(self, _node: Node) -> tuple[Stmt, ...]:
        return ()

    def _block(self, node: Node) -> tuple[Stmt, ...]:
        return self.block(node)

    def _other(self, node: Node) -> tuple[Stmt, ...]:
        """Keep what has no counterpart (`del`, `assert`, `global`, an error's pieces) as an expression."""
        if node.type == "ERROR":
            return self.block(node)
        return (Evaluate(self.expression(node), node.byte_range),)

    # Simple statements

    def _expression_statement(self, node: Node) -> tuple[Stmt, ...]:
        statements: list[Stmt] = []
        children = named(node)
        if len(children) == 1 and children[0].type in {"assignment", "augmented_assignment"}:
            return (self._assign(children[0]),)
        if len(children) > 1:  # `a, b` as a statement
            children = [node]
            return (Evaluate(Opaque("expression_list", self.each(node), node.byte_range), node.byte_range),)
        statements.extend(Evaluate(self.expression(child), child.byte_range) for child in children)
        return tuple(statements)

    def _assign(self, node: Node) -> Assign:
        targets: list[Expr] = []
        annotation = node.child_by_field_name("type")
        operator = node.child_by_field_name("operator")
        value: Node | None = node
        while value is not None and value.type == "assignment":
            left = value.child_by_field_name("left")
            if left is not None:
                targets.append(self.expression(left))
            annotation = annotation or value.child_by_field_name("type")
            value = value.child_by_field_name("right")
        if value is not None and value.type == "augmented_assignment":
            targets.append(self.field(value, "left"))
            value = value.child_by_field_name("right")
        return Assign(
            tuple(targets),
            None if value is None else self.expression(value),
            node.byte_range,
            None if annotation is None else self.annotation(annotation),
            "" if operator is None else self.text(operator).removesuffix("="),
        )

    def _return(self, node: Node) -> tuple[Stmt, ...]:
        children = named(node)
        return (Return(self.expression(children[0]) if children else None, node.byte_range),)

    def _raise(self, node: Node) -> tuple[Stmt, ...]:
        children = named(node)
        return (Raise(self.expression(children[0]) if children else None, node.byte_range),)

    def _type_alias(self, node: Node) -> tuple[Stmt, ...]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return ()
        name = left
        while name.named_children:
            name = name.named_children[0]
        target = Name(self.text(name), name.byte_range)
        return (Assign((target,), self.annotation(right), node.byte_range),)

    def _import(self, node: Node) -> tuple[Stmt, ...]:
        return tuple(imports.imports(node, self.text))

    def _import_from(self, node: Node) -> tuple[Stmt, ...]:
        return tuple(imports.imports_from(node, self.text))

    # Definitions

    def _define(self, node: Node, decorators: tuple[Expr, ...] = ()) -> tuple[Stmt, ...]:
        name, returns = node.child_by_field_name("name"), node.child_by_field_name("return_type")
        function = Function(
            "" if name is None else self.text(name),
            self.parameters(node.child_by_field_name("parameters")),
            self.block(node.child_by_field_name("body")),
            node.byte_range,
            decorators,
            is_async=node.children[0].type == "async",
            returns=None if returns is None else self.annotation(returns),
            name_at=None if name is None else name.byte_range,
        )
        return (Define(function, node.byte_range),)

    def _class(self, node: Node, decorators: tuple[Expr, ...] = ()) -> tuple[Stmt, ...]:
        bases, keywords = self.arguments(node.child_by_field_name("superclasses"))
        name = node.child_by_field_name("name")
        body = self.block(node.child_by_field_name("body"))
        return (Class("" if name is None else self.text(name), bases, body, node.byte_range, decorators, keywords),)

    def _decorated(self, node: Node) -> tuple[Stmt, ...]:
        decorators = tuple(
            [
                self.expression(named(child)[0])
                for child in node.named_children
                if child.type == "decorator" and named(child)
            ]
        )
        definition = node.child_by_field_name("definition")
        if definition is None:
            return tuple([Evaluate(decorator, decorator.at) for decorator in decorators])
        lower_kind = self._class if definition.type == "class_definition" else self._define
        return lower_kind(definition, decorators)

    # Compound statements

    def _for(self, node: Node) -> tuple[Stmt, ...]:
        loop = Loop(
            self.field(node, "left"),
            self.field(node, "right"),
            None,
            self.block(node.child_by_field_name("body")),
            node.byte_range,
            is_async=node.children[0].type == "async",
        )
        return (loop, *self._else(node))

    def _while(self, node: Node) -> tuple[Stmt, ...]:
        body = self.block(node.child_by_field_name("body"))
        return (Loop(None, None, self.field(node, "condition"), body, node.byte_range), *self._else(node))

    def _else(self, node: Node) -> tuple[Stmt, ...]:
        alternative = node.child_by_field_name("alternative")
        return () if alternative is None else self.block(alternative.child_by_field_name("body"))

    def _try(self, node: Node) -> tuple[Stmt, ...]:
        body = self.block(node.child_by_field_name("body"))
        final: tuple[Stmt, ...] = ()
        handlers: list[Handler] = []
        for clause in node.named_children:
            if clause.type in {"except_clause", "except_group_clause"}:
                handlers.append(self._handler(clause))
            elif clause.type == "else_clause":
                body += self.block(clause.child_by_field_name("body"))
            elif clause.type == "finally_clause":
                final = self.block(_last(clause, "block"))
        return (Try(body, tuple(handlers), final, node.byte_range),)

    def _handler(self, node: Node) -> Handler:
        catches: Expr | None = None
        name = ""
        values = node.children_by_field_name("value")
        if len(values) > 1:
            catches = Opaque("expression_list", tuple([self.expression(value) for value in values]), node.byte_range)
        elif values:
            value = values[0]
            if value.type == "as_pattern":
                alias = value.child_by_field_name("alias")
                name = "" if alias is None else self.text(alias)
                value = value.named_children[0]
            catches = self.expression(value)
        return Handler(catches, name, self.block(_last(node, "block")), node.byte_range)

    def _with(self, node: Node) -> tuple[Stmt, ...]:
        items: list[tuple[Expr, Expr | None]] = []
        clause = _last(node, "with_clause")
        for item in () if clause is None else named(clause):
            value = item.child_by_field_name("value")
            if value is not None:
                items.append(self._context(value))
        body = self.block(node.child_by_field_name("body"))
        return (With(tuple(items), body, node.byte_range, is_async=node.children[0].type == "async"),)

    def _context(self, value: Node) -> tuple[Expr, Expr | None]:
        while value.type == "parenthesized_expression" and len(named(value)) == 1:
            value = named(value)[0]
        if value.type != "as_pattern":
            return self.expression(value), None
        alias = value.child_by_field_name("alias")
        target = None if alias is None or not named(alias) else self.expression(named(alias)[0])
        return self.expression(value.named_children[0]), target


def _last(node: Node, kind: str) -> Node | None:
    return next((child for child in reversed(node.named_children) if child.type == kind), None)
