"""Tables from Drizzle schemas: `pgTable('posts', { … }, (table) => …)` and those of MySQL and SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Column, ForeignKey
from backcheck.extract.schema.draft import Draft
from backcheck.extract.schema.objects import entries, option, text
from backcheck.program.form import Assign, Attribute, Call, Function, Literal, Mapping, Name, Return, Sequence, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.form import Expr, Module, Node

_TABLES = frozenset({"pgTable", "mysqlTable", "sqliteTable", "table"})
_INDEXES = frozenset({"index", "uniqueIndex", "unique", "primaryKey"})


def drafts(modules: tuple[Module, ...]) -> Iterator[Draft]:
    """Give each table that these modules declare, in order of path."""
    relevant = [module for module in modules if b"drizzle-orm" in module.source]
    named = {variable: name for module in relevant for variable, name, _, _ in _declared(module)}
    for module in relevant:
        for _, name, call, maker in _declared(module):
            yield _table(module, name, call, named, self_indexing=maker == "mysqlTable")


def _declared(module: Module) -> Iterator[tuple[str, str, Call, str]]:
    """Give variable, table, call and maker of each declaration."""
    for node in walk(*module.body):
        match node:
            case Assign(
                targets=(Name(id=variable),),
                value=Call(
                    callee=Name(id=maker) | Attribute(name=maker), args=(Literal(value=str(name)), columns, *_)
                ) as call,
            ) if maker in _TABLES and isinstance(columns, Mapping | Function):
                yield variable, name, call, maker


def _table(module: Module, name: str, call: Call, named: dict[str, str], *, self_indexing: bool) -> Draft:
    draft = Draft(name, "drizzle", module.place(call))
    properties: dict[str, str] = {}
    for attribute, value in entries(_columns(call.args[1])):
        links = _chain(value)
        stated = next((text(arg) for _, args in links[:1] for arg in args), "")
        column = properties[attribute] = stated or attribute
        _column(module, draft, column, value, links, named)
    if len(call.args) > 2:
        _indexes(module, draft, call.args[2], properties)
    if self_indexing:
        draft.index_keys()
    return draft


def _columns(expr: Expr) -> Expr:
    """Return the display of columns, also behind `(t) => ({ … })`."""
    match expr:
        case Function(body=(Return(value=value),)) if value is not None:
            return value
    return expr


def _column(
    module: Module,
    draft: Draft,
    column: str,
    value: Expr,
    links: list[tuple[str, tuple[Expr, ...]]],
    named: dict[str, str],
) -> None:
    place = module.place(value)
    later = dict(links[1:])
    kind = links[0][0] if links else module.text(value)[:40]
    draft.add_column(Column(column, kind, not {"notNull", "primaryKey"} & later.keys(), place))
    if {"primaryKey", "unique"} & later.keys():
        draft.add_index([column], place)
    if "references" in later:
        match later["references"]:
            case (Function(body=(Return(value=Attribute(value=Name(id=other))),)), *_):
                draft.add_key(ForeignKey(draft.name, (column,), named.get(other, other), place))
            case _:
                draft.add_key(ForeignKey(draft.name, (column,), "", place))


def _indexes(module: Module, draft: Draft, extra: Expr, properties: dict[str, str]) -> None:
    """Add what the third argument declares: indexes, constraints and composite keys, as an array or an object."""
    for node in walk(extra):
        match node:
            case Call(callee=Name(id=name), args=(Mapping() as options, *_)) if name in _INDEXES:
                draft.add_index(_named(option(options, "columns"), properties), module.place(node))
            case Call(callee=Name(id="foreignKey"), args=(Mapping() as options, *_)):
                columns = tuple(_named(option(options, "columns"), properties))
                if columns and all(columns):
                    draft.add_key(ForeignKey(draft.name, columns, "", module.place(node)))
            case Call(callee=Attribute(name="on" | "using"), args=args) if not _is_partial(extra, node):
                if any(name in _INDEXES for name, _ in _chain(node)[:1]):
                    draft.add_index([_property(arg, properties) for arg in args], module.place(node))


def _is_partial(extra: Expr, index: Node) -> bool:
    """Whether `.where(…)` follows: such an index does not cover every row."""
    return any(
        isinstance(node.callee, Attribute) and node.callee.name == "where"
        for node in walk(extra)
        if isinstance(node, Call) and any(inner is index for inner in walk(node.callee))
    )


def _named(columns: Expr | None, properties: dict[str, str]) -> list[str]:
    return [_property(item, properties) for item in columns.items] if isinstance(columns, Sequence) else []


def _property(expr: Expr, properties: dict[str, str]) -> str:
    """Return the column that `table.authorId`, also with `.asc()` after it, stands for; empty for an expression."""
    match expr:
        case Call(callee=Attribute(value=inner, name="asc" | "desc" | "nullsFirst" | "nullsLast" | "op")):
            return _property(inner, properties)
        case Attribute(value=Name(), name=name):
            return properties.get(name, name)
    return ""


def _chain(expr: Expr) -> list[tuple[str, tuple[Expr, ...]]]:
    """Return name and arguments of each call of `integer('author_id').notNull().references(…)`, in order."""
    links: list[tuple[str, tuple[Expr, ...]]] = []
    while isinstance(expr, Call):
        match expr.callee:
            case Attribute(value=receiver, name=name):
                links.append((name, expr.args))
                expr = receiver
            case Name(id=name):
                links.append((name, expr.args))
                break
            case _:
                break
    return links[::-1]
