"""Schemas of the environment: `z.object({ JWT_SECRET: z.string().default('…') }).parse(process.env)`, `cleanEnv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.extract.settings.environment import Read, is_whole_environment
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Module, Program


def declared_reads(program: Program, module: Module) -> Iterator[tuple[Module, Read, form.Expr]]:
    """Give each name that a schema of the environment declares, with its default, and the module it stands in."""
    if b"process.env" not in module.source:
        return
    for node in form.walk(*module.body):
        if isinstance(node, form.Call) and any(map(is_whole_environment, node.args)):
            for owner, shape in _shapes(program, module, node):
                for key, value in shape.entries:
                    if isinstance(key, form.Literal) and isinstance(key.value, str) and isinstance(value, form.Call):
                        yield owner, Read(key.value, _default(value)), value


def _shapes(program: Program, module: Module, call: form.Call) -> Iterator[tuple[Module, form.Mapping]]:
    """Give the objects that describe the environment: of the schema that parses it, or beside it."""
    given = [argument for argument in call.args if not is_whole_environment(argument)]
    if isinstance(call.callee, form.Attribute):
        given.append(call.callee.value)
    for expr in given:
        owner, shape = module, expr
        if isinstance(expr, form.Name | form.Attribute):
            found = program.definition(program.scope(module), expr)
            if found is None or isinstance(found.node, form.Function | form.Class):
                continue
            owner, shape = found.module, found.node
        yield from ((owner, each) for each in _displays(shape))


def _displays(expr: form.Expr) -> Iterator[form.Mapping]:
    """Give the object of `z.object({ … }).strict()`, or the object itself."""
    while isinstance(expr, form.Call):
        yield from (argument for argument in expr.args if isinstance(argument, form.Mapping))
        if not isinstance(expr.callee, form.Attribute):
            return
        expr = expr.callee.value
    if isinstance(expr, form.Mapping):
        yield expr


def _default(expr: form.Expr) -> str | None:
    """Return the literal of `.default('…')`, or of `str({ default: '…' })`."""
    while isinstance(expr, form.Call):
        named = expr.callee.name if isinstance(expr.callee, form.Attribute) else ""
        for argument in expr.args:
            match argument:
                case form.Literal(value=str(text)) if named == "default":
                    return text
                case form.Mapping(entries=entries):
                    for key, value in entries:
                        match key, value:
                            case form.Literal(value="default"), form.Literal(value=str(text)):
                                return text
        expr = expr.callee.value if isinstance(expr.callee, form.Attribute) else expr.callee
    return None
