"""Which functions of this code base a function calls, and under what circumstances."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.program.form import Attribute, Await, Call, Class, Define, Function, Name, Spread, children
from backcheck.program.implementations import Implementations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.program import Definition, Program, Scope
    from backcheck.program.form import Expr, Module, Node


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """A function with the module it stands in, its inner scope and its qualified name."""

    function: Function
    module: Module
    scope: Scope
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """One function handing over to another."""

    site: Call
    """The call that does it."""
    callee: Located
    passed: bool
    """The callee is an argument of the call (`xs.map(load)`, `run_in_threadpool(work)`), not what is called."""


_TOO_COMMON = frozenset(
    {
        "get", "set", "add", "all", "one", "find", "first", "create", "update", "delete", "remove", "save", "query", "execute",
        "run", "send", "map", "filter", "reduce", "then", "catch", "json", "status", "push", "append", "items", "keys", "values",
        "join", "split", "close", "open", "read", "write", "init", "start", "stop", "parse", "validate", "toString", "count",
        "list", "next", "call", "apply", "bind", "load", "connect", "insert", "commit", "fetch", "post", "put", "patch", "end",
        "handle", "emit", "use", "log", "error", "info", "copy", "exists", "format", "replace", "some", "every", "forEach",
    }
)  # fmt: skip
"""Names that libraries use too: one method of this name in the code base proves nothing about an unknown receiver."""


class CallGraph:
    """The calls between the functions of a code base, worked out for a function when somebody asks."""

    def __init__(self, program: Program) -> None:
        """Index every function of the program; nothing is resolved yet."""
        self._program = program
        self._located: dict[Function, Located] = {}
        self._by_path: dict[str, list[Located]] = {}
        self._edges: dict[Function, tuple[Edge, ...]] = {}
        for path, module in program.modules.items():
            found = [Located(node, module, scope, name) for node, scope, name in program.functions(module)]
            self._by_path[path] = found
            self._located.update((located.function, located) for located in found)
        self._implementations = Implementations(program)
        self._methods = _unique_methods(self._located.values())

    def located(self, function: Function) -> Located | None:
        """Return where a function stands; None where it is of no module of the program."""
        return self._located.get(function)

    def functions(self, path: str) -> tuple[Located, ...]:
        """Return the functions of one file, in order."""
        return tuple(self._by_path.get(path, ()))

    def callees(self, function: Function) -> tuple[Located, ...]:
        """Return the functions that this one calls, each once, in order; those it only passes on are not among them."""
        return tuple(dict.fromkeys(edge.callee for edge in self.edges(function) if not edge.passed))

    def reachable(self, function: Function) -> frozenset[Function]:
        """Return every function that a call of this one may run, itself included."""
        seen, stack = {function}, [function]
        while stack:
            for edge in self.edges(stack.pop()):
                if edge.callee.function not in seen:
                    seen.add(edge.callee.function)
                    stack.append(edge.callee.function)
        return frozenset(seen)

    def edges(self, function: Function) -> tuple[Edge, ...]:
        """Return what the function's own body hands over to, nested functions' bodies left out."""
        known = self._edges.get(function)
        if known is None:
            located = self._located.get(function)
            known = () if located is None else tuple(self._find(located))
            self._edges[function] = known
        return known

    def _find(self, located: Located) -> Iterator[Edge]:
        for node in own_nodes(located.function):
            if not isinstance(node, Call):
                continue
            for called in self._resolve(located.scope, node.callee):
                yield Edge(node, called, passed=False)
            for argument in (*node.args, *(value for _, value in node.keywords)):
                passed = self._argument(located.scope, argument)
                if passed is not None:
                    yield Edge(node, passed, passed=True)

    def _argument(self, scope: Scope, argument: Expr) -> Located | None:
        match argument:
            case Function():
                return self._located.get(argument)
            case Name() | Attribute():
                definition = self._program.definition(scope, argument)
                return (
                    self._of(definition) if definition is not None and isinstance(definition.node, Function) else None
                )
            case Spread(value=value) | Await(value=value):
                return self._argument(scope, value)
        return None

    def _resolve(self, scope: Scope, callee: Expr) -> Iterator[Located]:
        """Give the function that a callee is: the constructor for a class, every implementation for an abstract method."""
        found: Located | None = None
        if isinstance(callee, Function):
            found = self._located.get(callee)
        elif (definition := self._program.definition(scope, callee)) is not None:
            found = self._of(definition)
            for function in self._implementations.of(definition):
                if (behind := self._located.get(function)) is not None:
                    yield behind
        elif isinstance(callee, Attribute) and self._program.symbol(scope, callee) is None:
            found = self._methods.get(callee.name)
        if found is not None:
            yield found

    def _of(self, definition: Definition) -> Located | None:
        match definition.node:
            case Function() as function:
                return self._located.get(function)
            case Class(body=body):
                for statement in body:
                    if isinstance(statement, Define) and statement.function.name in {"__init__", "constructor"}:
                        return self._located.get(statement.function)
        return None


def own_nodes(function: Function) -> Iterator[Node]:
    """Give every node of a function's body in source order, without the bodies of functions inside it.

    The inner function itself is given, and so are its decorators and defaults: they run where it stands.
    """
    stack: list[Node] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Function):
            defaults = [part.default for part in node.parameters if part.default is not None]
            stack.extend(reversed((*node.decorators, *defaults)))
        else:
            stack.extend(reversed(children(node)))


def _unique_methods(functions: Iterable[Located]) -> dict[str, Located]:
    """Return the methods whose name only one function of the code base bears, and that no library is likely to bear."""
    named = [located for located in functions if "." in located.name]
    counts = Counter(located.function.name for located in named)
    return {
        located.function.name: located
        for located in named
        if counts[located.function.name] == 1
        and located.function.name not in _TOO_COMMON
        and not located.function.name.startswith("__")
    }
