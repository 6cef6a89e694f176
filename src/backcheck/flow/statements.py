"""Runs statements over abstract values: branches, joins, loops to a bounded fixpoint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.flow import text
from backcheck.flow.calls import Calls
from backcheck.flow.frame import merged, path_of
from backcheck.flow.guards import refine
from backcheck.flow.members import Closure
from backcheck.flow.passwords import assigned
from backcheck.flow.value import CLEAN, Value, element, join, unknown
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.frame import Environment, Frame

_ROUNDS = 3
"""Times that a loop's body is run; what still changes then only grows by what it already holds."""
_ENDING = frozenset({"exit", "abort", "_exit"})
_LEAVING = re.compile(r"(?:if|elif)\b.*\b(?:continue|break)\s*;?\s*\}?\s*", re.DOTALL)
_PARSING = frozenset({"int", "float", "UUID", "Decimal"})


class Statements(Calls):
    """The interpreter whole."""

    def execute(self, body: tuple[form.Stmt, ...], frame: Frame) -> bool:
        """Run statements; whether their end is reached."""
        for statement in body:
            self.steps += 1
            if self.exhausted:
                return True
            if isinstance(statement, form.Define):
                frame.write(
                    statement.function.name,
                    Value(kind="function", ref=Closure(statement.function, frame.module, frame)),
                )
            elif not self._step(statement, frame):
                return False
        return True

    def _step(self, statement: form.Stmt, frame: Frame) -> bool:
        match statement:
            case form.Assign():
                self._assign(statement, frame)
            case form.Evaluate(value=expr):
                return self._evaluate_statement(expr, frame)
            case form.Return(value=expr):
                frame.results.append(self.evaluate(expr, frame))
                frame.exits.append(frame.env)
                return False
            case form.Raise(value=expr):
                self.evaluate(expr, frame)
                return False
            case form.If():
                return self._branch(statement, frame)
            case form.Loop():
                self._loop(statement, frame)
            case form.Try():
                return self._try(statement, frame)
            case form.With(items=items, body=inner):
                for context, target in items:
                    value = self.evaluate(context, frame)
                    if target is not None:
                        self.assign(target, value, frame)
                return self.execute(inner, frame)
            case form.Class():
                reference = self.class_reference(statement, frame.module, frame.scope)
                frame.write(statement.name, Value(kind="class", ref=reference))
            case form.Import():
                frame.env.pop(statement.local, None)
        return True

    def _assign(self, statement: form.Assign, frame: Frame) -> None:
        value = self.evaluate(statement.value, frame)
        for target in statement.targets:
            if statement.operator in {"||", "&&", "??"}:
                value = join(self.evaluate(target, frame), value)
            elif statement.operator:
                value = text.operation(statement.operator, [self.evaluate(target, frame), value])
            elif statement.value is None and not isinstance(target, form.Name):
                continue
            self.assign(target, value, frame)
            assigned(self, target, value, statement, frame)

    def _evaluate_statement(self, expr: form.Expr, frame: Frame) -> bool:
        self.evaluate(expr, frame)
        match expr:
            case form.Call(callee=form.Name(id=name) | form.Attribute(name=name), args=args):
                if name in _ENDING:
                    return False
                if name in _PARSING and args and (path := path_of(args[0])):  # it raises unless this is a number
                    frame.env[path] = CLEAN
            case form.Opaque(kind="assert" | "assert_statement", children=(test, *_)):
                refine(self, test, frame, outcome=True)
        return True

    def _branch(self, statement: form.If, frame: Frame) -> bool:
        known = text.truth(self.evaluate(statement.test, frame))
        before = frame.env
        ends: list[Environment | None] = []
        for outcome, body in ((True, statement.body), (False, statement.otherwise)):
            if known is (not outcome):
                continue
            frame.env = dict(before)
            refine(self, statement.test, frame, outcome=outcome)
            falls = self.execute(body, frame)
            ends.append(frame.env if falls and not (outcome and _leaves(statement, frame)) else None)
        after = ends[0] if len(ends) == 1 else merged(*ends)
        frame.env = before if after is None else after
        return after is not None

    def _loop(self, statement: form.Loop, frame: Frame) -> None:
        iterable = self.evaluate(statement.iterable, frame) if statement.iterable is not None else None
        once = statement.test is not None and text.truth(self.evaluate(statement.test, frame)) is False
        for _ in range(0 if once else _ROUNDS):
            before = frame.env
            frame.env = dict(before)
            if statement.target is not None and iterable is not None:
                self.assign(statement.target, element(iterable), frame)
            if statement.test is not None:
                self.evaluate(statement.test, frame)
                refine(self, statement.test, frame, outcome=True)
            self.execute(statement.body, frame)
            after = merged(before, frame.env) or before
            if after == before:
                frame.env = before
                break
            frame.env = after
        if statement.test is not None and b"break" not in frame.module.source[slice(*statement.at)]:
            refine(self, statement.test, frame, outcome=False)

    def _try(self, statement: form.Try, frame: Frame) -> bool:
        before = dict(frame.env)
        falls = self.execute(statement.body, frame)
        end = frame.env if falls else None
        raised = merged(before, frame.env) or before
        for handler in statement.handlers:
            frame.env = dict(raised)
            if handler.name:
                frame.env[handler.name] = unknown("it comes from an exception", frame.module.place(handler))
            if self.execute(handler.body, frame):
                end = merged(end, frame.env)
        frame.env = raised if end is None else end
        return self.execute(statement.final, frame) and end is not None


def _leaves(statement: form.If, frame: Frame) -> bool:
    """Whether the branch ends in `continue` or `break`: the form has no node for them, and a `case` ends in one as well."""
    return not statement.otherwise and bool(_LEAVING.fullmatch(frame.module.text(statement)))
