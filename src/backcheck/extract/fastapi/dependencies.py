"""Dependencies: what `Depends` and `Security` name, in parameters, in annotations and in lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.program import Definition
from backcheck.program.form import (
    Assign,
    Call,
    Class,
    Function,
    Name,
    Operation,
    Parameter,
    Sequence,
    Spread,
    Subscript,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.findings import Place
    from backcheck.program import Program, Scope
    from backcheck.program.form import Expr, Function

DEPENDS = frozenset(
    {"fastapi.Depends()", "fastapi.Security()", "fastapi.params.Depends()", "fastapi.params.Security()"}
)
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_MAX_ALIASES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Dependency:
    """One dependency of a function, router or application."""

    scope: Scope
    """Where it is written."""
    target: Expr
    """What is depended on; for `Depends()` the parameter's own type."""
    place: Place
    """The `Depends(…)` itself, or the parameter whose annotation holds it."""
    parameter: str = ""


def of_function(program: Program, scope: Scope, function: Function) -> Iterator[Dependency]:
    """Give a function's own dependencies in order; ``scope`` is where the function stands.

    A method's class may hold some as fields (class-based views).
    """
    if isinstance(scope.node, Class) and scope.parent is not None and function.name != "__init__":
        yield from _of_fields(program, Definition(scope.module, scope.node, scope.parent, scope.name))
    for parameter in function.parameters:
        yield from of_parameter(program, scope, parameter)


def _of_fields(program: Program, cls: Definition) -> Iterator[Dependency]:
    """Give the dependencies that a class and its bases hold as fields, each field's nearest one."""
    seen: set[str] = set()
    for base in program.ancestry(cls):
        if isinstance(base, str) or not isinstance(base.node, Class):
            continue
        for statement in base.node.body:
            match statement:
                case Assign(targets=(Name(name),), value=value, annotation=annotation) if name not in seen:
                    seen.add(name)
                    inside = program.scope(base.module, base.node)
                    field = Parameter(name, statement.at, annotation, value)
                    yield from of_parameter(program, inside, field)


def of_parameter(program: Program, scope: Scope, parameter: Parameter) -> Iterator[Dependency]:
    """Give what a parameter depends on: at most one dependency."""
    if parameter.default is not None:
        found = list(_of_expr(program, scope, parameter.default, parameter.annotation, parameter.name))
        if found:
            yield from found
            return
    if parameter.annotation is not None:
        for home, part, base in metadata(program, scope, parameter.annotation):
            for dependency in _of_expr(program, home, part, base, parameter.name):
                yield replace(dependency, place=scope.module.place(parameter))


def _of_expr(program: Program, scope: Scope, expr: Expr, annotation: Expr | None, name: str) -> Iterator[Dependency]:
    if not isinstance(expr, Call | Name):
        return
    meaning = program.meaning(scope, expr)
    if meaning is None or meaning.symbol not in DEPENDS or meaning.definition is None:
        return
    call = meaning.definition.node
    if isinstance(call, Call):
        target = call.args[0] if call.args else dict(call.keywords).get("dependency", annotation)
        if target is not None:
            yield Dependency(meaning.definition.scope, target, scope.module.place(expr), name)


def metadata(program: Program, scope: Scope, annotation: Expr, depth: int = 0) -> Iterator[tuple[Scope, Expr, Expr]]:
    """Give each piece of metadata of `Annotated[X, a, b]`, through aliases: its scope, itself, and `X`."""
    if depth > _MAX_ALIASES:
        return
    match annotation:
        case Subscript(value, Sequence(items=(base, *pieces))) if program.symbol(scope, value) in _ANNOTATED:
            yield from metadata(program, scope, base, depth + 1)
            yield from ((scope, piece, base) for piece in pieces)
        case Subscript(_, index):
            yield from metadata(program, scope, index, depth + 1)
        case Operation("|", operands):
            for operand in operands:
                yield from metadata(program, scope, operand, depth + 1)
        case Name() | _ if not isinstance(annotation, Call | Sequence):
            definition = program.definition(scope, annotation)
            if (
                definition is not None
                and isinstance(definition.node, Subscript | Operation)
                and definition.node is not annotation
            ):
                yield from metadata(program, definition.scope, definition.node, depth + 1)


def of_list(program: Program, scope: Scope, expr: Expr | None, depth: int = 0) -> Iterator[Dependency]:
    """Give the dependencies of a `dependencies=[…]` argument, through names and concatenation."""
    if expr is None or depth > _MAX_ALIASES:
        return
    match expr:
        case Sequence(items=items):
            for item in items:
                if isinstance(item, Spread):
                    yield from of_list(program, scope, item.value, depth + 1)
                else:
                    yield from _of_expr(program, scope, item, None, "")
        case Operation("+", operands):
            for operand in operands:
                yield from of_list(program, scope, operand, depth + 1)
        case _:
            definition = program.definition(scope, expr)
            choices = {id(choice.definition.node) for choice in program.choices(scope, expr) if choice.definition}
            if len(choices) > 1:  # which list it is shows at run time: a guard that cannot be read
                yield Dependency(scope, expr, scope.module.place(expr))
            elif definition is not None and isinstance(definition.node, Sequence | Operation):
                yield from of_list(program, definition.scope, definition.node, depth + 1)
