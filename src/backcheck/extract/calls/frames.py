"""A function's own body with the way outward from each node: what surrounds a call decides what the call means."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from backcheck.program.form import Assign, Attribute, Await, Call, Function, If, Name, Parameter, children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Program, Scope
    from backcheck.program.form import Expr, Module, Node


class Frame:
    """The body of one function, or of a module outside its functions."""

    def __init__(self, program: Program, module: Module, scope: Scope, function: Function | None, name: str) -> None:
        """Keep what is needed to resolve names here; the body is walked when somebody asks."""
        self.program = program
        self.module = module
        self.scope = scope
        self.function = function
        self.name = name

    @cached_property
    def _above(self) -> dict[int, tuple[Node, Node | None]]:
        """Each node with its parent, by the node's id, in source order."""
        found: dict[int, tuple[Node, Node | None]] = {}
        body = self.module.body if self.function is None else self.function.body
        stack: list[tuple[Node, Node | None]] = [(node, None) for node in reversed(body)]
        while stack:
            node, parent = stack.pop()
            found[id(node)] = (node, parent)
            if not isinstance(node, Function):
                stack.extend((child, node) for child in reversed(children(node)))
        return found

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        """The nodes of this body, in source order: most bodies have no call whose surroundings matter."""
        found: list[Node] = []
        stack: list[Node] = list(reversed(self.module.body if self.function is None else self.function.body))
        while stack:
            node = stack.pop()
            found.append(node)
            if not isinstance(node, Function):
                stack += reversed(children(node))
        return tuple(found)

    def calls(self) -> Iterator[Call]:
        """Give the calls of this body, outer ones first."""
        return (node for node in self._nodes if isinstance(node, Call))

    def nodes(self) -> Iterator[Node]:
        """Give every node of this body, in source order."""
        return iter(self._nodes)

    def outward(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """Give each node around this one with its child on the way, innermost first."""
        child, parent = self._above.get(id(node), (node, None))
        while parent is not None:
            yield parent, child
            child, parent = self._above[id(parent)]

    def is_awaited(self, node: Node) -> bool:
        """Whether the node's value is awaited where it stands, or handed to a caller that awaits it."""
        return any(isinstance(parent, Await) for parent, child in self.outward(node) if child is node)

    def is_kept(self, node: Node) -> bool:
        """Whether the node runs for the first caller alone, because its result is kept: `cached ??= load()`, `if not cached:`."""
        for parent, child in self.outward(node):
            match parent:
                case Assign(operator="??" | "||"):
                    return True
                case If(test=test, body=body) if any(child is part for part in body):
                    asked = {part.id for part in walk(test) if isinstance(part, Name) and self._is_outer(part.id)}
                    kept = (part.targets for part in walk(*body) if isinstance(part, Assign))
                    if asked & {target.id for targets in kept for target in targets if isinstance(target, Name)}:
                        return True
        return False

    def _is_outer(self, name: str) -> bool:
        """Whether a name outlives the function: Python says `global`, JavaScript assigns without declaring."""
        if self.module.language == "python":
            return name not in self.scope.bindings
        return self.scope.parent is not None and self.scope.parent.lookup(name) is not None

    def symbol(self, expr: Expr) -> str | None:
        """Return what an expression is, also where a variable was bound several times along one chain of calls."""
        found = self.program.symbol(self.scope, expr)
        return found if found is not None else self._rebound(expr, 0)

    def _rebound(self, expr: Expr, depth: int) -> str | None:
        """`query = db.query(X); query = query.filter(…)`: the binding that does not use the name itself tells."""
        root, calls = unchained(expr)
        if depth > _MAX_REBINDINGS or not isinstance(root, Name):
            return None
        for value in self.bound_to(root):
            inner, _ = unchained(value)
            if isinstance(inner, Name) and inner.id == root.id:
                continue
            symbol = self.program.symbol(self.scope, value) or self._rebound(value, depth + 1)
            if symbol is not None:
                return symbol + "".join(f".{name}()" for name, _ in calls)
        return None

    def bound_to(self, name: Name) -> Iterator[Expr]:
        """Give the expressions that a local name is assigned, in source order."""
        for binding in self.scope.bindings.get(name.id, ()):
            if binding.value is not None:
                yield binding.value

    def is_parameter(self, expr: Expr) -> bool:
        """Whether an expression is a parameter of this function, as the caller gave it."""
        if not isinstance(expr, Name):
            return False
        bindings = self.scope.bindings.get(expr.id, ())
        return bool(bindings) and all(isinstance(binding.node, Parameter) for binding in bindings)


_MAX_REBINDINGS = 5


def unchained(expr: Expr) -> tuple[Expr, list[tuple[str, Call]]]:
    """Return the root of a chain of method calls and the calls in order: `a.b(1).c()` is `a`, `[b, c]`; awaits do not count."""
    calls: list[tuple[str, Call]] = []
    while True:
        match expr:
            case Await(value=value):
                expr = value
            case Call(callee=Attribute(value=receiver, name=name)):
                calls.append((name, expr))
                expr = receiver
            case _:
                return expr, calls[::-1]
