"""Lowering of Python's `if` and `match` to chains of branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Attribute, Evaluate, If, Literal, Opaque, Operation
from backcheck.program.python.expressions import named
from backcheck.program.python.functions import Functions

if TYPE_CHECKING:
    from tree_sitter import Node

    from backcheck.program.form import Expr, Span, Stmt

MAX_CASES = 100
"""Branches of one `elif` or `match` ladder that nest; from there on they stand one after the other."""


class Branches(Functions):
    """Lowers one file's branches. Other statements are a subclass's."""

    def block(self, node: Node | None) -> tuple[Stmt, ...]:
        """Lower the statements of a block or module."""
        raise NotImplementedError

    def if_statement(self, node: Node) -> tuple[Stmt, ...]:
        """Lower an `if` with its `elif`s and `else`."""
        branches: list[tuple[Expr, tuple[Stmt, ...], Span]] = [
            (self.field(node, "condition"), self.block(node.child_by_field_name("consequence")), node.byte_range)
        ]
        otherwise: tuple[Stmt, ...] = ()
        for branch in node.children_by_field_name("alternative"):
            if branch.type == "elif_clause":
                body = self.block(branch.child_by_field_name("consequence"))
                branches.append((self.field(branch, "condition"), body, branch.byte_range))
            else:
                otherwise = self.block(branch.child_by_field_name("body"))
        return _ladder(branches, otherwise)

    def match_statement(self, node: Node) -> tuple[Stmt, ...]:
        """Lower a `match` to a chain of branches."""
        subjects = [self.expression(child) for child in node.children_by_field_name("subject")]
        at = (subjects[0].at[0], subjects[-1].at[1]) if subjects else node.byte_range
        subject = subjects[0] if len(subjects) == 1 else Opaque("subject", tuple(subjects), at)
        branches: list[tuple[Expr, tuple[Stmt, ...], Span]] = []
        otherwise: tuple[Stmt, ...] = ()
        body = node.child_by_field_name("body")
        for case in () if body is None else body.children_by_field_name("alternative"):
            test = self._case(case, subject)
            block = self.block(case.child_by_field_name("consequence"))
            if test is None:
                otherwise = block
            else:
                branches.append((test, block, case.byte_range))
        if not branches:
            return (Evaluate(subject, subject.at), *otherwise)
        return _ladder(branches, otherwise)

    def _case(self, case: Node, subject: Expr) -> Expr | None:
        """Return the test of a case; None for `case _`."""
        patterns = [child for child in case.named_children if child.type == "case_pattern"]
        guard = case.child_by_field_name("guard")
        if len(patterns) == 1 and self.text(patterns[0]) == "_" and guard is None:
            return None
        tests = [self._pattern(pattern, subject) for pattern in patterns]
        at = (patterns[0].start_byte, patterns[-1].end_byte) if patterns else case.byte_range
        test = tests[0] if len(tests) == 1 else Opaque("case", (subject, *tests), at)
        if guard is not None and named(guard):
            return Operation("and", (test, self.expression(named(guard)[0])), at)
        return test

    def _pattern(self, pattern: Node, subject: Expr) -> Expr:
        inner = named(pattern)
        value = self.expression(inner[0]) if len(inner) == 1 else None
        match value:
            case Literal() | Attribute():
                return Operation("==", (subject, value), pattern.byte_range)
            case Opaque("union_pattern", children) if all(isinstance(child, Literal | Attribute) for child in children):
                tests = tuple([Operation("==", (subject, child), child.at) for child in children])
                return Operation("or", tests, pattern.byte_range)
        return Opaque("case", (subject, *self.each(pattern)), pattern.byte_range)


def _ladder(branches: list[tuple[Expr, tuple[Stmt, ...], Span]], otherwise: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """Nest branches in each other's `otherwise`, from the last to the first."""
    while len(branches) > MAX_CASES:
        test, body, at = branches.pop()
        otherwise = (If(test, body, (), at), *otherwise)
    for test, body, at in reversed(branches):
        otherwise = (If(test, body, otherwise, at),)
    return otherwise
