"""Tables from SQLAlchemy and SQLModel: declarative classes with their mixins, and `Table(...)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Column
from backcheck.extract.schema.columns import Reader
from backcheck.extract.schema.draft import Draft
from backcheck.program.form import (
    Assign,
    Attribute,
    Call,
    Class,
    Define,
    Evaluate,
    Function,
    Literal,
    Name,
    Return,
    Subscript,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Program
    from backcheck.program.form import Expr, Module, Stmt

_MAX_BASES = 20
"""How far a chain of base classes is followed: deeper ones are cyclic."""


def drafts(program: Program, modules: tuple[Module, ...]) -> Iterator[Draft]:
    """Give each table that these Python modules declare."""
    for module in modules:
        if (
            b"sqlalchemy" not in module.source.lower()
            and b"sqlmodel" not in module.source.lower()
            and not _declares(module)
        ):
            continue
        found = [
            *(_mapped(program, module, node) for node in module.every(Class)),
            *_tables(program, module),
        ]
        by_class = {name: draft for name, draft in found if draft is not None}
        _module_indexes(program, module, by_class)
        yield from by_class.values()


def _declares(module: Module) -> bool:
    """Whether it declares tables without naming the library: its column types may come from a module of its own."""
    return b"__tablename__" in module.source or b".Column(" in module.source


def _mapped(program: Program, module: Module, declared: Class) -> tuple[str, Draft | None]:
    """Return the class's name and its table, None where it is no mapped class."""
    reader = Reader(program, module, program.scope(module))
    name = _table_name(reader, declared)
    if not name:
        return declared.name, None
    draft = Draft(name, "sqlalchemy", module.place(declared))
    for owner, body in _bodies(program, module, declared):
        _fields(Reader(program, owner, program.scope(owner)), draft, body, bare=_is_table(declared))
    return (declared.name, draft) if draft.columns else (declared.name, None)


def _table_name(reader: Reader, declared: Class) -> str:
    for statement in declared.body:
        match statement:
            case Assign(targets=(Name(id="__tablename__"),), value=value):
                return reader.text(value)
            case Assign(targets=(Name(id="__abstract__"),)):
                return ""
    if _is_table(declared):
        return declared.name.lower()  # SQLModel's own rule
    declares = any(
        isinstance(part, Assign) and reader.called(part.value) in {"Column", "mapped_column"} for part in declared.body
    )
    based = any(reader.module.text(base).endswith((".Model", "Base")) for base in declared.bases)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", declared.name).lower() if declares and based else ""


def _is_table(declared: Class) -> bool:
    """Whether it is a table of SQLModel: `class Hero(SQLModel, table=True)`."""
    return any(
        key == "table" and isinstance(value, Literal) and value.value is True for key, value in declared.keywords
    )


def _bodies(program: Program, module: Module, declared: Class) -> Iterator[tuple[Module, tuple[Stmt, ...]]]:
    """Give the class's body, then those of its bases in this code base, each once."""
    queue, seen = [(module, declared)], {declared}
    while queue and len(seen) < _MAX_BASES:
        owner, current = queue.pop(0)
        yield owner, current.body
        for base in current.bases:
            found = program.definition(program.scope(owner), base)
            if found is not None and isinstance(found.node, Class) and found.node not in seen:
                seen.add(found.node)
                queue.append((found.module, found.node))


def _fields(reader: Reader, draft: Draft, body: tuple[Stmt, ...], *, bare: bool) -> None:
    """Add what a class's body declares; ``bare`` says that a plain annotation is a column too, as in SQLModel."""
    for statement in body:
        match statement:
            case Assign(targets=(Name(id="__table_args__"),), value=value) if value is not None:
                for call in reader.constraints_in(value):
                    reader.constraint(draft, call)
            case Assign(targets=(Name(id=name),), value=Call() as call):
                if reader.called(call) in {"Column", "mapped_column", "Field"}:
                    reader.column(draft, call, name, nullable=_nullable(reader, statement.annotation, call))
                elif reader.called(call) in {"Index", "UniqueConstraint"}:
                    reader.constraint(draft, call)
            case Assign(targets=(Name(id=name),), value=None, annotation=annotation) if annotation is not None:
                _annotated(reader, draft, name, annotation, bare=bare)
            case Define(function=Function(name=name, body=(*_, Return(value=Call() as call)))) if reader.called(
                call
            ) in {
                "Column",
                "mapped_column",
            }:  # a `declared_attr` of a mixin
                reader.column(draft, call, name)
            case Define(function=function) if function.name == "__table_args__":
                for node in walk(*function.body):
                    if isinstance(node, Call):
                        reader.constraint(draft, node)


def _annotated(reader: Reader, draft: Draft, name: str, annotation: Expr, *, bare: bool) -> None:
    """Add the column of `name: Mapped[X]`; where X is `Annotated[…, mapped_column(…)]`, what that call declares."""
    match annotation:
        case Subscript(value=Name(id="Mapped") | Attribute(name="Mapped"), index=kind):
            if (call := reader.declared_by(kind)) is not None:
                reader.column(draft, call, name, nullable="None" in reader.module.text(kind))
            else:
                _plain(reader, draft, name, kind)
        case _ if bare and reader.module.text(annotation).partition("[")[0].rpartition(".")[2] != "ClassVar":
            _plain(reader, draft, name, annotation)


def _plain(reader: Reader, draft: Draft, name: str, kind: Expr) -> None:
    text = reader.module.text(kind)
    draft.add_column(Column(name, text, "None" in text or "Optional" in text, reader.module.place(kind)))


def _nullable(reader: Reader, annotation: Expr | None, call: Call) -> bool:
    """Whether the annotation lets the column be null; without one, SQLAlchemy does."""
    if annotation is None or reader.called(call) == "Column":
        return True
    inner = (
        annotation.index
        if isinstance(annotation, Subscript) and reader.module.text(annotation).startswith("Mapped")
        else annotation
    )
    text = reader.module.text(inner)
    return "None" in text or text.startswith("Optional")


def _tables(program: Program, module: Module) -> Iterator[tuple[str, Draft | None]]:
    """Give the tables of `name = Table("name", metadata, Column(...), ...)`."""
    reader = Reader(program, module, program.scope(module))
    for node in module.every(Assign):
        match node:
            case Assign(targets=(Name(id=variable),), value=Call() as call) if (
                reader.called(call) == "Table" and len(call.args) > 2
            ):
                if name := reader.text(call.args[0]):
                    yield variable, table(reader, Draft(name, "sqlalchemy", module.place(call)), call.args[2:])


def table(reader: Reader, draft: Draft, parts: tuple[Expr, ...]) -> Draft:
    """Fill a draft from the columns and constraints of a `Table` or `create_table` call."""
    for part in parts:
        if reader.called(part) == "Column" and isinstance(part, Call):
            reader.column(draft, part, "")
        elif isinstance(part, Call):
            reader.constraint(draft, part)
    return draft


def _module_indexes(program: Program, module: Module, by_class: dict[str, Draft]) -> None:
    """Add the indexes that stand beside the classes: `Index("name", Post.author_id)`."""
    reader = Reader(program, module, program.scope(module))
    for statement in module.body:
        match statement:
            case Evaluate(value=Call() as call) | Assign(value=Call() as call) if reader.called(call) == "Index":
                owners = [reader.module.text(arg).split(".")[0] for arg in call.args[1:]]
                if owners and owners[0] in by_class:
                    reader.constraint(by_class[owners[0]], call)
