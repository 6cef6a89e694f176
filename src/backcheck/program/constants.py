"""Folding of expressions to the values that they are sure to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backcheck.backend import Unresolved
from backcheck.program import operators
from backcheck.program.bodies import returned
from backcheck.program.form import (
    Assign,
    Attribute,
    Call,
    Class,
    Conditional,
    Function,
    Import,
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.program.bindings import Binding
    from backcheck.program.form import Expr
    from backcheck.program.meanings import Definition, Meaning
    from backcheck.program.program import Program
    from backcheck.program.scopes import Scope

_MAX_DEPTH = 30
_SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop", "decouple.config"})
_READERS = frozenset({"starlette.config.Config()", "environ.Env()", "environs.Env()", "environs.env"})


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that an expression is sure to have."""

    value: Any
    """str, bytes, int, float, bool, None; list (also for tuples and sets) and dict of these."""
    from_setting: bool = False
    """It is a setting's default: the environment may override it."""


class _NotConstant(Exception):  # noqa: N818 - it carries the reason out of a recursion, and is no error
    def __init__(self, why: Unresolved) -> None:
        super().__init__(why.why)
        self.why = why


def fold(program: Program, scope: Scope, expr: Expr) -> Constant | Unresolved:
    """Return the expression's value, or why it has none: `config:NAME` where the environment says it."""
    folding = _Folding(program)
    try:
        value = folding.value(scope, expr)
    except _NotConstant as stop:
        return stop.why
    return Constant(value, folding.from_setting)


class _Folding:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._depth = 0
        self.from_setting = False

    def value(self, scope: Scope, expr: Expr) -> Any:  # noqa: ANN401 - a folded value is any of the types of `Constant`
        """Return the value; raise `_NotConstant` with the reason."""
        if self._depth > _MAX_DEPTH:
            raise self._stop(scope, expr, "its value goes round in a circle, or too far")
        self._depth += 1
        try:
            return self._value(scope, expr)
        finally:
            self._depth -= 1

    def _value(self, scope: Scope, expr: Expr) -> Any:  # noqa: ANN401 - as above; one case for each kind of node
        match expr:
            case Literal(value):
                return value
            case Name():
                return self._name(scope, expr)
            case Attribute():
                return self._attribute(scope, expr)
            case Template(parts):
                return "".join(self._text(scope, part) for part in parts)
            case Operation(operator, operands):
                return self._operation(scope, expr, operator, operands)
            case Conditional(test, then, other):
                return self._conditional(scope, expr, (test, then, other))
            case Sequence(items=items):
                return list(self._items(scope, items))
            case Mapping(entries):
                return dict(self._entries(scope, entries))
            case Subscript():
                return self._subscript(scope, expr)
            case Call():
                return self._call(scope, expr)
            case Opaque("assignment", (_, value)):
                return self.value(scope, value)
        raise self._stop(scope, expr)

    @staticmethod
    def _stop(scope: Scope, expr: Expr, why: str = "") -> _NotConstant:
        text = " ".join(scope.module.text(expr).split())
        return _NotConstant(Unresolved(why or f"{text[:80]!r} is no constant", scope.module.place(expr)))

    def _config(self, scope: Scope, expr: Expr, name: str) -> _NotConstant:
        return self._stop(scope, expr, f"config:{name}")

    # Names

    def _name(self, scope: Scope, name: Name) -> Any:  # noqa: ANN401 - as above
        if name.id == "undefined":
            return None
        found = scope.lookup(name.id, name.at[0])
        if found is None:
            return self._defined(scope, name, self._program.meaning(scope, name))
        holder, bindings = found
        values = [self._bound(holder, binding, scope, name) for binding in bindings]
        if any(value != values[0] for value in values[1:]):
            raise self._stop(scope, name, f"{name.id!r} has several values")
        return values[0]

    def _bound(self, holder: Scope, binding: Binding, scope: Scope, name: Name) -> Any:  # noqa: ANN401 - as above
        holder = binding.scope or holder
        match binding.node:
            case Assign(operator=""):
                if binding.value is not None:
                    value = self.value(holder, binding.value)
                    for step in binding.steps:
                        value = self._step(scope, name, value, step)
                    return value
            case Import():
                return self._defined(scope, name, self._program.meaning(scope, name))
        raise self._stop(scope, name)

    def _step(self, scope: Scope, name: Name, value: Any, step: Expr | int) -> Any:  # noqa: ANN401 - as above
        key = step if isinstance(step, int) else getattr(step, "value", None)
        try:
            return value[key]
        except (LookupError, TypeError):
            raise self._stop(scope, name) from None

    def _defined(self, scope: Scope, expr: Expr, meaning: Meaning | None) -> Any:  # noqa: ANN401 - as above
        symbol = meaning.symbol if meaning is not None else None
        if symbol is not None and symbol.startswith("process.env."):
            raise self._config(scope, expr, symbol.removeprefix("process.env."))
        definition = None if meaning is None else meaning.definition
        if definition is None or isinstance(definition.node, Function | Class) or definition.node is expr:
            raise self._stop(scope, expr)
        return self.value(definition.scope, definition.node)

    def _attribute(self, scope: Scope, expr: Attribute) -> Any:  # noqa: ANN401 - as above
        of = self._program.meaning(scope, expr.value)
        if of is not None and of.cls is not None:
            return self._field(scope, expr, of.cls)
        return self._defined(scope, expr, self._program.meaning(scope, expr))

    def _field(self, scope: Scope, expr: Attribute, cls: Definition) -> Any:  # noqa: ANN401 - as above
        """Return a field of an instance: its default in the class, or the one value that methods give it."""
        bases = list(self._program.ancestry(cls))
        settings = any(base in _SETTINGS for base in bases if isinstance(base, str))
        for base in bases:
            if isinstance(base, str):
                continue
            inside = self._program.scope(base.module, base.node)  # type: ignore[arg-type]
            for binding in reversed(inside.bindings.get(expr.name, ())):
                match binding.node:
                    case Assign(value=value) if value is not None:
                        return self._default(inside, expr, value, settings=settings)
                    case Assign() if settings:
                        raise self._config(scope, expr, expr.name)
                    case Function():
                        return self._property(scope, expr, binding.node, base)
        if settings:
            raise self._config(scope, expr, expr.name)
        return self._defined(scope, expr, self._program.meaning(scope, expr))

    def _default(self, inside: Scope, expr: Attribute, value: Expr, *, settings: bool) -> Any:  # noqa: ANN401 - as above
        match value:
            case Call(args=args, keywords=keywords) if (self._program.symbol(inside, value.callee) or "").endswith(
                "Field"
            ):
                named = dict(keywords)
                default = args[0] if args else named.get("default")
                if default is None or (isinstance(default, Opaque) and default.kind == "ellipsis"):
                    raise self._config(inside, value, expr.name)
                value = default
        try:
            found = self.value(inside, value)
        except _NotConstant:
            if settings:
                raise self._config(inside, value, expr.name) from None
            raise
        self.from_setting = self.from_setting or settings
        return found

    def _property(self, scope: Scope, expr: Attribute, function: Function, cls: Definition) -> Any:  # noqa: ANN401 - as above
        results = list(returned(function))
        if len(results) != 1 or not function.decorators:
            raise self._stop(scope, expr)
        return self.value(self._program.scope(cls.module, function), results[0])

    # Operators and displays

    def _text(self, scope: Scope, part: Expr) -> str:
        value = self.value(scope, part)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self._stop(scope, part)
        return str(value)

    def _operation(self, scope: Scope, expr: Expr, operator: str, operands: tuple[Expr, ...]) -> Any:  # noqa: ANN401 - as above
        if operator in {"or", "||", "??"}:
            for operand in operands[:-1]:
                if value := self.value(scope, operand):
                    return value
            return self.value(scope, operands[-1])
        values = [self.value(scope, operand) for operand in operands]
        try:
            return operators.operate(operator, values, python=scope.module.language == "python")
        except operators.Undefined:
            raise self._stop(scope, expr) from None

    def _conditional(self, scope: Scope, expr: Expr, parts: tuple[Expr, Expr, Expr]) -> Any:  # noqa: ANN401 - as above
        test, then, other = parts
        try:
            decided = self.value(scope, test)
        except _NotConstant:
            either = [self.value(scope, then), self.value(scope, other)]
            if either[0] == either[1]:
                return either[0]
            raise self._stop(scope, expr) from None
        return self.value(scope, then if decided else other)

    def _items(self, scope: Scope, items: Iterable[Expr]) -> Iterator[Any]:
        for item in items:
            if isinstance(item, Spread):
                inner = self.value(scope, item.value)
                if not isinstance(inner, list):
                    raise self._stop(scope, item)
                yield from inner
            else:
                yield self.value(scope, item)

    def _entries(self, scope: Scope, entries: tuple[tuple[Expr | None, Expr], ...]) -> Iterator[tuple[Any, Any]]:
        for key, part in entries:
            value = self.value(scope, part)
            if key is not None:
                name = self.value(scope, key)
                if isinstance(name, list | dict):
                    raise self._stop(scope, key)
                yield name, value
            elif isinstance(value, dict):
                yield from value.items()
            else:
                raise self._stop(scope, part)

    def _subscript(self, scope: Scope, expr: Subscript) -> Any:  # noqa: ANN401 - as above
        if self._program.symbol(scope, expr.value) in {"os.environ", "process.env"}:
            raise self._config(scope, expr, str(self.value(scope, expr.index)))
        value, index = self.value(scope, expr.value), self.value(scope, expr.index)
        try:
            return value[index]
        except (LookupError, TypeError):
            raise self._stop(scope, expr) from None

    # Calls

    def _call(self, scope: Scope, call: Call) -> Any:  # noqa: ANN401 - as above
        symbol = self._program.symbol(scope, call.callee) or ""
        if call.args and (symbol in _ENVIRONMENT or symbol.startswith(tuple(_READERS))):
            raise self._config(scope, call, str(self.value(scope, call.args[0])))
        if symbol in {"str", "list", "tuple", "set", "String"} and len(call.args) == 1 and not call.keywords:
            value = self.value(scope, call.args[0])
            return str(value) if symbol in {"str", "String"} and not isinstance(value, list | dict) else value
        if symbol == "dict" and not call.args:
            return {key: self.value(scope, value) for key, value in call.keywords if key is not None}
        match call.callee:
            case Attribute(of, name) if not call.keywords and name in operators.METHODS:
                return self._method(scope, call, self.value(scope, of), name)
        raise self._stop(scope, call)

    def _method(self, scope: Scope, call: Call, of: Any, name: str) -> Any:  # noqa: ANN401 - as above
        args = [self.value(scope, arg) for arg in call.args]
        try:
            return operators.method(of, name, args)
        except operators.Undefined:
            raise self._stop(scope, call) from None
