"""What expressions are worth in a request that carries no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backcheck.backend import Unresolved
from backcheck.extract.fastapi import values
from backcheck.extract.fastapi.ends import End, Ended, Paths
from backcheck.extract.fastapi.statuses import REFUSALS
from backcheck.extract.fastapi.values import Known, Value
from backcheck.program.form import (
    Attribute,
    Await,
    Call,
    Class,
    Comprehension,
    Conditional,
    Evaluate,
    Function,
    Literal,
    Name,
    Opaque,
    Operation,
    Sequence,
    Spread,
    Subscript,
    Template,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.extract.fastapi.statuses import Statuses
    from backcheck.extract.fastapi.values import Asked, Env
    from backcheck.program import Program, Scope
    from backcheck.program.form import Expr

_MAX_CALLS = 6
MAX_STEPS = 20_000
_MAX_LEVEL = 120
"""Nesting of expressions, over all functions that are entered. A level costs up to four Python frames, of a thousand."""
_SOURCES = frozenset({"headers", "cookies", "session", "query_params", "state", "scope"})


class Expressions:
    """Evaluates expressions. How a function's statements run is a subclass's."""

    def __init__(self, program: Program, statuses: Statuses, schemes: Any) -> None:  # noqa: ANN401 - avoids a cycle
        """``schemes(scope, expr)`` says whether calling the expression refuses (True), gives nothing (False), or is no scheme (None)."""
        self._program = program
        self._statuses = statuses
        self._schemes = schemes
        self._asked: Asked | None = None
        self._steps = 0
        self._level = 0
        self._raised = False
        self.met = False
        """Whether the last run looked for a credential at all."""

    def decide(self, scope: Scope, test: Expr, env: Env) -> bool | None:
        """Return whether a test holds; None where that is open."""
        return self._truth(scope, test, dict(env), Paths(), 0)

    def _function(self, scope: Scope, function: Function, arguments: Env, depth: int) -> Paths:
        raise NotImplementedError

    def _value(self, scope: Scope, expr: Expr, env: Env, paths: Paths, depth: int) -> Value | Known:
        self._steps += 1
        if self._level > _MAX_LEVEL or self._steps > MAX_STEPS:
            return Value.UNKNOWN
        self._level += 1
        try:
            return self._evaluate(scope, expr, env, paths, depth)
        finally:
            self._level -= 1

    def _evaluate(self, scope: Scope, expr: Expr, env: Env, paths: Paths, depth: int) -> Value | Known:
        match expr:
            case Literal(value):
                return Known(value)
            case Name(name):
                return env[name] if name in env else self._constant(scope, expr)
            case Await(inner) | Spread(inner):
                return self._value(scope, inner, env, paths, depth)
            case Attribute(of, name):
                return self._attribute(scope, expr, self._value(scope, of, env, paths, depth), name)
            case Subscript(of, index):
                return self._subscript(scope, self._value(scope, of, env, paths, depth), index)
            case Call():
                return self._call(scope, expr, env, paths, depth)
            case Conditional(test, then, other):
                decided = self._truth(scope, test, env, paths, depth)
                if decided is not None:
                    return self._value(scope, then if decided else other, env, paths, depth)
                return values.either(
                    self._value(scope, then, env, paths, depth), self._value(scope, other, env, paths, depth)
                )
            case Opaque("assignment", (target, inner)):
                result = self._value(scope, inner, env, paths, depth)
                values.bind(target, result, env)
                return result
            case Operation("or", operands):
                absent = False
                for operand in operands[:-1]:
                    first = self._value(scope, operand, env, paths, depth)
                    if values.truth(first) is not False:
                        return first if values.truth(first) else Value.UNKNOWN
                    absent = absent or first is Value.ABSENT
                last = self._value(scope, operands[-1], env, paths, depth)
                # `token or ""` is as empty as the token.
                return Value.ABSENT if absent and values.truth(last) is False else last
            case Operation():
                decided = self._truth(scope, expr, env, paths, depth)
                return Value.UNKNOWN if decided is None else Known(decided)
            case Template(parts) | Sequence(items=parts):
                pieces = [self._value(scope, part, env, paths, depth) for part in parts]
                return Value.ABSENT if isinstance(expr, Template) and Value.ABSENT in pieces else Value.UNKNOWN
        return Value.UNKNOWN

    def _constant(self, scope: Scope, expr: Expr) -> Value | Known:
        found = self._program.constant(scope, expr)
        return Value.UNKNOWN if isinstance(found, Unresolved) or found.from_setting else Known(found.value)

    def _attribute(self, scope: Scope, expr: Expr, of: Value | Known, name: str) -> Value | Known:
        match of:
            case Value.ABSENT:
                return Value.ABSENT
            case Value.REQUEST if name in _SOURCES:
                return Value.SOURCE
            case Value.REQUEST if name == "url":
                return Value.URL
            case Value.REQUEST | Value.URL if name in {"method", "path"}:
                return values.asked(self._asked, name)
            case Value.REQUEST if name in {"user", "auth"}:
                self.met = True
                return Value.ABSENT
            case Value.SOURCE:
                return self._looked(name)
            case Value.UNKNOWN:
                return self._constant(scope, expr)
        return Value.UNKNOWN

    def _subscript(self, scope: Scope, of: Value | Known, index: Expr) -> Value | Known:
        if of is Value.ABSENT:
            self._raised = True
            return Value.ABSENT
        if (of is Value.REQUEST or of is Value.SOURCE) and (key := self._key(scope, index)) in {"path", "method"}:
            return values.asked(self._asked, key)
        if of is Value.SOURCE:
            found = self._looked(self._key(scope, index))
            self._raised = self._raised or found is Value.ABSENT
            return found
        return Value.UNKNOWN

    def _looked(self, name: str) -> Value:
        found = values.source(name)
        self.met = self.met or found is Value.ABSENT
        return found

    def _key(self, scope: Scope, expr: Expr) -> str:
        found = self._program.constant(scope, expr)
        return "token" if isinstance(found, Unresolved) else str(found.value)

    def _call(self, scope: Scope, call: Call, env: Env, paths: Paths, depth: int) -> Value | Known:
        arguments = [self._value(scope, arg, env, paths, depth) for arg in call.args]
        named = {name: self._value(scope, value, env, paths, depth) for name, value in call.keywords}
        every = [*arguments, *named.values()]
        status = self._statuses.answered(scope, call)
        if status is not None:
            return Value.REFUSAL if status in REFUSALS else Value.UNKNOWN
        refuses = self._schemes(scope, call.callee)
        if refuses is not None:
            self.met = True
            if refuses:
                raise Ended(End.REFUSED)
            return Value.ABSENT
        if isinstance(call.callee, Attribute):
            of = self._value(scope, call.callee.value, env, paths, depth)
            if of is Value.SOURCE and call.callee.name in {"get", "getlist", "pop"} and call.args:
                return self._looked(self._key(scope, call.args[0]))
            if of is Value.ABSENT:
                return Value.ABSENT
            if isinstance(of, Known) and (answer := values.of_text(call.callee.name, of, arguments)) is not None:
                return answer
        if isinstance(call.callee, Name) and call.callee.id in {"any", "all"} and call.args:
            return self._each(scope, call.callee.id, call.args[0], env, paths, depth)
        return self._called(scope, call, (arguments, named), every, paths, depth)

    def _each(self, scope: Scope, name: str, over: Expr, env: Env, paths: Paths, depth: int) -> Value | Known:
        """Return what `any(path.startswith(prefix) for prefix in PUBLIC)` gives where the collection is constant."""
        match over:
            case Comprehension(element=element, clauses=((target, iterable),), conditions=()):
                items = self._value(scope, iterable, env, paths, depth)
            case _:
                return Value.UNKNOWN
        if not isinstance(items, Known) or not isinstance(items.value, list | tuple | set | dict):
            return Value.UNKNOWN
        answers: set[bool | None] = set()
        for item in items.value:
            within = dict(env)
            values.bind(target, Known(item), within)
            answers.add(self._truth(scope, element, within, paths, depth))
        decisive = name == "any"
        return Known(decisive) if decisive in answers else Value.UNKNOWN if None in answers else Known(not decisive)

    def _called(
        self,
        scope: Scope,
        call: Call,
        given: tuple[list[Any], dict[Any, Any]],
        every: list[Any],
        paths: Paths,
        depth: int,
    ) -> Value | Known:
        definition = self._program.definition(scope, call.callee)
        absent = Value.ABSENT in every
        if definition is not None and isinstance(definition.node, Function) and depth < _MAX_CALLS:
            function = definition.node
            inside = self._program.scope(definition.module, function)
            env = values.arguments(function, *given, method=isinstance(definition.scope.node, Class))
            for parameter in function.parameters:
                if parameter.name not in env and parameter.default is not None:
                    env[parameter.name] = self._constant(definition.scope, parameter.default)
            inner = self._function(inside, function, env, depth + 1)
            paths.ends |= inner.ends - {End.SERVED}
            if End.SERVED not in inner.ends and End.REFUSED not in inner.ends and inner.ends:
                raise Ended(End.FAILED)
            if inner.refuses and not any(value is Value.REFUSAL for value in inner.values):
                raise Ended(End.REFUSED)
            if any(isinstance(node, Opaque) and node.kind == "yield" for node in _evaluated(function)):
                return Value.UNKNOWN
            results = inner.values or [Value.UNKNOWN]
            result = results[0]
            for value in results[1:]:
                result = values.either(result, value)
            # A lookup of nothing finds nothing.
            return Value.ABSENT if result is Value.UNKNOWN and absent else result
        if definition is not None and isinstance(definition.node, Class):
            return Value.UNKNOWN
        if absent:
            self._raised = True
            return Value.ABSENT
        return Value.UNKNOWN

    # Truth

    def _truth(self, scope: Scope, expr: Expr, env: Env, paths: Paths, depth: int) -> bool | None:
        match expr:
            case Operation("not", (operand,)):
                decided = self._truth(scope, operand, env, paths, depth)
                return None if decided is None else not decided
            case Operation("and" | "or" as operator, operands):
                open_ = False
                for operand in operands:
                    decided = self._truth(scope, operand, env, paths, depth)
                    if decided is (operator == "or"):
                        return decided
                    open_ = open_ or decided is None
                return None if open_ else operator == "and"
            case Operation(operator, (left, right)):
                if operator in {"in", "not in"}:
                    self.met = self.met or self._value(scope, right, env, paths, depth) is Value.SOURCE
                sides = (self._value(scope, left, env, paths, depth), self._value(scope, right, env, paths, depth))
                return values.compared(operator, *sides)
            case Operation():
                return None
        return values.truth(self._value(scope, expr, env, paths, depth))


def _evaluated(function: Function) -> Iterable[Expr]:
    return (statement.value for statement in function.body if isinstance(statement, Evaluate))
