"""Which methods do the work of a method that only says what there is: of a Protocol or an abstract class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Class, Evaluate, Function, Literal, Name, Opaque, Raise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Definition, Program
    from backcheck.program.form import Stmt

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


class Implementations:
    """Finds the classes of a code base that stand behind its Protocols and abstract classes."""

    def __init__(self, program: Program) -> None:
        """Index nothing yet: most programs have no such class."""
        self._program = program
        self._classes: tuple[Definition, ...] | None = None

    def of(self, method: Definition) -> Iterator[Function]:
        """Give the methods that stand behind this one; none where it does its own work or is no method."""
        outside = method.scope.node
        if not isinstance(method.node, Function) or not isinstance(outside, Class) or not _is_stub(method.node):
            return
        protocol = any(base in _PROTOCOLS for base in self._bases(outside))
        wanted = {function.name for function in _methods(outside) if not function.name.startswith("__")}
        for cls in self._all():
            own = {function.name: function for function in _methods(cls.node)}
            found = own.get(method.node.name)
            if found is None or cls.node is outside or _is_stub(found):
                continue
            if any(base is outside for base in self._lineage(cls)) or (protocol and wanted <= own.keys()):
                yield found

    def _all(self) -> tuple[Definition, ...]:
        if self._classes is None:
            self._classes = tuple(
                cls for module in self._program.modules.values() for cls in self._program.classes(module)
            )
        return self._classes

    def _bases(self, node: Class) -> Iterator[str]:
        for cls in self._all():
            if cls.node is node:
                yield from (base for base in self._program.ancestry(cls) if isinstance(base, str))

    def _lineage(self, cls: Definition) -> Iterator[object]:
        for base in self._program.ancestry(cls):
            if not isinstance(base, str):
                yield base.node


def _methods(node: object) -> Iterator[Function]:
    if isinstance(node, Class):
        yield from (part.function for part in node.body if hasattr(part, "function"))


def _is_stub(function: Function) -> bool:
    """Whether the body says nothing: a docstring, `...`, `pass`, `raise NotImplementedError`."""
    return all(map(_says_nothing, function.body))


def _says_nothing(statement: Stmt) -> bool:
    match statement:
        case Evaluate(value=Literal() | Opaque(children=()) | Name()):
            return True
        case Raise(value=raised):
            callee = getattr(raised, "callee", raised)
            return isinstance(callee, Name) and callee.id in {"NotImplementedError", "NotImplemented"}
    return False
