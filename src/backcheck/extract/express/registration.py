"""What Express makes of a registration: applications, routers, and the layers that calls add to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.extract.express.calls import Calls
from backcheck.extract.express.operators import text_of
from backcheck.extract.express.values import (
    Closure,
    External,
    Frame,
    Items,
    Known,
    Layer,
    Record,
    Regex,
    RouteBuilder,
    Router,
    Unknown,
    Value,
)
from backcheck.program.form import Attribute, Call, Sequence, Spread, Template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Readable

    from backcheck.extract.express.entries import Locate
    from backcheck.program.form import Expr, Module

METHODS = frozenset(
    [
        "get",
        "post",
        "put",
        "delete",
        "patch",
        "head",
        "options",
        "trace",
        "copy",
        "lock",
        "mkcol",
        "move",
        "purge",
        "propfind",
        "proppatch",
        "unlock",
        "report",
        "mkactivity",
        "checkout",
        "merge",
        "m-search",
        "notify",
        "subscribe",
        "unsubscribe",
        "search",
        "link",
        "unlink",
    ]
)
_ROUTERS = frozenset({"express.Router", "router", "express-promise-router", "express-async-router.AsyncRouter"})
_PATH_NAME = re.compile(r"prefix|path|base|url|version|endpoint|mount", re.IGNORECASE)


class Registration(Calls):
    """Runs modules and keeps every router that they make, with its layers."""

    def __init__(self, modules: Readable[str, Module], locate: Locate) -> None:
        super().__init__(modules, locate)
        self.routers: list[Router] = []

    def method(self, receiver: Value, name: str, args: list[Value], expr: Call, frame: Frame) -> Value:
        """Call a method of a value; one of a router adds a layer."""
        match receiver:
            case Router():
                return self._on_router(receiver, name, args, expr, frame)
            case RouteBuilder(router, paths):
                if name in METHODS or name == "all":
                    self._add(router, _verb(name), paths, self._handlers(_named(args, expr)), expr, frame)
                return receiver
        return super().method(receiver, name, args, expr, frame)

    def external(self, callee: External, args: list[Value], expr: Call, frame: Frame) -> Value:
        """Call something of a package: `express()` and `express.Router()` make routers."""
        if callee.symbol == "express" or callee.symbol in _ROUTERS:
            router = Router(callee.symbol == "express", frame.module, expr)
            self.routers.append(router)
            return router
        return super().external(callee, args, expr, frame)

    def bind(self, target: Expr, value: Value, frame: Frame) -> None:
        """Bind a name; a router takes the first name that it is bound to."""
        if isinstance(value, Router) and not value.name:
            value.name = frame.module.text(target)
        super().bind(target, value, frame)

    def _on_router(self, router: Router, name: str, args: list[Value], expr: Call, frame: Frame) -> Value:
        if name == "route" and args:
            return RouteBuilder(router, tuple(paths_of(args[0])))
        if name == "use":
            paths, handlers = self._split(_named(args, expr), frame)
            self._add(router, "USE", paths, handlers, expr, frame)
        elif name == "param" and len(args) > 1:
            self._add(router, "PARAM", tuple(paths_of(args[0])), self._handlers(_named(args, expr)[1:]), expr, frame)
        elif (name in METHODS or name in {"all", "del"}) and len(args) > 1:
            paths = tuple(paths_of(args[0]))
            self._add(router, _verb(name), paths, self._handlers(_named(args, expr)[1:]), expr, frame)
        elif name in METHODS and len(args) == 1:
            return Unknown()  # `app.get('setting')`
        else:
            self.unknown_call(Unknown(name), args)
        return router

    def _split(self, args: list[tuple[Value, Expr]], frame: Frame) -> tuple[tuple[str, ...], list[tuple[Value, Expr]]]:
        if len(args) > 1 and _is_path(*args[0], frame):
            return tuple(paths_of(args[0][0])), self._handlers(args[1:])
        return ("",), self._handlers(args)

    def _handlers(self, args: list[tuple[Value, Expr]]) -> list[tuple[Value, Expr]]:
        return [(self._got(value), expr) for arg in args for value, expr in _flattened(*arg)]

    def _got(self, value: Value) -> Value:
        """Return the router that a getter gives, or a module's default; any other value as it is."""
        if isinstance(value, Record) and isinstance(value.fields.get("default"), Router | Closure):
            return value.fields["default"]
        if isinstance(value, Closure) and not value.function.parameters and value.this is not None:
            result = self.apply(value, [])
            return result if isinstance(result, Router) else value
        return value

    def _add(
        self,
        router: Router,
        method: str,
        paths: tuple[str, ...],
        handlers: list[tuple[Value, Expr]],
        expr: Call,
        frame: Frame,
    ) -> None:
        for value, _ in handlers:
            if isinstance(value, Router):
                value.mounted = True
        if any("{?}" in path for path in paths):
            text = " ".join(frame.module.text(expr.args[0] if expr.args else expr).split())
            paths = tuple(path.replace("{?}", f"{{?{text}}}") for path in paths)
        router.layers.append(Layer(method, paths, tuple(handlers), frame.module, expr, self.uncertain > 0))


def _named(args: list[Value], expr: Call) -> list[tuple[Value, Expr]]:
    """Pair each argument with the expression that names it; what `...list` gives all bears the list's name."""
    exprs = [arg.value if isinstance(arg, Spread) else arg for arg in expr.args]
    return [(value, exprs[min(index, len(exprs) - 1)]) for index, value in enumerate(args)]


def _flattened(value: Value, expr: Expr) -> Iterator[tuple[Value, Expr]]:
    if not isinstance(value, Items):
        yield value, expr
        return
    items = expr.items if isinstance(expr, Sequence) else ()
    exprs = items if len(items) == len(value.values) else (expr,) * len(value.values)
    for inner, name in zip(value.values, exprs, strict=True):
        yield from _flattened(inner, name)


def paths_of(value: Value) -> Iterator[str]:
    """Give the paths of a path argument; regular expressions stay as they are written."""
    match value:
        case Items(values):
            for each in values:
                yield from paths_of(each)
        case Regex(text):
            yield text
        case _:
            yield text_of(value)


def _is_path(value: Value, expr: Expr, frame: Frame) -> bool:
    match value:
        case Known(str()) | Regex():
            return True
        case Items(values):
            return bool(values) and all(isinstance(each, Known | Regex) for each in values)
        case Unknown(why):
            last = expr.name if isinstance(expr, Attribute) else frame.module.text(expr)
            named = not isinstance(expr, Call) and _PATH_NAME.search(last)
            return isinstance(expr, Template) or why.startswith("config:") or named is not None
    return False


def _verb(name: str) -> str:
    return {"all": "ANY", "del": "DELETE"}.get(name, name.upper())
