"""Lowering of JavaScript and TypeScript, JSX included, to the common form: modules and their statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import (
    Assign,
    Attribute,
    Class,
    Define,
    Evaluate,
    Export,
    Handler,
    If,
    Import,
    Literal,
    Loop,
    Module,
    Name,
    Opaque,
    Operation,
    Raise,
    Return,
    Try,
    With,
)
from backcheck.program.javascript import imports
from backcheck.program.javascript.classes import Classes
from backcheck.program.javascript.expressions import MAX_DEPTH, named
from backcheck.source import damage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node, Tree

    from backcheck.program.form import Expr, Span, Stmt

_NOTHING = frozenset(
    {
        "empty_statement", "break_statement", "continue_statement", "debugger_statement", "interface_declaration",
        "type_alias_declaration", "ambient_declaration", "function_signature", "decorator", "import_attribute",
    }
)  # fmt: skip
"""Statements that neither compute nor bind."""

MAX_CASES = 100
"""Branches of one `switch` or `else if` ladder that nest; from there on they stand one after the other."""


def lower(path: str, language: str, source: bytes, tree: Tree) -> Module:
    """Return the module in the common form; what could not be read is in its `problems`."""
    lowering = _Statements(source)
    body = lowering.block(tree.root_node)
    problems = (*damage(tree), *lowering.problems)
    return Module(path, language, source, body, problems)


class _Statements(Classes):
    """Lowers one file's statements."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self._statements: dict[str, Callable[[Node], Iterator[Stmt]]] = {
            "expression_statement": self._expression_statement, "lexical_declaration": self._declaration,
            "variable_declaration": self._declaration, "function_declaration": self._define,
            "generator_function_declaration": self._define, "class_declaration": self._class,
            "abstract_class_declaration": self._class, "statement_block": self._block, "if_statement": self._if,
            "switch_statement": self._switch, "for_statement": self._for, "for_in_statement": self._for_in,
            "while_statement": self._while, "do_statement": self._while, "try_statement": self._try,
            "return_statement": self._return, "throw_statement": self._throw, "labeled_statement": self._labeled,
            "with_statement": self._with, "import_statement": self._import, "import_alias": self._import_alias,
            "export_statement": self._export, "enum_declaration": self._enum, "internal_module": self._namespace,
            "module": self._namespace,
        }  # fmt: skip

    def block(self, node: Node) -> tuple[Stmt, ...]:
        """Lower a block, or the one statement that stands in place of one."""
        statements: list[Stmt] = []
        outer, self._pending = self._pending, []
        for child in named(node) if node.type in {"program", "statement_block"} else (node,):
            if child.type in _NOTHING:
                continue
            lowered = self._statement(child)
            if self._pending:  # classes that the statement's expressions hold
                statements.extend(self._pending)
                self._pending = []
            statements.extend(lowered)
        self._pending = outer
        return tuple(statements)

    def _statement(self, node: Node) -> list[Stmt]:
        if self._depth > MAX_DEPTH:
            self.problems.append(node.byte_range)
            return [Evaluate(Opaque("too_deep", (), node.byte_range), node.byte_range)]
        self._depth += 1
        lower_kind = self._statements.get(node.type, self._other)
        lowered = list(lower_kind(node))
        self._depth -= 1
        return lowered

    def _part(self, node: Node, field: str) -> tuple[Stmt, ...]:
        child = node.child_by_field_name(field)
        return () if child is None else self.block(child)

    # Plain statements

    def _other(self, node: Node) -> Iterator[Stmt]:
        yield Evaluate(self._opaque(node), node.byte_range)

    def _block(self, node: Node) -> Iterator[Stmt]:
        yield from self.block(node)

    def _labeled(self, node: Node) -> Iterator[Stmt]:
        yield from self._part(node, "body")

    def _expression_statement(self, node: Node) -> Iterator[Stmt]:
        for child in named(node):
            yield from self._evaluate(child)

    def _evaluate(self, node: Node) -> Iterator[Stmt]:
        while node.type == "parenthesized_expression" and node.named_child_count == 1:
            node = node.named_children[0]
        match node.type:
            case "sequence_expression":
                for part in named(node):
                    yield from self._evaluate(part)
            case "assignment_expression":
                yield self._assign(node)
            case "augmented_assignment_expression":
                operator = self._text_of(node, "operator").removesuffix("=")
                yield Assign((self._field(node, "left"),), self._field(node, "right"), node.byte_range, None, operator)
            case "update_expression":
                yield self._step(node)
            case "internal_module":
                yield from self._namespace(node)
            case _:
                yield Evaluate(self.expression(node), node.byte_range)

    def _assign(self, node: Node) -> Stmt:
        targets, value = [], node
        while value.type == "assignment_expression":
            targets.append(self._field(value, "left"))
            value = value.child_by_field_name("right") or value.children[-1]
        return Assign(tuple(targets), self.expression(value), node.byte_range)

    def _step(self, node: Node) -> Stmt:
        operator = self._text_of(node, "operator")[:1]
        return Assign((self._field(node, "argument"),), Literal(1, node.byte_range), node.byte_range, None, operator)

    def _declaration(self, node: Node) -> Iterator[Stmt]:
        for declarator in node.named_children:
            if declarator.type == "variable_declarator":
                yield from self._declarator(declarator)

    def _declarator(self, node: Node) -> Iterator[Stmt]:
        target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if target is None:
            return
        if value is not None and value.type == "class" and target.type == "identifier":
            yield self.class_statement(value, self.text(target))
            return
        pattern, lowered = self.expression(target), None if value is None else self.expression(value)
        bound = imports.required(pattern, lowered, node.byte_range)
        if bound:
            yield from bound
            return
        annotation = self.annotation(node, "type")
        targets: tuple[Expr, ...] = (pattern,)
        while isinstance(lowered, Opaque) and lowered.kind == "assignment" and len(lowered.children) == 2:
            targets, lowered = (*targets, lowered.children[0]), lowered.children[1]
        yield Assign(targets, lowered, node.byte_range, annotation)

    def _define(self, node: Node) -> Iterator[Stmt]:
        yield Define(self.function(node), node.byte_range)

    def _class(self, node: Node) -> Iterator[Stmt]:
        yield self.class_statement(node, "")

    def _return(self, node: Node) -> Iterator[Stmt]:
        value = next(iter(named(node)), None)
        yield Return(None if value is None else self.expression(value), node.byte_range)

    def _throw(self, node: Node) -> Iterator[Stmt]:
        yield Raise(self._inner(node), node.byte_range)

    # Branches

    def _if(self, node: Node) -> Iterator[Stmt]:
        ladder: list[tuple[Node, Expr, tuple[Stmt, ...]]] = []
        head: Node | None = node
        last: tuple[Stmt, ...] = ()
        while head is not None and head.type == "if_statement":
            ladder.append((head, self._field(head, "condition"), self._part(head, "consequence")))
            otherwise = head.child_by_field_name("alternative")
            head = None if otherwise is None else next(iter(named(otherwise)), None)
        if head is not None:
            last = self.block(head)
        yield from _nest([(link.byte_range, test, body) for link, test, body in ladder], last)

    def _switch(self, node: Node) -> Iterator[Stmt]:
        subject, body = self._field(node, "value"), node.child_by_field_name("body")
        branches: list[tuple[Span, Expr, tuple[Stmt, ...]]] = []
        last: tuple[Stmt, ...] = ()
        tests: list[Expr] = []
        for case in named(body) if body is not None else ():
            statements = tuple(
                [stmt for child in case.children_by_field_name("body") for stmt in self.block(child)]
            )  # a case that falls through after statements is taken to end there
            value = case.child_by_field_name("value")
            if value is not None:
                tests.append(Operation("==", (subject, self.expression(value)), case.byte_range))
            if case.type == "switch_default":
                last, tests = statements, []
            elif case.child_by_field_name("body") is not None:
                test = tests[0] if len(tests) == 1 else Operation("||", tuple(tests), case.byte_range)
                branches.append((case.byte_range, test, statements))
                tests = []
        if not branches:
            yield Evaluate(subject, node.byte_range)
        yield from _nest(branches, last)

    # Loops

    def _for(self, node: Node) -> Iterator[Stmt]:
        before = node.child_by_field_name("initializer")
        if before is not None and before.type != "empty_statement":
            yield from (
                self._statement(before)
                if before.type.endswith(("declaration", "statement"))
                else self._evaluate(before)
            )
        condition, step = node.child_by_field_name("condition"), node.child_by_field_name("increment")
        test = None if condition is None or condition.type == "empty_statement" else self.expression(condition)
        if isinstance(test, Opaque) and test.kind == "expression_statement" and test.children:
            test = test.children[0]
        body = self._part(node, "body")
        after = () if step is None else tuple(self._evaluate(step))
        yield Loop(None, None, test, (*body, *after), node.byte_range)

    def _for_in(self, node: Node) -> Iterator[Stmt]:
        target, iterable = self._field(node, "left"), self._field(node, "right")
        if self._text_of(node, "operator") == "in":
            iterable = Opaque("keys", (iterable,), iterable.at)
        is_async = any(child.type == "await" for child in node.children)
        yield Loop(target, iterable, None, self._part(node, "body"), node.byte_range, is_async)

    def _while(self, node: Node) -> Iterator[Stmt]:
        yield Loop(None, None, self._field(node, "condition"), self._part(node, "body"), node.byte_range)

    def _try(self, node: Node) -> Iterator[Stmt]:
        handlers = tuple([self._handler(child) for child in node.named_children if child.type == "catch_clause"])
        final = next((child for child in node.named_children if child.type == "finally_clause"), None)
        yield Try(
            self._part(node, "body"), handlers, () if final is None else self._part(final, "body"), node.byte_range
        )

    def _handler(self, node: Node) -> Handler:
        parameter = node.child_by_field_name("parameter")
        name = self.text(parameter) if parameter is not None and parameter.type == "identifier" else ""
        return Handler(None, name, self._part(node, "body"), node.byte_range)

    def _with(self, node: Node) -> Iterator[Stmt]:
        yield With(((self._field(node, "object"), None),), self._part(node, "body"), node.byte_range)

    # Modules

    def _import(self, node: Node) -> Iterator[Stmt]:
        yield from imports.imports(node, self.text)

    def _import_alias(self, node: Node) -> Iterator[Stmt]:
        local, *value = named(node)
        yield Assign((self.expression(local),), self._each(value)[0] if value else None, node.byte_range)

    def _export(self, node: Node) -> Iterator[Stmt]:
        declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
        is_default = any(child.type == "default" for child in node.children)
        if declaration is not None:
            yield from self._export_declaration(node, declaration, "default" if is_default else "")
        elif is_default and value is not None:
            yield Export("default", self.expression(value), node.byte_range)
        elif any(child.type == "=" for child in node.children):  # `export = value` is CommonJS
            exports = Attribute(Name("module", node.byte_range), "exports", node.byte_range)
            yield Assign((exports,), self._last(node), node.byte_range)
        else:
            yield from imports.exports(node, self.text)

    def _export_declaration(self, node: Node, declaration: Node, name: str) -> Iterator[Stmt]:
        if declaration.type in _NOTHING:
            return
        decorators = self.decorators(node.named_children)
        for lowered in self._statement(declaration):
            statement = lowered
            if decorators and isinstance(lowered, Class):
                every = (*decorators, *lowered.decorators)
                statement = Class(lowered.name, lowered.bases, lowered.body, lowered.at, every)
            yield statement
            for bound in _bound(statement):
                yield Export(name or bound.id, bound, node.byte_range)


def _nest(branches: list[tuple[Span, Expr, tuple[Stmt, ...]]], last: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """Give the ladder as nested branches; all but its last `MAX_CASES` stand alone, one after the other."""
    split = max(0, len(branches) - MAX_CASES)
    for span, test, body in branches[:split]:
        yield If(test, body, (), span)
    for span, test, body in reversed(branches[split:]):
        last = (If(test, body, last, span),)
    yield from last


def _bound(statement: Stmt) -> Iterator[Name]:
    match statement:
        case Assign(targets=(target, *_)):
            yield from imports.names_of(target)
        case Define(function):
            yield Name(function.name, function.at)
        case Class(name=name):
            yield Name(name, statement.at)
        case Import(local=local):
            yield Name(local, statement.at)
