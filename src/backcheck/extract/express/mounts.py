"""The mount graph: which layers a request meets on its way to each handler."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.extract.express import paths
from backcheck.extract.express.values import Closure, Layer, Router, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from backcheck.program.form import Expr

_MAX_MOUNTS = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A middleware in front of a handler."""

    value: Value
    expr: Expr
    layer: Layer
    scope: str
    """Full path under which it is applied."""
    method: str = "ANY"
    parameter: str = ""
    """For `router.param`: the parameter that makes it run."""
    exact: bool = False
    """It is a route's own: it sees only requests for that path."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A handler with its full path and what stands before it."""

    method: str
    path: str
    value: Value
    expr: Expr
    layer: Layer
    steps: tuple[Step, ...]
    passes: bool = False
    """Whether its handler may hand the request on: a guard that is registered as a route."""


def endpoints(router: Router, prefix: str, passes: Callable[[Value], bool]) -> Iterator[Endpoint]:
    """Give every endpoint below a router; ``passes`` tells whether a value hands requests on to later layers."""
    yield from _visit(router, prefix, (), passes, ())


def _visit(
    router: Router, prefix: str, above: tuple[Step, ...], passes: Callable[[Value], bool], seen: tuple[Router, ...]
) -> Generator[Endpoint, None, list[Step]]:
    """Give the endpoints of a router; return its own steps, which a request that it does not answer has met too."""
    if router in seen or len(seen) > _MAX_MOUNTS:
        return []
    steps = list(above)
    for layer in router.layers:
        for path in layer.paths:
            full = paths.join(prefix, path)
            match layer.method:
                case "USE":
                    yield from _use(layer, path, full, steps, passes, (*seen, router))
                case "PARAM":
                    steps += [Step(value, expr, layer, prefix or "/", parameter=path) for value, expr in layer.handlers]
                case _:
                    yield from _route(layer, full, steps, passes)
    return [step for step in steps[len(above) :] if not step.parameter]


def _use(
    layer: Layer,
    path: str,
    full: str,
    steps: list[Step],
    passes: Callable[[Value], bool],
    seen: tuple[Router, ...],
) -> Iterator[Endpoint]:
    mine: list[Step] = []
    for value, expr in layer.handlers:
        if isinstance(value, Router):
            mine += yield from _visit(value, full, (*steps, *mine), passes, seen)
        elif path and _answers(value, passes):
            yield Endpoint("ANY", full, value, expr, layer, _before(full, "ANY", [*steps, *mine]))
        else:
            mine.append(Step(value, expr, layer, full))
    steps.extend(mine)


def _answers(value: Value, passes: Callable[[Value], bool]) -> bool:
    """Whether a middleware is an endpoint: it has no `next` to call."""
    return isinstance(value, Closure) and len(value.function.parameters) < 3 and not passes(value)


def _route(layer: Layer, full: str, steps: list[Step], passes: Callable[[Value], bool]) -> Iterator[Endpoint]:
    if not layer.handlers:
        return
    *before, (value, expr) = layer.handlers
    own = [Step(each, named, layer, full, exact=True) for each, named in before]
    handed_on = passes(value)
    yield Endpoint(layer.method, full, value, expr, layer, (*_before(full, layer.method, steps), *own), handed_on)
    if handed_on:
        mine = [*own, Step(value, expr, layer, full)]
        steps.extend(replace(step, method=layer.method, exact=True) for step in mine)


def _before(path: str, method: str, steps: list[Step]) -> tuple[Step, ...]:
    names = paths.parameters(path)
    return tuple(
        step
        for step in steps
        if step.method in {"ANY", method}
        and (paths.matches(step.scope, path) if step.exact else paths.covers(step.scope, path))
        and (not step.parameter or step.parameter in names)
    )
