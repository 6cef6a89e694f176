"""Tables from Sequelize: `define` and `init`, `belongsTo`, and the operations of its migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Column, ForeignKey
from backcheck.extract.schema.draft import Draft
from backcheck.extract.schema.objects import entries, is_false, is_true, names, option, text
from backcheck.program.form import Assign, Attribute, Call, Class, Literal, Mapping, Name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.findings import Place
    from backcheck.program import Program
    from backcheck.program.form import Expr, Module


def drafts(program: Program, modules: tuple[Module, ...]) -> Iterator[Draft]:
    """Give each model of these modules as a table, and what their migrations make."""
    relevant = [module for module in modules if b"equelize" in module.source or b"queryInterface" in module.source]
    models: dict[str, Draft] = {}
    migrated: dict[str, Draft] = {}
    for module in relevant:
        for names_of_model, draft in _models(module):
            for name in names_of_model:
                models.setdefault(name, draft)
            yield draft
        if b"queryInterface" in module.source:
            _Migration(module, migrated).apply()
    for module in relevant:
        _associations(program, module, models)
    yield from migrated.values()


def _models(module: Module) -> Iterator[tuple[tuple[str, ...], Draft]]:
    """Give the names by which the code knows each model, and its table."""
    for node in walk(*module.body):
        match node:
            case Call(callee=Attribute(name="define"), args=(Literal(value=str(name)), Mapping() as columns, *rest)):
                yield (name,), _model(module, node, name, columns, rest[0] if rest else None)
            case Call(
                callee=Attribute(value=Name(id=owner), name="init"), args=(Mapping() as columns, Mapping() as options)
            ):
                name = text(option(options, "modelName")) or owner
                if option(options, "sequelize") is not None:
                    yield (name, owner), _model(module, node, name, columns, options)


def _model(module: Module, call: Call, name: str, columns: Mapping, options: Expr | None) -> Draft:
    plural = name if is_true(option(options, "freezeTableName")) else _plural(name)
    draft = Draft(text(option(options, "tableName")) or plural, "sequelize", module.place(call))
    _columns(module, draft, columns)
    listed = option(options, "indexes")
    for index in getattr(listed, "items", ()):
        if option(index, "where") is None:
            fields = names(option(index, "fields"))
            draft.add_index(_as_columns(columns, fields), module.place(index))
    return draft


def _plural(name: str) -> str:
    """Return Sequelize's own name for a model's table, by the regular rules of English."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return name if name.endswith("s") else f"{name}{'es' if name.endswith(('x', 'ch', 'sh')) else 's'}"


def _as_columns(columns: Mapping, fields: list[str]) -> list[str]:
    """Return the columns of these attributes: an attribute may state another name for the database."""
    stated = {name: text(option(value, "field")) for name, value in entries(columns)}
    return [stated.get(name) or name for name in fields]


def _columns(module: Module, draft: Draft, columns: Mapping) -> None:
    for attribute, value in entries(columns):
        _column(module, draft, text(option(value, "field")) or attribute, value)


def _column(module: Module, draft: Draft, name: str, value: Expr) -> None:
    place = module.place(value)
    declared = option(value, "type")
    nullable = not is_false(option(value, "allowNull")) and not is_true(option(value, "primaryKey"))
    draft.add_column(
        Column(name, module.text(declared) if declared is not None else module.text(value)[:40], nullable, place)
    )
    if is_true(option(value, "primaryKey")):
        draft.add_primary(name, place)
    if is_true(option(value, "unique")):
        draft.add_index([name], place)
    if (target := option(value, "references")) is not None:
        model = option(target, "model")
        other = text(model) or text(option(model, "tableName")) or (module.text(model) if model is not None else "")
        draft.add_key(ForeignKey(draft.name, (name,), other, place))


def _associations(program: Program, module: Module, models: dict[str, Draft]) -> None:
    """Add the key of each `belongsTo`: Sequelize makes the column and its constraint, and no index."""
    if b"belongsTo" not in module.source:
        return
    inside = {
        id(node): declared.name
        for declared in walk(*module.body)
        if isinstance(declared, Class)
        for node in walk(*declared.body)
    }
    for node in walk(*module.body):
        match node:
            case Call(callee=Attribute(value=subject, name="belongsTo"), args=(target, *rest)):
                owner = _model_name(program, module, subject)
                draft = models.get(inside.get(id(node), "") if owner == "this" else owner)
                options = rest[0] if rest else None
                if draft is not None and not is_false(option(options, "constraints")):
                    other = _model_name(program, module, target)
                    named = option(options, "foreignKey")
                    column = text(named) or text(option(named, "name")) or f"{other}Id"
                    draft.add_key(ForeignKey(draft.name, (column,), other, module.place(node)))


def _model_name(program: Program, module: Module, expr: Expr) -> str:
    """Return the model that an expression is: the name of its class, or the last part of what the code calls it."""
    definition = program.definition(program.scope(module), expr)
    match definition.node if definition is not None else None:
        case Class(name=name):
            return name
        case Call(callee=Attribute(name="define"), args=(Literal(value=str(name)), *_)):
            return name
    return getattr(expr, "name", "") or getattr(expr, "id", "")


class _Migration:
    """Applies the `queryInterface` calls of one migration; what `down` does undoes them and is left out."""

    def __init__(self, module: Module, tables: dict[str, Draft]) -> None:
        self._module = module
        self._tables = tables

    def apply(self) -> None:
        """Apply each call, in order of the source."""
        undone = {id(node) for node in self._undoing()}
        for node in walk(*self._module.body):
            match node:
                case Call(callee=Attribute(name=name), args=(first, *rest)) if id(node) not in undone:
                    self._operation(node, name, text(first) or text(option(first, "tableName")), rest)

    def _undoing(self) -> Iterator[object]:
        """Give every node inside a function called `down`, however it is declared."""
        for node in walk(*self._module.body):
            match node:
                case Mapping(entries=found):
                    below = [value for key, value in found if isinstance(key, Literal) and key.value == "down"]
                case Assign(targets=(Attribute(name="down") | Name(id="down"),), value=value) if value is not None:
                    below = [value]
                case _ if getattr(getattr(node, "function", None), "name", "") == "down":
                    yield from walk(node)
                    continue
                case _:
                    continue
            yield from walk(*below)

    def _operation(self, call: Call, name: str, table: str, rest: list[Expr]) -> None:
        place = self._module.place(call)
        match name, rest:
            case "createTable", [Mapping() as columns, *_] if table:
                draft = self._tables.setdefault(table, Draft(table, "sequelize-migration", place))
                _columns(self._module, draft, columns)
            case "addColumn", [column, value, *_] if table and text(column):
                _column(self._module, self._draft(table, place), text(column), value)
            case "addIndex", [fields, *more] if table:
                options = next((item for item in (fields, *more) if isinstance(item, Mapping)), None)
                if option(options, "where") is None:
                    self._draft(table, place).add_index(names(fields) or names(option(options, "fields")), place)
            case "addConstraint", [*_, Mapping() as options] if table:
                self._constraint(table, options, names(rest[0]) or names(option(options, "fields")), place)

    def _draft(self, table: str, place: Place) -> Draft:
        return self._tables.setdefault(table, Draft(table, "sequelize-migration", place))

    def _constraint(self, table: str, options: Mapping, fields: list[str], place: Place) -> None:
        draft = self._draft(table, place)
        match text(option(options, "type")).lower():
            case "unique" | "primary key":
                draft.add_index(fields, place)
            case "foreign key":
                other = text(option(option(options, "references"), "table"))
                draft.add_key(ForeignKey(draft.name, tuple(fields), other, place))
