"""What a function does with a request that carries no credentials: turn it away, let it in, or nobody can say.

A small abstract interpreter. Credentials (a header, a cookie, a token that a scheme could not find) are absent: they are
falsy, and so is everything that is worked out from them. Conditions on anything else are open, and both ways are taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.extract.fastapi import values
from backcheck.extract.fastapi.ends import End, Ended, Paths
from backcheck.extract.fastapi.expressions import MAX_STEPS, Expressions
from backcheck.extract.fastapi.statuses import REFUSALS
from backcheck.extract.fastapi.values import Known, Value
from backcheck.program.form import Assign, Evaluate, If, Loop, Raise, Return, Try, With

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.extract.fastapi.values import Asked, Env
    from backcheck.program import Scope
    from backcheck.program.form import Expr, Function, Stmt


class Absence(Expressions):
    """Runs functions for a request without credentials."""

    def run(self, scope: Scope, function: Function, arguments: Env, asked: Asked | None = None) -> Paths:
        """Return how the paths through the function end; ``scope`` is the function's own, ``asked`` what the request asks for."""
        self._asked = asked
        self._steps = 0
        self._level = 0
        self._raised = False
        self.met = Value.ABSENT in arguments.values()
        return self._function(scope, function, arguments, 0)

    def _function(self, scope: Scope, function: Function, arguments: Env, depth: int) -> Paths:
        paths = Paths()
        env: Env = {parameter.name: arguments.get(parameter.name, Value.UNKNOWN) for parameter in function.parameters}
        if self._block(scope, function.body, env, paths, depth):
            paths.ends.add(End.SERVED)
            paths.values.append(Known(None))
        return paths

    def _block(self, scope: Scope, body: Iterable[Stmt], env: Env, paths: Paths, depth: int) -> bool:
        """Run statements; return whether a path comes out at their end."""
        for statement in body:
            self._steps += 1
            if self._steps > MAX_STEPS:
                paths.ends.add(End.SERVED)
                paths.values.append(Value.UNKNOWN)
                return False
            try:
                if not self._statement(scope, statement, env, paths, depth):
                    return False
            except Ended as ended:
                paths.ends.add(ended.end)
                return False
        return True

    def _statement(self, scope: Scope, statement: Stmt, env: Env, paths: Paths, depth: int) -> bool:
        match statement:
            case Assign(targets=targets, value=value) if value is not None:
                result = self._value(scope, value, env, paths, depth)
                for target in targets:
                    values.bind(target, result, env)
            case Evaluate(value):
                self._value(scope, value, env, paths, depth)
            case Return(given):
                result = Known(None) if given is None else self._value(scope, given, env, paths, depth)
                paths.ends.add(End.REFUSED if result is Value.REFUSAL else End.SERVED)
                paths.values.append(result)
                return False
            case Raise(raised):
                status = self._statuses.raised(scope, raised)
                paths.ends.add(End.REFUSED if status in REFUSALS else End.FAILED)
                return False
            case If(test, then, otherwise):
                return self._branch(scope, (test, then, otherwise), env, paths, depth)
            case Try():
                return self._try(scope, statement, env, paths, depth)
            case With(items=items, body=inside):
                for context, bound in items:
                    result = self._value(scope, context, env, paths, depth)
                    if bound is not None:
                        values.bind(bound, result, env)
                return self._block(scope, inside, env, paths, depth)
            case Loop(target=target, body=inside):
                within = dict(env)
                if target is not None:
                    values.bind(target, Value.UNKNOWN, within)
                self._block(scope, inside, within, paths, depth)
                values.join(env, within)
        return True

    def _branch(
        self, scope: Scope, parts: tuple[Expr, tuple[Stmt, ...], tuple[Stmt, ...]], env: Env, paths: Paths, depth: int
    ) -> bool:
        test, then, otherwise = parts
        decided = self._truth(scope, test, env, paths, depth)
        if decided is not None:
            return self._block(scope, then if decided else otherwise, env, paths, depth)
        other = dict(env)
        first = self._block(scope, then, env, paths, depth)
        second = self._block(scope, otherwise, other, paths, depth)
        if first and second:
            values.join(env, other)
        elif second:
            env.clear()
            env.update(other)
        return first or second

    def _try(self, scope: Scope, statement: Try, env: Env, paths: Paths, depth: int) -> bool:
        before, outer = dict(env), self._raised
        self._raised = False
        inside = Paths()
        falls = self._block(scope, statement.body, env, inside, depth)
        raises, self._raised = self._raised, outer
        if raises and statement.handlers:
            # Verifying nothing raises: only the handlers go on from here, and refusals that they may not catch.
            falls = False
            inside.ends.discard(End.SERVED)
        if End.FAILED in inside.ends and statement.handlers:
            inside.ends.discard(End.FAILED)
        paths.ends |= inside.ends
        paths.values += inside.values
        for handler in statement.handlers:
            within = dict(before)
            within.update({name: Value.UNKNOWN for name in [handler.name] if name})
            if self._block(scope, handler.body, within, paths, depth):
                if falls:
                    values.join(env, within)
                else:
                    env.clear()
                    env.update(within)
                falls = True
        return self._block(scope, statement.final, env, paths, depth) and falls
