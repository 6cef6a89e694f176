"""Scopes: which names a module, class or function binds, and to what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from backcheck.program.form import (
    Assign,
    Attribute,
    Class,
    Comprehension,
    Define,
    Evaluate,
    Function,
    Handler,
    If,
    Import,
    Literal,
    Loop,
    Mapping,
    Module,
    Name,
    Opaque,
    Sequence,
    Spread,
    Subscript,
    Try,
    With,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as ReadOnly

    from backcheck.program.form import Expr, Node


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that binds a name."""

    node: Node
    """`Assign`, `Function`, `Class`, `Import`, `Parameter`, `Loop`, `With`, `Handler`, `Comprehension`, or an inner assignment's `Opaque`."""
    value: Expr | None = None
    """What it is bound to, where that is an expression: of `a, b = x, y` the part that belongs to the name."""
    steps: tuple[Expr | int, ...] = ()
    """How `value` is taken apart on the way to the name: keys of a pattern as expressions, positions as numbers."""
    scope: Scope | None = None
    """Where it stands, if not in the scope whose name it binds: an inner function with `global` or `nonlocal`."""
    fallback: bool = False
    """It is an import that runs only where another one fails."""


@dataclass(eq=False)
class Scope:
    """The names of one module, class or function. Two scopes are equal only if they are the same."""

    module: Module
    parent: Scope | None
    node: Function | Class | None
    """Whose scope it is; None for the module's."""
    name: str = ""
    """Qualified: `Class.method`, `outer.inner`; empty for the module."""
    inner: dict[int, Scope] = field(default_factory=dict, repr=False)
    """Scopes directly below, by the `id` of their node."""
    cache: dict[object, object] = field(default_factory=dict, repr=False)
    """What `Names` has worked out here."""

    @cached_property
    def bindings(self) -> ReadOnly[str, tuple[Binding, ...]]:
        """Every binding of each name, in source order; those that inner functions make (`global`) come last."""
        found = {name: list(own) for name, own in self._body.names.items() if name not in self._body.outer}
        word = b"global" if self.parent is None else b"nonlocal"
        if self.module.language == "python" and self.inner and word in self.module.source:
            for name, binding in self._handed_up():
                found.setdefault(name, []).append(binding)
        return {name: tuple(bindings) for name, bindings in found.items()}

    @cached_property
    def _body(self) -> _Body:
        return _body(self.node or self.module)

    def _handed_up(self) -> Iterator[tuple[str, Binding]]:
        for scope in self.walk():
            for name, kind in scope._body.outer.items():
                if scope._owner(name, kind) is self:
                    for binding in scope._body.names.get(name, ()):
                        yield name, replace(binding, scope=scope)

    def _owner(self, name: str, kind: str) -> Scope | None:
        """Return the scope that a `global` or `nonlocal` statement here means."""
        scope = self.parent
        while scope is not None and scope.parent is not None:
            own = scope._body
            if kind == "nonlocal_statement" and scope.function and name in own.names and name not in own.outer:
                return scope
            scope = scope.parent
        return scope if kind == "global_statement" else None

    @property
    def function(self) -> Function | None:
        """The function whose scope it is, if it is one."""
        return self.node if isinstance(self.node, Function) else None

    @property
    def cls(self) -> Scope | None:
        """The scope of the class whose method this is or lies in; a class's own scope too."""
        scope: Scope | None = self
        while scope is not None and not isinstance(scope.node, Class):
            scope = scope.parent
        return scope

    def lookup(self, name: str, use: int | None = None) -> tuple[Scope, tuple[Binding, ...]] | None:
        """Return the scope that binds the name as seen from here, and its bindings. Methods do not see their class's names.

        ``use`` is the byte at which the name stands; with it, the variables of a comprehension around it are seen too.
        """
        scope: Scope | None = self
        while scope is not None:
            if scope is self or not isinstance(scope.node, Class):
                if use is not None and (inside := scope._comprehended(name, use)) is not None:
                    return scope, (inside,)
                if found := scope.bindings.get(name):
                    return scope, found
            scope = scope.parent
        return None

    def _comprehended(self, name: str, use: int) -> Binding | None:
        """Return what the innermost comprehension around the use binds; its first iterable is evaluated outside of it."""
        for binding in reversed(self._body.comprehended.get(name, ())):
            match binding.node:
                case Comprehension(clauses=((_, outside), *_), at=(start, end)):
                    if start <= use < end and not outside.at[0] <= use < outside.at[1]:
                        return binding
        return None

    def walk(self) -> Iterator[Scope]:
        """Give this scope and all below it, in source order."""
        stack = [self]
        while stack:
            scope = stack.pop()
            yield scope
            stack.extend(reversed(scope.inner.values()))


def module_scope(module: Module) -> Scope:
    """Return the module's scope with all scopes below it in their places."""
    top = Scope(module, None, None)
    stack: list[tuple[Node, Scope]] = [(node, top) for node in reversed(module.body)]
    while stack:
        node, scope = stack.pop()
        kind = type(node)
        if kind is Function or kind is Class:
            assert isinstance(node, Function | Class)
            below = Scope(module, scope, node, f"{scope.name}.{node.name or '<anonymous>'}".lstrip("."))
            scope.inner[id(node)] = below
            # Decorators, defaults, annotations and bases are evaluated outside.
            inside = {id(statement) for statement in node.body}
            stack.extend((child, below if id(child) in inside else scope) for child in reversed(list(children(node))))
        elif kind not in _LEAVES:
            stack.extend((child, scope) for child in reversed(list(children(node))))
    return top


_LEAVES = frozenset({Name, Literal, Import})


def names_of(target: Expr, value: Expr | None = None) -> Iterator[tuple[str, Expr | None, tuple[Expr | int, ...]]]:
    """Give each name that a pattern binds, with the value it comes from and the steps from there to it."""
    stack: list[tuple[Expr, Expr | None, tuple[Expr | int, ...]]] = [(target, value, ())]
    while stack:
        target, value, steps = stack.pop()
        match target, value:
            case Name(name), _:
                yield name, value, steps
            case Sequence(items=items), Sequence(items=values) if (
                not steps
                and len(items) == len(values)
                and not any(isinstance(item, Spread) for item in (*items, *values))
            ):
                stack.extend((item, part, ()) for item, part in reversed(list(zip(items, values, strict=True))))
            case Sequence(items=items), _:
                stack.extend((item, value, (*steps, index)) for index, item in reversed(list(enumerate(items))))
            case Mapping(entries), _:
                stack.extend(
                    (part, value, (*steps, key) if key is not None else (*steps, -1)) for key, part in reversed(entries)
                )
            case Spread(inner), _:
                stack.append((inner, value, (*steps, -1)))
            case Opaque("default", (inner, _)), _:
                stack.append((inner, value, steps))


@dataclass(frozen=True, slots=True)
class _Body:
    """What one body binds, functions and classes inside it left out."""

    names: dict[str, list[Binding]]
    comprehended: dict[str, list[Binding]]
    """Variables of comprehensions, an outer one's before an inner one's."""
    outer: dict[str, str]
    """Names of `global` and `nonlocal` statements, and which of the two."""


def _body(node: Function | Class | Module) -> _Body:
    body = _Body({}, {}, {})
    if isinstance(node, Function):
        for name, binding in _parameters(node):
            body.names.setdefault(name, []).append(binding)
    fallbacks: set[int] = set()
    stack: list[Node] = list(reversed(node.body))
    while stack:
        current = stack.pop()
        kind = type(current)
        if kind is Comprehension:
            for name, binding in _variables(current):
                body.comprehended.setdefault(name, []).append(binding)
        elif kind is Try:
            fallbacks |= _fallbacks(current)
        for name, binding in _bound_by(current, body.outer):
            late = id(current) in fallbacks
            body.names.setdefault(name, []).append(replace(binding, fallback=True) if late else binding)
        if kind in _BLOCKS or (kind not in _CLOSED and kind not in _LEAVES):
            stack.extend(reversed(list(children(current))))
    return body


def _parameters(function: Function) -> Iterator[tuple[str, Binding]]:
    for parameter in function.parameters:
        if parameter.name:
            yield parameter.name, Binding(parameter)
        if parameter.pattern is not None:
            for name, _, steps in names_of(parameter.pattern):
                yield name, Binding(parameter, None, steps)


def _variables(node: Node) -> Iterator[tuple[str, Binding]]:
    if isinstance(node, Comprehension):
        for target, _ in node.clauses:
            for name, _, steps in names_of(target):
                yield name, Binding(node, None, steps)


def _fallbacks(node: Node) -> set[int]:
    """Return the imports in handlers of a `try` that imports: `try: import a` `except ImportError: import b`."""
    if not isinstance(node, Try) or not any(isinstance(statement, Import) for statement in node.body):
        return set()
    return {id(statement) for handler in node.handlers for statement in handler.body if isinstance(statement, Import)}


_CLOSED = frozenset({Function, Class, Define, Attribute, Subscript})
_BLOCKS = frozenset({If, Try, With, Loop})


def _bound_by(node: Node, outer: dict[str, str]) -> Iterator[tuple[str, Binding]]:
    match node:
        case Assign(targets=targets, value=value, operator=operator):
            for target in targets:
                for name, part, steps in names_of(target, None if operator else value):
                    yield name, Binding(node, part, steps)
        case Define(function):
            yield function.name, Binding(function)
        case Class(name=name):
            yield name, Binding(node)
        case Import(local=local):
            yield local, Binding(node)
        case Opaque("assignment", (target, value)):
            for name, part, steps in names_of(target, value):
                yield name, Binding(node, part, steps)
        case Evaluate(Opaque("global_statement" | "nonlocal_statement" as kind, names)):
            outer.update((name.id, kind) for name in names if isinstance(name, Name))
        case _:
            yield from _bound_by_block(node)


def _bound_by_block(node: Node) -> Iterator[tuple[str, Binding]]:
    match node:
        case Loop(target=target) if target is not None:
            for name, _, steps in names_of(target):
                yield name, Binding(node, None, steps)
        case With(items=items):
            for context, target in items:
                if target is not None:
                    for name, part, steps in names_of(target, context):
                        yield name, Binding(node, part, steps)
        case Handler(name=name) if name:
            yield name, Binding(node)
