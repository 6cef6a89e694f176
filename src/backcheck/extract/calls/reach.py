"""Which routes make a call, and what the way from the handler to it adds: the event loop, and a caller's loop."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.backend import CallKind
from backcheck.extract.calls.frames import Frame
from backcheck.extract.calls.repetition import loop_around, repeated_callback
from backcheck.program.callgraph import CallGraph
from backcheck.program.form import Call, Function, Name, Subscript

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Backend, Route
    from backcheck.backend import Call as Made
    from backcheck.findings import Place
    from backcheck.program import Program, Scope
    from backcheck.program.callgraph import Edge, Located
    from backcheck.program.form import Expr

_THREADS = re.compile(
    r"(?:to_thread|run_in_threadpool|run_in_executor|to_thread\.run_sync|run_sync|submit|sync_to_async|Thread|Process|add_task|apply_async|delay|Worker)$"
)
"""What runs a function that it is given on another thread or process."""
_RUNNERS = frozenset(
    {"map", "filter", "sorted", "sort", "min", "max", "reduce", "partial", "gather", "starmap", "run", "wraps"}
)
"""What runs a function that it is given now, in Python: others keep it for an event or a route of their own."""
_REGISTERS = frozenset(
    {"on", "once", "use", "get", "post", "put", "patch", "delete", "all", "options", "head", "route", "addListener",
     "addEventListener", "subscribe", "register", "schedule", "process", "consume", "setInterval", "param", "decorate", "addHook"}
)  # fmt: skip
"""What keeps a function that it is given for later, in JavaScript: others run it for the caller."""


_TAKE_STATEMENTS = (
    " query()",
    " execute()",
    " exec()",
    " scalars()",
    " fetch()",
    " fetch_all()",
    " any()",
    " all()",
    " run()",
)
"""Methods whose first argument is the statement; that of others is a key or a filter."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """A function as one way from a handler finds it."""

    located: Located
    on_loop: bool
    loop: Place | None
    calls: int = 0
    """How many calls lie between that loop and this function."""


_FAR = 2
"""Calls between a loop and a query. Further away, conditions on the way decide more often than the loop does."""


def link(program: Program, backend: Backend) -> Backend:
    """Return the Backend with `routes`, `in_async` and `loop` of each call as the routes reach it."""
    walker = _Walker(program)
    reached: dict[Function, dict[str, list[_Visit]]] = {}
    for route in backend.routes:
        for visit in walker.visits(route):
            name = f"{route.method} {route.path}"
            reached.setdefault(visit.located.function, {}).setdefault(name, []).append(visit)
    return replace(backend, calls=tuple(walker.linked(call, reached) for call in backend.calls))


class _Walker:
    """Walks the call graph from the handlers of routes and what guards them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._graph = CallGraph(program)
        self._frames: dict[Function, Frame] = {}
        self._steps: dict[Function, tuple[tuple[Edge, bool, Place | None], ...]] = {}
        self._entries: dict[Located, tuple[_Visit, ...]] = {}

    def linked(self, call: Made, reached: dict[Function, dict[str, list[_Visit]]]) -> Made:
        """Return the call with what every way to it says."""
        located = self._enclosing(call.place)
        if located is None or located.function not in reached:
            return replace(call, in_async=call.in_async and located is not None)
        routes = reached[located.function]
        visits = [visit for found in routes.values() for visit in found]
        loop = call.loop
        if loop is None and call.kind is CallKind.QUERY and not self._passes_on(located, call):
            loop = next((visit.loop for visit in visits if visit.loop is not None), None)
        return replace(call, routes=tuple(sorted(routes)), in_async=any(visit.on_loop for visit in visits), loop=loop)

    def visits(self, route: Route) -> Iterator[_Visit]:
        """Give every function that serving the route runs, once for each set of circumstances."""
        starts = [self._entry(place) for place in self._places(route)]
        stack = [visit for located in starts if located is not None for visit in self._begin(located)]
        seen: set[tuple[Function, bool, Place | None, int]] = set()
        while stack:
            visit = stack.pop()
            key = (visit.located.function, visit.on_loop, visit.loop, visit.calls)
            if key in seen:
                continue
            seen.add(key)
            yield visit
            for edge, off, loop in self._next(visit.located):
                on_loop = (visit.on_loop and not off) or (
                    off and edge.callee.function.is_async and "add_task" in _callee(edge)
                )
                stack.append(_followed(visit, edge.callee, loop, on_loop=on_loop))

    @staticmethod
    def _places(route: Route) -> Iterator[Place]:
        if route.handler_place is not None:
            yield route.handler_place
        for guard in route.guards:
            if guard.definition is not None:
                yield guard.definition
            yield guard.place

    def _begin(self, located: Located) -> tuple[_Visit, ...]:
        """Return the function and what the framework calls for its parameters, each where the framework runs it."""
        if located not in self._entries:
            self._entries[located] = ()  # a cycle of dependencies ends here
            own = _Visit(located, located.function.is_async or located.module.language != "python", None)
            below = [visit for found in self._dependencies(located) for visit in self._begin(found)]
            self._entries[located] = (own, *below)
        return self._entries[located]

    def _dependencies(self, located: Located) -> Iterator[Located]:
        """Give the functions that FastAPI's `Depends` names in the parameters."""
        outside = located.scope.parent or located.scope
        for parameter in located.function.parameters:
            for expr in (parameter.default, parameter.annotation):
                for scope, depends in self._depends(outside, expr, 0):
                    argument = next(iter(depends.args), None) or dict(depends.keywords).get("dependency")
                    definition = self._program.definition(scope, argument) if argument is not None else None
                    node = definition.node if definition is not None else None
                    if isinstance(node, Function) and (found := self._graph.located(node)) is not None:
                        yield found

    def _depends(self, scope: Scope, expr: Expr | None, depth: int) -> Iterator[tuple[Scope, Call]]:
        match expr:
            case Call() if (self._program.symbol(scope, expr.callee) or "").endswith((".Depends", ".Security")):
                yield scope, expr
            case Subscript(index=index):
                for part in getattr(index, "items", (index,)):
                    yield from self._depends(scope, part, depth)
            case Name(id=name) if depth < 3 and (bound := scope.lookup(name)) is not None:
                definition = self._program.definition(scope, expr)
                if (
                    definition is not None
                    and definition.node is not expr
                    and isinstance(definition.node, Call | Subscript)
                ):
                    yield from self._depends(definition.scope, definition.node, depth + 1)
                else:
                    for binding in bound[1]:
                        yield from self._depends(bound[0], binding.value, depth + 1)

    def _next(self, located: Located) -> tuple[tuple[Edge, bool, Place | None], ...]:
        """Return the edges of a function: whether each leaves the event loop, and the loop that repeats it."""
        if located.function not in self._steps:
            frame = self._frame(located)
            self._steps[located.function] = tuple(
                (
                    edge,
                    (edge.passed and _THREADS.search(_callee(edge)) is not None) or frame.is_kept(edge.site),
                    (repeated_callback(frame, edge.site) if edge.passed else None) or loop_around(frame, edge.site),
                )
                for edge in self._graph.edges(located.function)
                if not edge.passed or self._runs(located, edge)
            )
        return self._steps[located.function]

    def _runs(self, located: Located, edge: Edge) -> bool:
        """Whether the call runs the function that it is given, rather than keep it for an event of another time."""
        name = _callee(edge)
        if located.module.language != "python":
            return name not in _REGISTERS
        if name in _RUNNERS or _THREADS.search(name):
            return True
        definition = self._program.definition(located.scope, edge.site.callee)
        return definition is not None and isinstance(definition.node, Function)

    def _frame(self, located: Located) -> Frame:
        if located.function not in self._frames:
            self._frames[located.function] = Frame(
                self._program, located.module, located.scope, located.function, located.name
            )
        return self._frames[located.function]

    def _passes_on(self, located: Located, call: Made) -> bool:
        """Whether the function only hands a statement of its caller to the driver: then the caller's call is the query."""
        if not call.target.endswith(_TAKE_STATEMENTS):
            return False
        frame = self._frame(located)
        made = (node for node in frame.calls() if frame.module.place(node) == call.place)
        return any(node.args and frame.is_parameter(node.args[0]) for node in made)

    def _entry(self, place: Place) -> Located | None:
        """Return the function that lies at a place: the outermost that begins and ends inside it."""
        inside = [
            item for item in self._graph.functions(place.path) if _within(item.module.place(item.function), place)
        ]
        return min(inside, key=lambda item: item.module.place(item.function), default=None)

    def _enclosing(self, place: Place) -> Located | None:
        around = [
            item for item in self._graph.functions(place.path) if _within(place, item.module.place(item.function))
        ]
        return max(around, key=lambda item: item.function.at[0], default=None)


def _followed(visit: _Visit, callee: Located, loop: Place | None, *, on_loop: bool) -> _Visit:
    """Return the visit of a callee: a loop around the call repeats it, else one that repeats the caller, if it is near."""
    if _is_cached(callee.function):
        return _Visit(callee, on_loop, None)
    if loop is not None:
        return _Visit(callee, on_loop, loop, 1)
    if visit.loop is not None and visit.calls < _FAR:
        return _Visit(callee, on_loop, visit.loop, visit.calls + 1)
    return _Visit(callee, on_loop, None)


def _within(inner: Place, outer: Place) -> bool:
    begins = (outer.start_line, outer.start_column) <= (inner.start_line, inner.start_column)
    return begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _callee(edge: Edge) -> str:
    callee = edge.site.callee
    return getattr(callee, "name", "") or getattr(callee, "id", "")


def _is_cached(function: Function) -> bool:
    """Whether a decorator keeps results: a loop over it does not repeat the query for each element."""
    return any(
        "cache" in (getattr(part, "id", "") or getattr(getattr(part, "callee", part), "name", ""))
        for part in function.decorators
    )
