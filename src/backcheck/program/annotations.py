"""What a value with an annotation is: `X`, `Annotated[X, …]`, `Optional[X]` and `X | None` are an `X`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Attribute, Class, Name, Operation, Sequence, Subscript
from backcheck.program.meanings import Definition, Meaning, class_of, first, instance_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.program.form import Expr
    from backcheck.program.scopes import Scope

_MAX_DEPTH = 24
_TYPING = ("typing.", "typing_extensions.")
_WRAPPERS = frozenset({"Annotated", "Optional", "Union", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly"})


class Annotations:
    """Answers what values are by their annotations."""

    def __init__(self, meaning: Callable[[Scope, Expr], Meaning | None]) -> None:
        """Names in annotations are what ``meaning`` says."""
        self._meaning = meaning

    def instance(self, scope: Scope, annotation: Expr, depth: int = 0) -> Meaning | None:
        """Return what a value with this annotation is; None where that cannot be known."""
        if depth > _MAX_DEPTH:
            return None
        match annotation:
            case Subscript(value, index):
                return self._generic(scope, value, index, depth)
            case Operation("|", operands):
                return first(self.instance(scope, part, depth + 1) for part in operands)
            case Name() | Attribute():
                return self._typed(self._meaning(scope, annotation), depth)
        return None

    def _generic(self, scope: Scope, value: Expr, index: Expr, depth: int) -> Meaning | None:
        of = self._meaning(scope, value)
        name = None if of is None else typing_name(of.symbol)
        inner = index.items if isinstance(index, Sequence) and index.kind == "tuple" else (index,)
        if name in _WRAPPERS:
            parts = inner if name == "Union" else inner[:1]
            return first(self.instance(scope, part, depth + 1) for part in parts)
        if (name == "Type" or (of is not None and of.symbol == "type")) and inner:
            return class_of(self.instance(scope, inner[0], depth + 1))
        return self._typed(of, depth)

    def _typed(self, found: Meaning | None, depth: int) -> Meaning | None:
        match found:
            case None | Meaning(symbol=None, definition=None):
                return None
            case Meaning(definition=Definition(node=Class()) as cls, cls=None):
                return instance_of(cls)
            case Meaning(symbol=None, definition=Definition(node=node, scope=scope)) if not isinstance(node, Class):
                return self.instance(scope, node, depth + 1)
        return None if found.symbol is None or found.definition is not None else Meaning(f"{found.symbol}()")


def typing_name(symbol: str | None) -> str | None:
    """Return the name in `typing`, if it is one."""
    if symbol is None or not symbol.startswith(_TYPING):
        return None
    return symbol.rpartition(".")[2]
