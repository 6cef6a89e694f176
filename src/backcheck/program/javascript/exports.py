"""What a JavaScript module exports: by `export` statements, and by assignments to `module.exports` and `exports`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import (
    Assign,
    Attribute,
    Call,
    Evaluate,
    Export,
    Function,
    If,
    Literal,
    Mapping,
    Name,
    Return,
    Subscript,
    Try,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.program.form import Expr, Module, Span, Stmt

VALUE = "="
"""Name of the module's value itself: `module.exports = x`."""


def exports(module: Module) -> Iterator[Export]:
    """Give everything that a module exports, in source order; branches at its top level count too."""
    for statement in _top_level(module.body):
        match statement:
            case Export():
                yield statement
            case Assign(targets=targets, value=value, at=at) if value is not None:
                for target in targets:
                    yield from _assigned(target, value, at)
            case Evaluate(Call() as call):
                yield from _called(call)


def _top_level(body: Iterable[Stmt]) -> Iterator[Stmt]:
    stack = list(reversed(tuple(body)))
    while stack:
        statement = stack.pop()
        yield statement
        match statement:
            case If(body=then, otherwise=otherwise):
                stack.extend(reversed((*then, *otherwise)))
            case Try(body=tried):
                stack.extend(reversed(tried))


def _is_exports(expr: Expr) -> bool:
    match expr:
        case Name("exports") | Attribute(Name("module"), "exports"):
            return True
    return False


def _assigned(target: Expr, value: Expr, at: Span) -> Iterator[Export]:
    match target:
        case Attribute(Name("module"), "exports"):
            yield Export(VALUE, value, at)
            yield from _fields(value, at)
        case Attribute(of, name) | Subscript(of, Literal(str(name))) if _is_exports(of):
            yield Export(name, value, at)


def _fields(value: Expr, at: Span) -> Iterator[Export]:
    for entry in value.entries if isinstance(value, Mapping) else ():
        match entry:
            case Literal(str(name)), field:
                yield Export(name, field, at)
            case None, Call(Name("require"), (Literal(str(source)),)):
                yield Export("*", None, at, source)


def _called(call: Call) -> Iterator[Export]:
    """Give what `Object.assign(exports, …)`, and the helpers that TypeScript's compiler writes, export."""
    match call:
        case Call(Attribute(Name("Object"), "assign"), (target, *sources)) if _is_exports(target):
            for source in sources:
                yield from _fields(source, call.at)
        case Call(Attribute(Name("Object"), "defineProperty"), (target, Literal(str(name)), Mapping(entries))):
            if _is_exports(target) and (value := _property(entries)) is not None:
                yield Export(name, value, call.at)
        case Call(Name("__exportStar"), (Call(Name("require"), (Literal(str(source)),)), *_)):
            yield Export("*", None, call.at, source)


def _property(entries: tuple[tuple[Expr | None, Expr], ...]) -> Expr | None:
    for entry in entries:
        match entry:
            case Literal("get"), Function(body=(Return(value),)):
                return value
            case Literal("value"), value:
                return None if isinstance(value, Literal) else value
    return None
