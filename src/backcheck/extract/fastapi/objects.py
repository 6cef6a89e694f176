"""Applications and routers of FastAPI and Starlette: what an expression that names one is, wherever it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.program.form import Call, Class, Function, Name, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Definition, Meaning, Program, Scope
    from backcheck.program.form import Expr

APPLICATION = frozenset({"fastapi.FastAPI", "fastapi.applications.FastAPI", "starlette.applications.Starlette"})
ROUTER = frozenset({"fastapi.APIRouter", "fastapi.routing.APIRouter", "starlette.routing.Router"})
_MAX_STEPS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Owner:
    """An application or a router: something that routes hang on."""

    call: Call
    """The call that makes it."""
    scope: Scope
    """Where that call stands."""
    kind: str
    """`application` or `router`."""
    framework: str = "fastapi"
    """`fastapi` or `starlette`."""

    def keyword(self, name: str) -> Expr | None:
        """Return an argument of the constructor."""
        return dict(self.call.keywords).get(name)


class Owners:
    """Every application and router of a program."""

    def __init__(self, program: Program) -> None:
        """Nothing is looked for yet."""
        self._program = program
        self._found: dict[int, Owner] = {}
        self._callers: dict[int, list[tuple[Scope, Call]]] | None = None

    def of(self, scope: Scope, expr: Expr) -> list[Owner]:
        """Return the owners that the expression may be; a parameter is what callers hand over."""
        return list(self._of(scope, expr, 0))

    def _of(self, scope: Scope, expr: Expr, depth: int) -> Iterator[Owner]:
        followed = False
        for meaning in self._program.choices(scope, expr):
            if meaning.definition is not None and isinstance(meaning.definition.node, Call):
                followed = True
                if owner := self._made(meaning, meaning.definition):
                    yield owner
        if followed:
            return
        if depth > _MAX_STEPS or not isinstance(expr, Name):
            return
        found = scope.lookup(expr.id)
        if found is None or not isinstance(found[1][0].node, Parameter):
            return
        holder, parameter = found[0], found[1][0].node
        if holder.function is not None:
            for caller, argument in self._arguments(holder.function, parameter):
                yield from self._of(caller, argument, depth + 1)

    def _made(self, meaning: Meaning, definition: Definition) -> Owner | None:
        symbol = meaning.symbol or ""
        symbols = {symbol.removesuffix("()")} if symbol.endswith("()") else set()
        if meaning.cls is not None:
            symbols |= {base for base in self._program.ancestry(meaning.cls) if isinstance(base, str)}
        known = symbols & (APPLICATION | ROUTER)
        if not known or not isinstance(definition.node, Call):
            return None
        framework = "fastapi" if any(each.startswith("fastapi.") for each in known) else "starlette"
        owner = Owner(definition.node, definition.scope, "application" if known & APPLICATION else "router", framework)
        return self._found.setdefault(id(definition.node), owner)

    def made(self, scope: Scope, call: Call) -> Owner | None:
        """Return the owner that this very call makes."""
        meaning = self._program.meaning(scope, call)
        if meaning is None or meaning.definition is None or meaning.definition.node is not call:
            return None
        return self._made(meaning, meaning.definition)

    def _arguments(self, function: Function, parameter: Parameter) -> Iterator[tuple[Scope, Expr]]:
        index = function.parameters.index(parameter)
        for scope, call in self._calls().get(id(function), ()):
            named = dict(call.keywords)
            if parameter.name in named:
                yield scope, named[parameter.name]
            elif index < len(call.args):
                yield scope, call.args[index]

    def _calls(self) -> dict[int, list[tuple[Scope, Call]]]:
        """Return the calls of each function of the code base, by the function's `id`."""
        if self._callers is None:
            self._callers = {}
            for scope, call in calls(self._program):
                definition = self._program.definition(scope, call.callee)
                if definition is not None and not isinstance(definition.node, Class):
                    self._callers.setdefault(id(definition.node), []).append((scope, call))
        return self._callers


def calls(program: Program) -> Iterator[tuple[Scope, Call]]:
    """Give every call in Python code with the scope that it stands in."""
    for module in program.modules.values():
        if module.language == "python":
            yield from program.calls(module)
