"""What the statements of a function say, those of functions and classes inside it left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Assign, Attribute, Class, Function, Name, Opaque, Return, children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.form import Expr, Node


def returned(function: Function) -> Iterator[Expr]:
    """Give the values that a function returns."""
    yield from (node.value for node in _own(function) if isinstance(node, Return) and node.value is not None)


def yielded(function: Function) -> Iterator[Expr]:
    """Give the values that a generator yields; none for any other function."""
    for node in _own(function):
        match node:
            case Opaque(kind="yield", children=(value, *_)):
                yield value


def field_assignments(function: Function, own: str) -> Iterator[tuple[str, Assign]]:
    """Give each `own.name = …` with the name; ``own`` is what the function calls its instance."""
    for node in _own(function):
        if isinstance(node, Assign):
            for target in node.targets:
                match target:
                    case Attribute(Name(id=owner), name) if owner == own:
                        yield name, node


def _own(function: Function) -> Iterator[Node]:
    stack: list[Node] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, Function | Class | Return | Assign):
            stack.extend(reversed(children(node)))
