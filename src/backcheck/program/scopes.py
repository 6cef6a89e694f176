"""Scopes: which names a module, class or function sees."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from backcheck.program.bindings import LEAVES, body_of
from backcheck.program.form import Call, Class, Function, children

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as ReadOnly

    from backcheck.program.bindings import Binding, Body
    from backcheck.program.form import Module, Node


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
    calls: list[Call] = field(default_factory=list, repr=False)
    """The calls that are evaluated here, in source order: those in decorators and defaults of an inner function too."""
    cache: dict[object, object] = field(default_factory=dict, repr=False)
    """What `Names` has worked out here."""

    @cached_property
    def bindings(self) -> ReadOnly[str, tuple[Binding, ...]]:
        """Every binding of each name, in source order; those that inner functions make (`global`) come last."""
        found = {name: list(own) for name, own in self.body.names.items() if name not in self.body.outer}
        word = b"global" if self.parent is None else b"nonlocal"
        if self.module.language == "python" and self.inner and word in self.module.source:
            for name, binding in self._handed_up():
                found.setdefault(name, []).append(binding)
        return {name: tuple(bindings) for name, bindings in found.items()}

    @cached_property
    def body(self) -> Body:
        """What the body itself binds, whosever the names are."""
        return body_of(self.node or self.module)

    def _handed_up(self) -> Iterator[tuple[str, Binding]]:
        for scope in self.walk():
            for name, kind in scope.body.outer.items():
                if scope.owner(name, kind) is self:
                    for binding in scope.body.names.get(name, ()):
                        yield name, replace(binding, scope=scope)

    def owner(self, name: str, kind: str) -> Scope | None:
        """Return the scope that a `global` or `nonlocal` statement here means."""
        scope = self.parent
        while scope is not None and scope.parent is not None:
            own = scope.body
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
                if use is not None and (inside := scope.body.around(name, use)) is not None:
                    return scope, (inside,)
                if found := scope.bindings.get(name):
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
            stack.extend((child, below if id(child) in inside else scope) for child in reversed(children(node)))
        elif kind not in LEAVES:
            if kind is Call:
                scope.calls.append(node)  # type: ignore[arg-type]
            stack.extend((child, scope) for child in reversed(children(node)))
    return top
