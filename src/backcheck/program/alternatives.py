"""What an expression may be at run time: every binding that can hold, through imports, calls and both ways of a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.bodies import returned
from backcheck.program.form import (
    Assign,
    Attribute,
    Call,
    Conditional,
    Function,
    If,
    Import,
    Loop,
    Name,
    Operation,
    Try,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.bindings import Binding
    from backcheck.program.form import Expr, Module
    from backcheck.program.meanings import Meaning
    from backcheck.program.modules import Modules
    from backcheck.program.names import Names
    from backcheck.program.scopes import Scope

_MAX_STEPS = 64
_MAX_DEPTH = 12


class Alternatives:
    """Follows every way from an expression to what it may be, where `Names` follows the likeliest."""

    def __init__(self, names: Names, modules: Modules) -> None:
        """Follow names among these modules; what a single binding gives is for ``names``."""
        self._names = names
        self._modules = modules
        self._steps = 0

    def of(self, scope: Scope, expr: Expr) -> list[Meaning | None]:
        """Return each different thing that the expression may be; None among them for what cannot be known."""
        self._steps = 0
        found: dict[object, Meaning | None] = {}
        for meaning in self._of(scope, expr, 0):
            key = None if meaning is None else (meaning.symbol, id(meaning.definition and meaning.definition.node))
            found.setdefault(key, meaning)
        return list(found.values())

    def _of(self, scope: Scope, expr: Expr, depth: int) -> Iterator[Meaning | None]:
        self._steps += 1
        if depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            yield self._names.meaning(scope, expr)
            return
        match expr:
            case Conditional(then=then, other=other):
                yield from self._of(scope, then, depth + 1)
                yield from self._of(scope, other, depth + 1)
            case Operation("or" | "||" | "??", operands):
                for operand in operands:
                    yield from self._of(scope, operand, depth + 1)
            case Name() if (found := scope.lookup(expr.id, expr.at[0])) is not None:
                holder, bindings = found
                standing = _standing(bindings, holder, expr.at[0] if scope is holder else None)
                yield from self._bound(holder, standing, scope, expr, depth)
            case Attribute(value, name) if (of := self._names.meaning(scope, value)) is not None and of.module:
                yield from self._exported(of.module, name, scope, expr, depth)
            case Call():
                yield from self._called(scope, expr, depth)
            case _:
                yield self._names.meaning(scope, expr)

    def _bound(
        self, holder: Scope, bindings: list[Binding], scope: Scope, expr: Expr, depth: int
    ) -> Iterator[Meaning | None]:
        for binding in bindings:
            where = binding.scope or holder
            match binding.node:
                case Assign(annotation=None) if binding.value is not None and not binding.steps:
                    yield from self._of(where, binding.value, depth + 1)
                case Import(source=source, name=str(name)) if (
                    module := self._modules.locate(where.module, source)
                ) is not None:
                    yield from self._exported(module, name, where, None, depth, binding)
                case _ if len(bindings) == 1:
                    yield self._names.meaning(scope, expr)
                case _:
                    yield self._names.bound(holder, binding)

    def _exported(
        self, module: Module, name: str, scope: Scope, expr: Expr | None, depth: int, binding: Binding | None = None
    ) -> Iterator[Meaning | None]:
        """Give what a module's name may be to those who import it; a language with explicit exports says it once."""
        home = self._modules.scope(module)
        bindings = home.bindings.get(name, ()) if self._modules.exports(module) is None else ()
        if bindings and depth < _MAX_DEPTH:
            target = Name(name, (len(module.source), len(module.source)))
            yield from self._bound(home, _standing(bindings, home, None), home, target, depth + 1)
        elif expr is not None:
            yield self._names.meaning(scope, expr)
        elif binding is not None:
            yield self._names.bound(scope, binding)

    def _called(self, scope: Scope, call: Call, depth: int) -> Iterator[Meaning | None]:
        likeliest = self._names.meaning(scope, call.callee)
        for callee in self._of(scope, call.callee, depth + 1):
            definition = None if callee is None else callee.definition
            if definition is not None and isinstance(definition.node, Function):
                inside = self._modules.scope_of(definition.module, definition.node)
                results = list(returned(definition.node))
                if len(results) > 1:
                    for result in results:
                        yield from self._of(inside, result, depth + 1)
                    continue
            same = callee is likeliest
            yield self._names.meaning(scope, call) if same else self._names.called(scope, call, callee)


def _standing(bindings: tuple[Binding, ...], holder: Scope, use: int | None) -> list[Binding]:
    """Return the bindings that can hold at a byte of their own scope, or after all of it has run.

    What runs in any case replaces what was bound before it; what stands in a branch or a loop may or may not run.
    """
    own = [binding for binding in bindings if binding.scope is None and (use is None or binding.node.at[0] <= use)]
    elsewhere = [binding for binding in bindings if binding.scope is not None]
    if len(own) > 1:
        branches = [node.at for node in (holder.node or holder.module).body if isinstance(node, If | Try | Loop)]
        certain = [
            index
            for index, binding in enumerate(own)
            if not any(start <= binding.node.at[0] < end for start, end in branches)
        ]
        own = own[certain[-1] if certain else 0 :]
    return own + elsewhere or list(bindings)
