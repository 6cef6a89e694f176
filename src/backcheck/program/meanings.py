"""What an expression is: its symbol, its definition, its class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.program.bindings import Binding
    from backcheck.program.form import Class, Expr, Function, Module
    from backcheck.program.scopes import Scope


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """Where in this code base something is made."""

    module: Module
    node: Function | Class | Expr
    """The function, the class, or the expression that makes the value (`FastAPI()`)."""
    scope: Scope
    """Where the node stands; its own names are in `Program.scope(module, node)`."""
    name: str
    """Qualified name of a function or class; empty for an expression."""


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """What an expression is, as far as it could be followed."""

    symbol: str | None
    definition: Definition | None = None
    cls: Definition | None = None
    """For an instance of a class of this code base: the class."""
    module: Module | None = None
    """For a module of this code base: itself."""
    package: tuple[str, str] | None = None
    """For `a` after `import a.b`: the importing file and the dotted name so far."""


class Resolver(Protocol):
    """What members and imports ask of the names that they are part of."""

    def meaning(self, scope: Scope, expr: Expr) -> Meaning | None:
        """Return what the expression is."""
        ...

    def bound(self, scope: Scope, binding: Binding) -> Meaning | None:
        """Return what a binding of this scope gives its name."""
        ...

    def member(self, of: Meaning | None, name: str) -> Meaning | None:
        """Return what `of.name` is."""
        ...

    def result(self, function: Meaning | None) -> Meaning | None:
        """Return what a call of the function gives."""
        ...


def first(found: Iterable[Meaning | None]) -> Meaning | None:
    """Return the first that has a symbol, else the first at all."""
    weak: Meaning | None = None
    for meaning in found:
        if meaning is not None and meaning.symbol is not None:
            return meaning
        weak = weak or meaning
    return weak


def defined(scope: Scope, node: Function | Class) -> Meaning:
    """Return what the name of a function or class of this scope is."""
    name = f"{scope.name}.{node.name}".lstrip(".")
    return Meaning(f"{scope.module.path}:{name}", Definition(scope.module, node, scope, name))


def instance_of(cls: Definition) -> Meaning:
    """Return what an instance of a class of this code base is."""
    return Meaning(f"{cls.module.path}:{cls.name}()", cls=cls)


def class_of(instance: Meaning | None) -> Meaning | None:
    """Return the class of an instance of this code base."""
    if instance is None or instance.cls is None:
        return None
    return Meaning((instance.symbol or "").removesuffix("()"), instance.cls)
