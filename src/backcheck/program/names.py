"""What a name, or any expression, is: its symbol and its definition, followed through assignments, imports and classes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.program.annotations import Annotations, typing_name
from backcheck.program.bodies import returned
from backcheck.program.form import (
    Assign,
    Attribute,
    Await,
    Call,
    Class,
    Comprehension,
    Conditional,
    Function,
    Handler,
    Import,
    Literal,
    Mapping,
    Name,
    Opaque,
    Operation,
    Parameter,
    Sequence,
    Subscript,
    With,
)
from backcheck.program.handouts import Handouts
from backcheck.program.imports import Imports
from backcheck.program.meanings import Definition, Meaning, class_of, defined, first
from backcheck.program.members import Members
from backcheck.program.once import Once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.bindings import Binding
    from backcheck.program.form import Expr
    from backcheck.program.modules import Modules
    from backcheck.program.scopes import Scope

_MAX_CHOICES = 16
_BY_KEY = ("motor.motor_asyncio.AsyncIOMotorClient()", "pymongo.MongoClient()", "pymongo.AsyncMongoClient()")
"""What gives a member by key and by attribute alike: `client["shop"]` is `client.shop`."""
_PARTIAL = frozenset({"functools.partial", "functools.partialmethod"})


class Names:
    """Answers what expressions are, each question once."""

    def __init__(self, modules: Modules) -> None:
        """Resolve among these modules."""
        self._modules = modules
        self._once = Once()
        self.annotations = Annotations(self.meaning)
        self.members = Members(self, self.annotations, modules)
        self._handouts = Handouts(self, self.annotations, modules)
        self._imports = Imports(self, modules, self._once)

    def meaning(self, scope: Scope, expr: Expr) -> Meaning | None:
        """Return what the expression is; None where nothing is known. Cycles end in None."""
        if expr in scope.cache:
            return scope.cache[expr]  # type: ignore[return-value]
        return self._once.ask(scope, expr, lambda: self._meaning(scope, expr))

    def _meaning(self, scope: Scope, expr: Expr) -> Meaning | None:
        match expr:
            case Name():
                return self._name(scope, expr)
            case Attribute(value, name):
                return self.member(self.members.base(scope, value) or self.meaning(scope, value), name)
            case Call():
                return self._call(scope, expr)
            case Await(value) | Opaque("assignment", (_, value)):
                return self.meaning(scope, value)
            case Subscript():
                return self._subscript(scope, expr)
            case Conditional(then=then, other=other):
                return first(self.meaning(scope, part) for part in (then, other))
            case Operation("or" | "||" | "??", operands):
                return first(self.meaning(scope, part) for part in operands)
        return Meaning(None, Definition(scope.module, expr, scope, ""))

    def choices(self, scope: Scope, expr: Expr) -> Iterator[Meaning]:
        """Give everything that the expression may be: both ways of a condition, every binding of a name; the likeliest first."""
        stack: list[tuple[Scope, Expr]] = [(scope, expr)]
        seen: set[tuple[str | None, int]] = set()
        for _ in range(_MAX_CHOICES):
            if not stack:
                return
            where, part = stack.pop()
            match part:
                case Conditional(then=then, other=other):
                    stack.extend(((where, other), (where, then)))
                    continue
                case Operation("or" | "||" | "??", operands):
                    stack.extend((where, operand) for operand in reversed(operands))
                    continue
                case Name() if (found := where.lookup(part.id, part.at[0])) is not None:
                    meanings = self._choices_of(*found, where, part, stack)
                case _:
                    meanings = [self.meaning(where, part)]
            for meaning in meanings:
                key = None if meaning is None else (meaning.symbol, id(meaning.definition and meaning.definition.node))
                if meaning is not None and key is not None and key not in seen:
                    seen.add(key)
                    yield meaning

    def _choices_of(
        self, holder: Scope, bindings: tuple[Binding, ...], scope: Scope, name: Name, stack: list[tuple[Scope, Expr]]
    ) -> list[Meaning | None]:
        """Return what bindings give a name; values that are themselves a choice go onto the ``stack``."""
        found: list[Meaning | None] = []
        for binding in _latest_first(bindings, scope, holder, name.at[0]):
            if isinstance(binding.value, Conditional | Operation) and not binding.steps:
                stack.append((binding.scope or holder, binding.value))
            else:
                found.append(self.bound(holder, binding))
        return found

    # Names and what binds them

    def _name(self, scope: Scope, name: Name) -> Meaning | None:
        if name.id == "this":
            return self.members.this(scope.cls)
        found = scope.lookup(name.id, name.at[0])
        if found is None:
            return self._imports.starred(scope, name.id) or Meaning(name.id)
        holder, bindings = found
        return first(self.bound(holder, binding) for binding in _latest_first(bindings, scope, holder, name.at[0]))

    def bound(self, scope: Scope, binding: Binding) -> Meaning | None:
        """Return what a binding of this scope gives its name."""
        scope = binding.scope or scope
        match binding.node:
            case Import() as imported:
                return self._imports.imported(scope, imported)
            case Function() | Class() as node:
                return defined(scope, node)
            case Parameter() as parameter:
                return self._parameter(scope, parameter) if not binding.steps else None
            case Handler(catches=catches) if catches is not None:
                return self.annotations.instance(scope, catches)
            case Assign(annotation=annotation):
                found = self._taken_apart(scope, binding)
                if annotation is not None and (found is None or found.symbol is None):
                    return _declared(self.annotations.instance(scope, annotation), found)
                return found
            case With() if not binding.steps and binding.value is not None:
                return self._handouts.entered(scope, binding.value) or self.meaning(scope, binding.value)
            case Opaque() | With():
                return self._taken_apart(scope, binding)
        return None

    def _taken_apart(self, scope: Scope, binding: Binding) -> Meaning | None:
        if binding.value is None:
            return None
        found = self.meaning(scope, binding.value)
        for step in binding.steps:
            match step:
                case Literal(str(key)):
                    found = self.member(found, key)
                case int(index) if index >= 0 and found is not None:
                    found = self._item(found, index)
                case _:
                    return None
        return found

    def _item(self, found: Meaning, index: int) -> Meaning | None:
        match found.definition:
            case Definition(node=Sequence(items=items), scope=inside) if -len(items) <= index < len(items):
                return self.meaning(inside, items[index])
        return Meaning(f"{found.symbol}[{index}]") if found.symbol is not None else None

    def _parameter(self, scope: Scope, parameter: Parameter) -> Meaning | None:
        outside = scope.parent or scope
        if parameter.annotation is not None:
            return self.annotations.instance(outside, parameter.annotation)
        function = scope.function
        if function is not None and isinstance(outside.node, Class) and function.parameters[:1] == (parameter,):
            decorators = {decorator.id for decorator in function.decorators if isinstance(decorator, Name)}
            if "staticmethod" not in decorators:
                cls = self.members.this(outside)
                return class_of(cls) if "classmethod" in decorators else cls
        if parameter.default is None:
            return None
        return self._handouts.injected(outside, parameter.default) or self.meaning(outside, parameter.default)

    # Members

    def member(self, of: Meaning | None, name: str) -> Meaning | None:
        """Return what `of.name` is."""
        if of is None:
            return None
        if of.module is not None:
            return self._imports.module_member(of.module, name)
        if of.package is not None:
            return self._imports.package_member(*of.package, name)
        if of.cls is not None:
            return self.members.of_class(of.cls, name, of, instance=True)
        match of.definition:
            case Definition(node=Class()):
                return self.members.of_class(of.definition, name, of, instance=False)
            case Definition(node=Mapping(entries), scope=scope):
                for key, value in reversed(entries):
                    if isinstance(key, Literal) and key.value == name:
                        return self.meaning(scope, value)
        return None if of.symbol is None else Meaning(f"{of.symbol}.{name}")

    # Calls and subscripts

    def _call(self, scope: Scope, call: Call) -> Meaning | None:
        match call:
            case Call(Name("require"), (Literal(str(source)),)) if scope.module.language != "python":
                return self._imports.imported(scope, Import(source, None, "", call.at))
        return self.called(scope, call, self.meaning(scope, call.callee))

    def called(self, scope: Scope, call: Call, callee: Meaning | None) -> Meaning | None:
        """Return what a call gives whose callee is this."""
        if callee is None or (callee.symbol is None and callee.definition is None):
            return None
        if callee.symbol in _PARTIAL and call.args:
            return self.meaning(scope, call.args[0])
        here = Definition(scope.module, call, scope, "")
        match callee.definition:
            case Definition(node=Class()) if callee.cls is None:
                return Meaning(f"{callee.symbol}()", here, cls=callee.definition)
            case Definition(node=Function()):
                return self.result(callee) or (Meaning(f"{callee.symbol}()", here) if callee.symbol else None)
        if callee.cls is not None:
            called = self.member(callee, "__call__")
            return self.result(called) if called is not None and called.definition is not None else None
        return Meaning(f"{callee.symbol}()", here) if callee.symbol is not None else None

    def result(self, function: Meaning | None) -> Meaning | None:
        """Return what a function of this code base gives: by what it returns, else by its annotation."""
        match function:
            case Meaning(definition=Definition(node=Function() as node, module=module, scope=outside)):
                inside = self._modules.scope_of(module, node)
                found = first(self.meaning(inside, value) for value in returned(node))
                if (found is None or found.symbol is None) and node.returns is not None:
                    return self.annotations.instance(outside, node.returns) or found
                return found
        return None

    def _subscript(self, scope: Scope, expr: Subscript) -> Meaning | None:
        here = Meaning(None, Definition(scope.module, expr, scope, ""))
        of = self.meaning(scope, expr.value)
        if of is None or typing_name(of.symbol) is not None:
            return here
        match expr.index:
            case Literal(str(key)) if of.definition is not None and isinstance(of.definition.node, Mapping):
                return self.member(of, key)
            case Literal(str(key)) if scope.module.language != "python" or (of.symbol or "").startswith(_BY_KEY):
                return self.member(of, key)
            case Literal(int(index)) if not isinstance(index, bool):
                return self._item(of, index)
        if of.definition is not None and isinstance(of.definition.node, Class):
            return of
        if _is_generic(scope, of, expr):
            return of
        return here


def _declared(declared: Meaning | None, found: Meaning | None) -> Meaning | None:
    """Return what a variable's annotation says, with the display that it is set to: `const SORTS: Record<…> = {…}`."""
    if declared is None or found is None:
        return declared or found
    match found.definition:
        case Definition(node=Mapping() | Sequence() | Literal()) if declared.definition is None:
            return replace(declared, definition=found.definition)
    return declared


def _is_generic(scope: Scope, of: Meaning, expr: Subscript) -> bool:
    """Whether it is a foreign class with its parameters, `FastAPIUsers[User, UUID]`: by its name, since nothing else shows it."""
    if scope.module.language != "python" or of.definition is not None or isinstance(expr.index, Literal):
        return False
    return of.symbol is not None and of.symbol.rpartition(".")[2][:1].isupper() and not of.symbol.endswith(")")


def _latest_first(bindings: tuple[Binding, ...], scope: Scope, holder: Scope, use: int) -> Iterator[Binding]:
    """Give the bindings that stand before the use, latest first, then the others; from inside a function all, latest first.

    What is only imported where another import fails comes last.
    """
    if len(bindings) == 1:
        yield bindings[0]
        return
    usual = [binding for binding in bindings if not binding.fallback]
    if scope is not holder:
        yield from reversed(usual)
    else:
        before = {id(binding) for binding in usual if binding.node.at[1] <= use or _encloses(binding, use)}
        yield from (binding for binding in reversed(usual) if id(binding) in before)
        yield from (binding for binding in usual if id(binding) not in before)
    yield from (binding for binding in reversed(bindings) if binding.fallback)


def _encloses(binding: Binding, use: int) -> bool:
    """Whether the use stands in a block that the binding opens (`with x as y:`), not in the value that it binds."""
    start, end = binding.node.at
    if isinstance(binding.node, Function | Class | Comprehension):
        return start <= use < end
    return isinstance(binding.node, With | Handler) and start < use < end
