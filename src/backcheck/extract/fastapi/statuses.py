"""HTTP status codes: of exceptions, of responses, of constants."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from backcheck.backend import Unresolved
from backcheck.program.form import Assign, Attribute, Call, Class, Function, Name, Raise, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Definition, Program, Scope
    from backcheck.program.form import Expr

EXCEPTIONS = frozenset(
    {"fastapi.HTTPException", "fastapi.exceptions.HTTPException", "starlette.exceptions.HTTPException"}
)
_RESPONSES = re.compile(r"^(?:fastapi|starlette)\.(?:responses\.)?\w*Response\(\)$")
_NAMED = re.compile(r"\.HTTP_(\d{3})_")
REFUSALS = frozenset({401, 403})


class Statuses:
    """Reads status codes out of expressions of one program."""

    def __init__(self, program: Program) -> None:
        """Nothing is looked for yet."""
        self._program = program
        self._handled: dict[int, int] | None = None

    def code(self, scope: Scope, expr: Expr | None) -> int | None:
        """Return the status code that an expression is; None where it cannot be known."""
        if expr is None:
            return None
        symbol = self._program.symbol(scope, expr) or ""
        if match := _NAMED.search(f".{symbol.rpartition('.')[2]}"):
            return int(match[1])
        parts = symbol.removesuffix(".value").split(".")
        if len(parts) > 1 and parts[-2] == "HTTPStatus" and parts[-1] in HTTPStatus.__members__:
            return int(HTTPStatus[parts[-1]])
        found = self._program.constant(scope, expr)
        if isinstance(found, Unresolved) or isinstance(found.value, bool) or not isinstance(found.value, int):
            return None
        return found.value

    def raised(self, scope: Scope, expr: Expr | None) -> int | None:
        """Return the status that raising this answers with; None where it is no HTTP exception, or not known."""
        if expr is None:
            return None
        meaning = self._program.meaning(scope, expr)
        if meaning is None:
            return None
        definition, cls = meaning.definition, meaning.cls
        if cls is None and definition is not None and isinstance(definition.node, Class):
            cls, definition = definition, None
        call = definition.node if definition is not None and isinstance(definition.node, Call) else None
        if cls is not None:
            return self._of_class(cls, definition.scope if definition is not None else scope, call)
        if call is not None and definition is not None and (meaning.symbol or "").removesuffix("()") in EXCEPTIONS:
            return self._argument(definition.scope, call, 0)
        return None

    def answered(self, scope: Scope, expr: Expr) -> int | None:
        """Return the status of a response that the expression makes; None where it makes none with a stated status."""
        meaning = self._program.meaning(scope, expr)
        definition = None if meaning is None else meaning.definition
        if definition is None or not isinstance(definition.node, Call) or not _RESPONSES.match(meaning.symbol or ""):  # type: ignore[union-attr]
            return None
        return self._argument(definition.scope, definition.node, 1)

    def _argument(self, scope: Scope, call: Call, position: int) -> int | None:
        expr = dict(call.keywords).get("status_code", call.args[position] if len(call.args) > position else None)
        return self.code(scope, expr)

    def _of_class(self, cls: Definition, scope: Scope, call: Call | None) -> int | None:
        if call is not None and (stated := self._argument(scope, call, 0)) is not None:
            return stated
        http = False
        for base in self._program.ancestry(cls):
            if isinstance(base, str):
                http = http or base in EXCEPTIONS
                continue
            if (handled := self._handlers().get(id(base.node))) is not None:
                return handled
            if isinstance(base.node, Class) and (stated := self._stated(base, base.node)) is not None:
                return stated
        return None

    def _stated(self, cls: Definition, node: Class) -> int | None:
        """Return the status that the class states: a field, a parameter's default, or what it hands to its base."""
        inside = self._program.scope(cls.module, node)
        for statement in walk(*node.body):
            match statement:
                case Assign(targets=(Name("status_code") | Attribute(Name("self"), "status_code"),), value=value):
                    if (code := self.code(inside, value)) is not None:
                        return code
                case Call(Attribute(Call(Name("super")) | Name(), "__init__")):
                    if (code := self._argument(inside, statement, 0)) is not None:
                        return code
                case Function(name="__init__", parameters=parameters):
                    for parameter in parameters:
                        if (
                            parameter.name == "status_code"
                            and (code := self.code(inside, parameter.default)) is not None
                        ):
                            return code
        return None

    def _handlers(self) -> dict[int, int]:
        """Return the status that exception handlers answer with, by the `id` of the exception's class."""
        if self._handled is None:
            self._handled = {}
            for scope, exception, function, inner in self._registered():
                definition = self._program.definition(scope, exception)
                codes = {code for node in walk(*function.body) if isinstance(node, Call)
                         and (code := self.answered(inner, node)) is not None}  # fmt: skip
                if definition is not None and len(codes) == 1:
                    self._handled[id(definition.node)] = codes.pop()
        return self._handled

    def _registered(self) -> Iterator[tuple[Scope, Expr, Function, Scope]]:
        for module in self._program.modules.values():
            if module.language != "python":
                continue
            for scope in self._program.scope(module).walk():
                for decorator in scope.function.decorators if scope.function is not None else ():
                    match decorator:
                        case Call(Attribute(_, "exception_handler"), (exception, *_)) if (
                            scope.parent and scope.function
                        ):
                            yield scope.parent, exception, scope.function, scope
            for node in walk(*module.body):
                match node:
                    case Call(Attribute(_, "add_exception_handler"), (exception, handler, *_)):
                        top = self._program.scope(module)
                        found = self._program.definition(top, handler)
                        if found is not None and isinstance(found.node, Function):
                            yield top, exception, found.node, self._program.scope(found.module, found.node)


def literal_statuses(statuses: Statuses, scope: Scope, function: Function) -> Iterator[int]:
    """Give the status codes that a handler raises or answers with literally."""
    for node in walk(*function.body):
        code = None
        if isinstance(node, Raise):
            code = statuses.raised(scope, node.value)
        elif isinstance(node, Call):
            code = statuses.answered(scope, node)
        if code is not None:
            yield code
