"""What members of classes of this code base are: methods, properties, fields, those of bases, and `super()`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.program.bodies import field_assignments
from backcheck.program.form import Call, Class, Function, Name, Subscript
from backcheck.program.meanings import Definition, Meaning, defined, first, instance_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.annotations import Annotations
    from backcheck.program.form import Assign, Expr
    from backcheck.program.meanings import Resolver
    from backcheck.program.modules import Modules
    from backcheck.program.scopes import Scope

_MAX_BASES = 24


class Members:
    """Answers what members of classes and their instances are."""

    def __init__(self, names: Resolver, annotations: Annotations, modules: Modules) -> None:
        """Ask ``names`` and ``annotations`` what expressions in classes are."""
        self._names = names
        self._annotations = annotations
        self._modules = modules

    def of_class(self, cls: Definition, name: str, of: Meaning, *, instance: bool) -> Meaning | None:
        """Return the member of a class, or of an instance of it; ``of`` is what the member is asked of."""
        foreign: str | None = None
        for base in self.ancestry(cls):
            if isinstance(base, str):
                foreign = foreign or base
            elif (found := self._own(base, name, of, instance=instance)) is not None:
                return found
        if foreign is not None and foreign != "object":
            return Meaning(f"{foreign}{'()' if instance else ''}.{name}")
        return Meaning(f"{of.symbol}.{name}")

    def ancestry(self, cls: Definition) -> Iterator[Definition | str]:
        """Give the class, then its bases depth first: of this code base as definitions, foreign ones as symbols."""
        stack: list[Definition | str] = [cls]
        seen: set[int] = set()
        while stack and len(seen) < _MAX_BASES:
            base = stack.pop()
            yield base
            if isinstance(base, str) or id(base.node) in seen or not isinstance(base.node, Class):
                continue
            seen.add(id(base.node))
            for expr in reversed(base.node.bases):
                plain = expr.value if isinstance(expr, Subscript) else expr
                found = self._names.meaning(base.scope, plain)
                if found is not None and found.definition is not None and isinstance(found.definition.node, Class):
                    stack.append(found.definition)
                elif found is not None and found.symbol is not None:
                    stack.append(found.symbol)

    def this(self, cls: Scope | None) -> Meaning | None:
        """Return what an instance of the class with this scope is."""
        if cls is None or cls.parent is None or not isinstance(cls.node, Class):
            return None
        made = defined(cls.parent, cls.node)
        return Meaning(f"{made.symbol}()", cls=made.definition)

    def base(self, scope: Scope, value: Expr) -> Meaning | None:
        """Return what `super()` or `super` is; None for any other expression."""
        match value:
            case Name("super") | Call(Name("super")) if scope.cls is not None:
                own = self.this(scope.cls)
                bases = list(self.ancestry(own.cls))[1:] if own is not None and own.cls is not None else []
                for base in bases:
                    return Meaning(f"{base}()") if isinstance(base, str) else instance_of(base)
        return None

    def _own(self, cls: Definition, name: str, of: Meaning, *, instance: bool) -> Meaning | None:
        inside = self._modules.scope_of(cls.module, cls.node)
        bindings = inside.bindings.get(name, ())
        for binding in reversed(bindings):
            found = self._names.bound(inside, binding)
            if isinstance(binding.node, Function):
                if instance and _is_property(binding.node):
                    return self._names.result(found) or Meaning(f"{of.symbol}.{name}")
                return replace(found, symbol=f"{of.symbol}.{name}") if found is not None else None
            if found is not None:
                return found
        if instance:
            found = first(self._assigned(inside, name))
            return found if found is not None else Meaning(f"{of.symbol}.{name}") if bindings else None
        return Meaning(f"{of.symbol}.{name}") if bindings else None

    def _assigned(self, cls: Scope, name: str) -> Iterator[Meaning | None]:
        """Give what methods of the class put into `self.name`."""
        for scope, statement in self._fields(cls).get(name, ()):
            if statement.value is not None:
                yield self._names.meaning(scope, statement.value)
            if statement.annotation is not None:
                yield self._annotations.instance(scope, statement.annotation)

    def _fields(self, cls: Scope) -> dict[str, list[tuple[Scope, Assign]]]:
        if "fields" not in cls.cache:
            found: dict[str, list[tuple[Scope, Assign]]] = {}
            for method in cls.inner.values():
                if (function := method.function) is not None:
                    own = "this" if cls.module.language != "python" else next((p.name for p in function.parameters), "")
                    for name, statement in field_assignments(function, own):
                        found.setdefault(name, []).append((method, statement))
            cls.cache["fields"] = found
        return cls.cache["fields"]  # type: ignore[return-value]


def _is_property(function: Function) -> bool:
    names = {part.id if isinstance(part, Name) else getattr(part, "name", "") for part in function.decorators}
    return bool(names & {"property", "cached_property", "computed_field"})
