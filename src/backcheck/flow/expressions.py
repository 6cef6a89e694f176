"""Evaluates expressions of the common form to abstract values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.flow import text
from backcheck.flow.guards import refine
from backcheck.flow.members import Closure, Members
from backcheck.flow.value import (
    CLEAN,
    NOTHING,
    Value,
    constant,
    derived,
    element,
    flat,
    join,
    keys,
    mapping,
    sequence,
    unknown,
    with_part,
    with_some_part,
)
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.frame import Frame

_MAX_DEPTH = 120
"""Levels of nested expressions that are evaluated."""


class Expressions(Members):
    """Evaluates every expression but calls and assignments, which are subclasses'."""

    def assign(self, target: form.Expr, value: Value, frame: Frame) -> None:
        """Bind a target (name, member, key or pattern) to a value."""
        raise NotImplementedError

    def evaluate(self, expr: form.Expr | None, frame: Frame) -> Value:
        """Return the abstract value of an expression; absent ones are nothing."""
        if expr is None:
            return NOTHING
        if self._nested > _MAX_DEPTH:
            return unknown("the expression is nested too deeply", frame.module.place(expr))
        self._nested += 1
        try:
            return self._evaluate(expr, frame)
        finally:
            self._nested -= 1

    def _evaluate(self, expr: form.Expr, frame: Frame) -> Value:
        match expr:
            case form.Literal(value=value):
                return constant(value)
            case form.Name():
                return self.name(expr, frame)
            case form.Attribute() | form.Subscript():
                return self.member(expr, frame)
            case form.Call():
                return self.call(expr, frame)
            case form.Template(parts=parts):
                return text.concatenation([self.evaluate(part, frame) for part in parts])
            case form.Operation():
                return self._operation(expr, frame)
            case form.Conditional():
                return self._conditional(expr, frame)
            case form.Sequence(items=items):
                return self._sequence(items, frame)
            case form.Mapping(entries=entries):
                return self._mapping(entries, frame)
            case form.Await(value=value) | form.Spread(value=value):
                return self.evaluate(value, frame)
            case form.Comprehension():
                return self._comprehension(expr, frame)
            case form.Function():
                return Value(kind="function", ref=Closure(expr, frame.module, frame))
        assert isinstance(expr, form.Opaque)
        return self._opaque(expr, frame)

    # Operators and displays

    def _operation(self, expr: form.Operation, frame: Frame) -> Value:
        sign, operands = expr.operator, expr.operands
        if sign in {"and", "&&", "or", "||", "??"} and len(operands) > 1:
            return self._alternatives(sign, operands, frame)
        if sign == "typeof":
            return CLEAN
        if sign == "+" and len(operands) == 2:
            return self._added(expr, frame)
        return text.operation(sign, [self.evaluate(operand, frame) for operand in operands])

    def _added(self, expr: form.Operation, frame: Frame) -> Value:
        """Add up `a + b + c …`, which nests to the left and may be long, by a loop."""
        rights: list[form.Expr] = []
        left: form.Expr = expr
        while isinstance(left, form.Operation) and left.operator == "+" and len(left.operands) == 2:
            rights.append(left.operands[1])
            left = left.operands[0]
        value = self.evaluate(left, frame)
        for right in reversed(rights):
            value = text.operation("+", [value, self.evaluate(right, frame)])
        return value

    def _alternatives(self, sign: str, operands: tuple[form.Expr, ...], frame: Frame) -> Value:
        kept: list[Value] = []
        for operand in operands[:-1]:
            value = self.evaluate(operand, frame)
            known = text.truth(value)
            if sign in {"and", "&&"}:
                if known is False:
                    return join(*kept, value)
            elif known is True:
                return join(*kept, value)
            elif known is None and not (sign == "??" and value == NOTHING):
                kept.append(value)
        return join(*kept, self.evaluate(operands[-1], frame))

    def _conditional(self, expr: form.Conditional, frame: Frame) -> Value:
        known = text.truth(self.evaluate(expr.test, frame))
        values = []
        before = frame.env
        for outcome, branch in ((True, expr.then), (False, expr.other)):
            if known is not (not outcome):
                frame.env = dict(before)
                refine(self, expr.test, frame, outcome=outcome)
                values.append(self.evaluate(branch, frame))
        frame.env = before
        return join(*values)

    def _sequence(self, items: tuple[form.Expr, ...], frame: Frame) -> Value:
        known: list[Value] = []
        rest: Value | None = None
        for item in items:
            value = self.evaluate(item, frame)
            if not isinstance(item, form.Spread):
                known.append(value)
            elif value.kind == "list" and value.rest is None and not value.taints:
                known += [part for _, part in value.fields]
            else:
                rest = element(value) if rest is None else join(rest, element(value))
        return sequence(known, rest)

    def _mapping(self, entries: tuple[tuple[form.Expr | None, form.Expr], ...], frame: Frame) -> Value:
        result = mapping({})
        for key, expr in entries:
            value = self.evaluate(expr, frame)
            if key is None:
                result = merged_mapping(result, value)
                continue
            name = self.evaluate(key, frame)
            if name.is_constant and isinstance(name.constant, str | int):
                result = with_part(result, name.constant, value)
            else:
                result = with_some_part(result, join(value, flat(name)))
        return result

    def _comprehension(self, expr: form.Comprehension, frame: Frame) -> Value:
        before = frame.env
        frame.env = dict(before)
        known = None
        for target, iterable in expr.clauses:
            value = self.evaluate(iterable, frame)
            known = value if len(expr.clauses) == 1 and not expr.conditions else None
            self.assign(target, element(value), frame)
        for condition in expr.conditions:
            refine(self, condition, frame, outcome=True)
        if known is not None and known.kind == "list" and known.rest is None and 0 < len(known.fields) <= 8:
            items = []
            for _, part in known.fields:
                self.assign(expr.clauses[0][0], part, frame)
                items.append(self.evaluate(expr.element, frame))
            result = sequence(items)
        else:
            result = sequence([], self.evaluate(expr.element, frame))
        frame.env = before
        return _as_dictionary(result) if expr.kind == "dict" else result

    def _opaque(self, expr: form.Opaque, frame: Frame) -> Value:
        match expr.kind, expr.children:
            case "assignment" | "named_expression", (target, value):
                result = self.evaluate(value, frame)
                self.assign(target, result, frame)
                return result
            case "regex", _:
                return Value(constants=(frame.module.text(expr),), kind="regex")
            case "default", (target, _):
                return self.evaluate(target, frame)
            case "keys", (iterable,):  # `for (const key in object)`
                held = self.evaluate(iterable, frame)
                return sequence([], keys(held) if held.kind else derived(held))
            case "yield" | "yield_expression", children:
                frame.results.append(join(*(self.evaluate(child, frame) for child in children)))
                return CLEAN
        return derived(*(self.evaluate(child, frame) for child in expr.children))


def merged_mapping(left: Value, right: Value) -> Value:
    """Return `{...left, ...right}`."""
    if right.kind not in {"dict", "model"}:
        return with_some_part(left, right) if right.taints or right.gaps or right.kind else left
    result = left
    for key, value in right.fields:
        result = with_part(result, key, value)
    if right.rest is not None:
        result = with_some_part(result, right.rest)
    if right.taints or right.gaps:
        result = with_some_part(result, Value(taints=right.taints, gaps=right.gaps))
    return result


def _as_dictionary(pairs: Value) -> Value:
    result = mapping({})
    for pair in pairs.parts():
        key, value = pair.get(0) or CLEAN, pair.get(1) or CLEAN
        if key.is_constant and isinstance(key.constant, str | int):
            result = with_part(result, key.constant, value)
        else:
            names = [one for one in key.constants or () if isinstance(one, str | int)]
            for name in names:
                result = with_part(result, name, value)
            if not names:
                result = with_some_part(result, join(value, flat(key)))
    return result
