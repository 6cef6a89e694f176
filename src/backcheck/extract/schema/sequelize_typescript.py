"""Tables from sequelize-typescript: classes with decorators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Column, ForeignKey
from backcheck.extract.schema.draft import Draft
from backcheck.extract.schema.objects import is_false, is_true, option, text
from backcheck.program.form import Assign, Attribute, Call, Class, Function, Name, Return, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.form import Expr, Module


def drafts(modules: tuple[Module, ...]) -> Iterator[Draft]:
    """Give each class with `@Table` of these modules as a table."""
    for module in modules:
        if b"sequelize-typescript" not in module.source:
            continue
        for node in walk(*module.body):
            if isinstance(node, Class) and any(_name(each) == "Table" for each in node.decorators):
                yield _table(module, node)


def _table(module: Module, declared: Class) -> Draft:
    options = next((_options(each) for each in declared.decorators if _name(each) == "Table"), None)
    draft = Draft(text(option(options, "tableName")) or f"{declared.name}s", "sequelize", module.place(declared))
    for statement in declared.body:
        match statement:
            case Assign(targets=(Name(id=name) | Attribute(name=name),), decorators=decorators) if decorators:
                _property(module, draft, statement, name, {_name(each): each for each in decorators})
    return draft


def _property(module: Module, draft: Draft, statement: Assign, name: str, decorators: dict[str, Expr]) -> None:
    place = module.place(statement)
    options = _options(decorators.get("Column"))
    column = text(option(options, "field")) or name
    if "Column" in decorators or "ForeignKey" in decorators:
        kind = option(options, "type")
        nullable = not is_false(option(options, "allowNull")) and "AllowNull" not in decorators
        draft.add_column(Column(column, module.text(kind) if kind is not None else "", nullable, place))
        unique = is_true(option(options, "unique")) or is_true(option(options, "primaryKey"))
        if unique or {"PrimaryKey", "Unique", "Index"} & decorators.keys():
            draft.add_index([column], place)
    if "ForeignKey" in decorators:
        draft.add_key(ForeignKey(draft.name, (column,), _target(module, decorators["ForeignKey"]), place))


def _name(decorator: Expr) -> str:
    """Return the name of a decorator, called or not."""
    callee = decorator.callee if isinstance(decorator, Call) else decorator
    return callee.id if isinstance(callee, Name) else ""


def _options(decorator: Expr | None) -> Expr | None:
    return decorator.args[0] if isinstance(decorator, Call) and decorator.args else None


def _target(module: Module, decorator: Expr) -> str:
    """Return the model that `() => User` names."""
    match _options(decorator):
        case Function(body=(Return(value=value),)) if value is not None:
            return module.text(value)
    return ""
