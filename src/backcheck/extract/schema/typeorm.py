"""Tables from TypeORM entities: classes with decorators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Column, ForeignKey
from backcheck.extract.schema.draft import Draft
from backcheck.extract.schema.objects import is_false, is_true, option, text
from backcheck.program.form import Assign, Attribute, Call, Class, Function, Literal, Name, Return, Sequence, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.form import Expr, Module

_COLUMNS = {
    "Column", "PrimaryColumn", "PrimaryGeneratedColumn", "CreateDateColumn", "UpdateDateColumn", "DeleteDateColumn",
    "VersionColumn", "ObjectIdColumn",
}  # fmt: skip


def drafts(modules: tuple[Module, ...]) -> Iterator[Draft]:
    """Give each entity of these modules as a table, with the fields of its base classes."""
    classes: dict[str, tuple[Module, Class]] = {}
    relevant = [module for module in modules if b"typeorm" in module.source]
    for module in relevant:
        for node in walk(*module.body):
            if isinstance(node, Class):
                classes.setdefault(node.name, (module, node))
    for module in relevant:
        for node in walk(*module.body):
            if isinstance(node, Class) and (entity := _decorator(node.decorators, "Entity")):
                yield _Entity(module, node, entity, classes).draft


class _Entity:
    """Reads one entity."""

    def __init__(self, module: Module, declared: Class, entity: Call, classes: dict[str, tuple[Module, Class]]) -> None:
        named = next((text(arg) or text(option(arg, "name")) for arg in entity.args), "")
        self.draft = Draft(named or _snake(declared.name), "typeorm", module.place(declared))
        self._names: dict[str, str] = {}
        """Column of each property."""
        lineage = list(_lineage(module, declared, classes))
        for owner, ancestor in lineage:
            for statement in ancestor.body:
                match statement:
                    case Assign(targets=(Name(id=name) | Attribute(name=name),)) if statement.decorators:
                        self._property(owner, statement, name)
        for owner, ancestor in lineage:
            for decorator in ancestor.decorators:
                if isinstance(decorator, Call) and _name(decorator) in {"Index", "Unique"}:
                    self._class_index(owner, decorator)

    def _property(self, module: Module, statement: Assign, name: str) -> None:
        decorators = {_name(item): item for item in statement.decorators if isinstance(item, Call)}
        place = module.place(statement)
        relation = decorators.get("ManyToOne") or (decorators.get("OneToOne") if "JoinColumn" in decorators else None)
        if relation is not None:
            self._relation(module, name, decorators, relation)
            return
        declared = next((decorators[kind] for kind in decorators if kind in _COLUMNS), None)
        if declared is None:
            return
        options = declared.args[-1] if declared.args else None
        column = text(option(options, "name")) or name
        self._names[name] = column
        kind = next((text(arg) for arg in declared.args if isinstance(arg, Literal)), "")
        self.draft.add_column(Column(column, kind, is_true(option(options, "nullable")), place))
        primary = _name(declared).startswith("Primary")
        if primary:
            self.draft.add_primary(column, place)
        if {"Index", "Unique"} & decorators.keys() or is_true(option(options, "unique")):
            self.draft.add_index([column], place)

    def _relation(self, module: Module, name: str, decorators: dict[str, Call], relation: Call) -> None:
        join = decorators.get("JoinColumn")
        options = join.args[0] if join is not None and join.args else None
        if isinstance(options, Sequence):
            return  # a composite key names its columns elsewhere
        if is_false(option(relation.args[-1] if relation.args else None, "createForeignKeyConstraints")):
            return
        column = text(option(options, "name")) or f"{name}Id"
        self._names.setdefault(name, column)
        place = module.place(relation)
        self.draft.add_key(ForeignKey(self.draft.name, (column,), _target(module, relation), place))
        if _name(relation) == "OneToOne" or {"Index", "Unique", "PrimaryColumn"} & decorators.keys():
            self.draft.add_index([column], module.place(decorators.get("Index") or relation))  # OneToOne is unique

    def _class_index(self, module: Module, decorator: Call) -> None:
        listed = next((arg for arg in decorator.args if isinstance(arg, Sequence)), None)
        if listed is None or any(option(arg, "where") is not None for arg in decorator.args):
            return
        columns = [self._names.get(text(item), text(item)) for item in listed.items]
        self.draft.add_index(columns, module.place(decorator))


def _lineage(
    module: Module, declared: Class, classes: dict[str, tuple[Module, Class]]
) -> Iterator[tuple[Module, Class]]:
    """Give the class and its base classes, found by name: TypeORM itself identifies entities by class."""
    seen: set[str] = set()
    current: tuple[Module, Class] | None = (module, declared)
    while current is not None and current[1].name not in seen:
        seen.add(current[1].name)
        yield current
        bases = [base.id for base in current[1].bases if isinstance(base, Name)]
        current = classes.get(bases[0]) if bases else None


def _decorator(decorators: tuple[Expr, ...], name: str) -> Call | None:
    return next((item for item in decorators if isinstance(item, Call) and _name(item) == name), None)


def _name(call: Call) -> str:
    return call.callee.id if isinstance(call.callee, Name) else ""


def _target(module: Module, relation: Call) -> str:
    """Return the entity that `() => Author`, `type => Author` or `'Author'` names."""
    match relation.args[0] if relation.args else None:
        case Function(body=(Return(value=value),)) if value is not None:
            return module.text(value)
        case Literal(value=str(name)):
            return name
    return ""


def _snake(name: str) -> str:
    """Return TypeORM's own name for the table of a class."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
