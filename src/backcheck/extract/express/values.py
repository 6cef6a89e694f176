"""The values that registration code handles, as far as they matter for routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from backcheck.program.form import Call, Class, Expr, Function, Module


@dataclass(slots=True, eq=False)
class Known:
    """A string, number, boolean or null. A string may hold marks `{?…}` of parts that are not known."""

    value: str | bytes | int | float | bool | None


@dataclass(slots=True, eq=False)
class Unknown:
    """A value that cannot be known."""

    why: str = ""
    """`config:API_PREFIX` for an environment variable; else the source text, or nothing."""


@dataclass(slots=True, eq=False)
class External:
    """Something of a package: `express-rate-limit`, `cors()`, `zod.object().parse`."""

    symbol: str
    args: tuple[Value, ...] = ()
    """Arguments of the call, where the symbol ends in `()`."""
    base: External | None = None
    """What it is a member or a result of."""


@dataclass(slots=True, eq=False)
class Regex:
    """A regular expression, as written."""

    text: str


@dataclass(slots=True, eq=False)
class Items:
    """An array."""

    values: list[Value]


@dataclass(slots=True, eq=False)
class Record:
    """An object, or a module's exports."""

    fields: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Closure:
    """A function of this code base with the names that it sees."""

    function: Function
    frame: Frame
    this: Value | None = None
    name: str = ""
    wraps: Closure | None = None
    """The function that a wrapper such as `asyncHandler(f)` was given."""


@dataclass(slots=True, eq=False)
class ClassValue:
    """A class of this code base."""

    node: Class
    frame: Frame
    fields: dict[str, Value] = field(default_factory=dict)
    """Static ones, once they were asked for."""


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of this code base."""

    cls: ClassValue
    fields: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Layer:
    """One call that adds to a router: `use`, `param`, or a route's method."""

    method: str
    """`USE`, `PARAM`, `ANY`, or the method in upper case."""
    paths: tuple[str, ...]
    handlers: tuple[tuple[Value, Expr], ...]
    """Each middleware with the expression that names it, in order; the last one of a route is its handler."""
    module: Module
    node: Call
    conditional: bool
    """Whether the call stands under a condition that could not be decided."""


@dataclass(slots=True, eq=False)
class Router:
    """An application or a router, with its layers in order of registration."""

    is_app: bool
    module: Module
    node: Call
    layers: list[Layer] = field(default_factory=list)
    name: str = ""
    mounted: bool = False


@dataclass(slots=True, eq=False)
class RouteBuilder:
    """The result of `router.route(path)`."""

    router: Router
    paths: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Native:
    """Something that the inspection of a middleware gives meaning to: the request, a part of it, `next`."""

    kind: str
    """`request`, `response`, `next`, `absent`, `body`, `headers` …"""
    sure: bool = False
    """Of what is absent: it is `undefined` itself, not what came of it."""
    promise: Promised | None = None
    """Of `resolve` and `reject`: the promise that they settle."""


@dataclass(slots=True, eq=False)
class Promised:
    """A promise that the code made itself, with how it may settle."""

    settled: list[tuple[bool, Value, bool]] = field(default_factory=list)
    """Whether it is kept, with which value, and whether that is certain."""


Value: TypeAlias = (
    Known
    | Unknown
    | External
    | Regex
    | Items
    | Record
    | Closure
    | ClassValue
    | Instance
    | Router
    | RouteBuilder
    | Native
    | Promised
)


@dataclass(slots=True, eq=False)
class Frame:
    """The names of one activation of a function, or of a module."""

    module: Module
    parent: Frame | None = None
    names: dict[str, Value] = field(default_factory=dict)
    this: Value | None = None
    results: list[Value] = field(default_factory=list)
    cls: ClassValue | None = None
    """The class whose method runs: where `super` starts."""

    def find(self, name: str) -> Frame | None:
        """Return the nearest frame that binds the name."""
        frame: Frame | None = self
        while frame is not None and name not in frame.names:
            frame = frame.parent
        return frame


def truth(value: Value) -> bool | None:
    """Return whether a condition holds; None where that cannot be known."""
    match value:
        case Known(constant):
            return bool(constant)
        case Native("absent"):
            return False
        case Native("request" | "response" | "next" | "headers" | "cookies" | "body"):
            return True
        case Unknown() | External() | Native() | Promised():
            return None
    return True
