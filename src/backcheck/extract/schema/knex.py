"""Tables from Knex migrations: `createTable` and `alterTable` with their column chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Column, ForeignKey
from backcheck.extract.schema.draft import Draft
from backcheck.extract.schema.objects import names, text
from backcheck.program.form import Attribute, Call, Define, Evaluate, Function, Name, Return, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.form import Expr, Module

_SHAPES = {"createTable", "createTableIfNotExists", "alterTable", "table"}
_NO_COLUMN = {
    "index", "unique", "primary", "foreign", "dropColumn", "dropForeign", "dropIndex", "dropUnique", "timestamps", "raw",
    "comment", "renameColumn", "dropColumns", "dropPrimary", "setNullable", "dropNullable", "check", "engine", "charset",
}  # fmt: skip


def drafts(modules: tuple[Module, ...]) -> Iterator[Draft]:
    """Give the tables that the `up` functions of these modules leave behind, in order of path."""
    tables: dict[str, Draft] = {}
    for module in modules:
        if b"createTable" not in module.source and b"alterTable" not in module.source:
            continue
        undone = {
            id(node)
            for define in walk(*module.body)
            if isinstance(define, Define) and define.function.name == "down"
            for node in walk(define)
        }
        for node in walk(*module.body):
            match node:
                case Call(callee=Attribute(name=name), args=(first, *_, Function() as shape)) if (
                    name in _SHAPES and id(node) not in undone
                ):
                    if (table := text(first)) and shape.parameters:
                        draft = tables.setdefault(table, Draft(table, "knex", module.place(node)))
                        _shape(module, draft, shape)
    yield from tables.values()


def _shape(module: Module, draft: Draft, shape: Function) -> None:
    builder = shape.parameters[0].name
    for statement in shape.body:
        match statement:
            case Evaluate(value=Call() as call) | Return(value=Call() as call):
                if links := _chain(call, builder):
                    _declaration(module, draft, call, links)


def _chain(call: Call, builder: str) -> list[tuple[str, tuple[Expr, ...]]]:
    """Return name and arguments of each call of `builder.a(…).b(…)`, in order; nothing for another receiver."""
    links: list[tuple[str, tuple[Expr, ...]]] = []
    current: Expr = call
    while isinstance(current, Call) and isinstance(current.callee, Attribute):
        links.append((current.callee.name, current.args))
        current = current.callee.value
    return links[::-1] if isinstance(current, Name) and current.id == builder else []


def _declaration(module: Module, draft: Draft, call: Call, links: list[tuple[str, tuple[Expr, ...]]]) -> None:
    place = module.place(call)
    (first, arguments), *_ = links
    later = dict(links[1:])
    columns = names(arguments[0]) if arguments else (["id"] if first == "increments" else [])
    if not columns or not all(columns):
        return
    if first in {"index", "unique", "primary"}:
        draft.add_index(columns, place)
    elif first not in _NO_COLUMN and len(columns) == 1:
        nullable = "notNullable" not in later and first not in {"increments", "bigIncrements"}
        draft.add_column(Column(columns[0], first, nullable, place))
        if {"index", "unique", "primary"} & later.keys() or first in {"increments", "bigIncrements"}:
            draft.add_index(columns, place)
    if "references" in later and (first == "foreign" or first not in _NO_COLUMN):
        referred = text(later["references"][0]) if later["references"] else ""
        other = text(later["inTable"][0]) if later.get("inTable") else referred.rpartition(".")[0]
        draft.add_key(ForeignKey(draft.name, tuple(columns), other, place))
