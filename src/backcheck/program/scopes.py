"""Scopes: which names a module, class or function binds, and to what."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from backcheck.program.form import (
    Assign,
    Attribute,
    Class,
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
    """`Assign`, `Define`, `Class`, `Import`, `Parameter`, `Loop`, `With`, `Handler`, or an inner assignment's `Opaque`."""
    value: Expr | None = None
    """What it is bound to, where that is an expression: of `a, b = x, y` the part that belongs to the name."""
    steps: tuple[Expr | int, ...] = ()
    """How `value` is taken apart on the way to the name: keys of a pattern as expressions, positions as numbers."""


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
        """Every binding of each name, in source order."""
        found: dict[str, list[Binding]] = {}
        outer: set[str] = set()
        for name, binding in _bindings(self.node or self.module, outer):
            found.setdefault(name, []).append(binding)
        return {name: tuple(bindings) for name, bindings in found.items() if name not in outer}

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

    def lookup(self, name: str) -> tuple[Scope, tuple[Binding, ...]] | None:
        """Return the scope that binds the name as seen from here, and its bindings. Methods do not see their class's names."""
        scope: Scope | None = self
        while scope is not None:
            if (scope is self or not isinstance(scope.node, Class)) and (found := scope.bindings.get(name)):
                return scope, found
            scope = scope.parent
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


def _bindings(node: Function | Class | Module, outer: set[str]) -> Iterator[tuple[str, Binding]]:
    """Give each binding in a body, not those of functions and classes inside it; names of `global` go into ``outer``."""
    if isinstance(node, Function):
        for parameter in node.parameters:
            if parameter.name:
                yield parameter.name, Binding(parameter)
            if parameter.pattern is not None:
                for name, _, steps in names_of(parameter.pattern):
                    yield name, Binding(parameter, None, steps)
    stack: list[Node] = list(reversed(node.body))
    while stack:
        current = stack.pop()
        yield from _bound_by(current, outer)
        if type(current) in _BLOCKS or (type(current) not in _CLOSED and type(current) not in _LEAVES):
            stack.extend(reversed(list(children(current))))


_CLOSED = frozenset({Function, Class, Define, Attribute, Subscript})
_BLOCKS = frozenset({If, Try, With, Loop})


def _bound_by(node: Node, outer: set[str]) -> Iterator[tuple[str, Binding]]:
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
        case Evaluate(Opaque("global_statement" | "nonlocal_statement", names)):
            outer.update(name.id for name in names if isinstance(name, Name))
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
