"""Tables from Alembic migrations: the `upgrade` functions, replayed from the first revision to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import ForeignKey
from backcheck.extract.schema.columns import Reader
from backcheck.extract.schema.draft import folded
from backcheck.extract.schema.sql import Schema
from backcheck.extract.schema.sqlalchemy import table
from backcheck.program import Constant
from backcheck.program.form import Assign, Attribute, Call, Define, Name, Sequence, With, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.schema.draft import Draft
    from backcheck.program import Program
    from backcheck.program import Constant
from backcheck.program.form import Expr, Module


def drafts(program: Program, modules: tuple[Module, ...]) -> Iterator[Draft]:
    """Give the tables that the migrations leave behind; those of separate folders do not mix."""
    folders: dict[str, list[Module]] = {}
    for module in modules:
        if b"alembic" in module.source and b"def upgrade" in module.source:
            folders.setdefault(module.path.rpartition("/")[0], []).append(module)
    for migrations in folders.values():
        schema = Schema()
        for module in _in_order(program, migrations):
            for statement in module.body:
                if isinstance(statement, Define) and statement.function.name == "upgrade":
                    _Upgrade(program, module, schema).apply(statement)
        yield from schema.drafts.values()


def _in_order(program: Program, migrations: list[Module]) -> list[Module]:
    """Sort by `down_revision`; what hangs on nothing known comes in order of path."""
    named = {_constant(program, module, "revision"): module for module in migrations}
    depth: dict[str, int] = {}
    for name, module in named.items():
        count, current, seen = 0, module, {name}
        while (below := _constant(program, current, "down_revision")) in named and below not in seen:
            seen.add(below)
            current = named[below]
            count += 1
        depth[module.path] = count
    return sorted(migrations, key=lambda module: (depth.get(module.path, 0), module.path))


def _constant(program: Program, module: Module, name: str) -> str:
    for statement in module.body:
        match statement:
            case Assign(targets=(Name(id=target),), value=value) if target == name and value is not None:
                constant = program.constant(program.scope(module), value)
                return constant.value if isinstance(constant, Constant) and isinstance(constant.value, str) else ""
    return ""


class _Upgrade:
    """Applies the operations of one migration."""

    def __init__(self, program: Program, module: Module, schema: Schema) -> None:
        self._reader = Reader(program, module, program.scope(module))
        self._module = module
        self._schema = schema

    def apply(self, upgrade: Define) -> None:
        """Apply each `op.…` call in order; in a batch the table is the one that the batch is for."""
        batches: dict[str, str] = {}
        for node in walk(*upgrade.function.body):
            match node:
                case With(items=items):
                    batches |= self._batches(items)
                case Call(callee=Attribute(value=Name(id=owner), name=name)):
                    self._operation(node, name, batches.get(owner))

    def _batches(self, items: tuple[tuple[Expr, Expr | None], ...]) -> dict[str, str]:
        found = {}
        for context, target in items:
            match context, target:
                case Call(callee=Attribute(name="batch_alter_table"), args=(first, *_)), Name(id=local):
                    found[local] = self._reader.text(first)
        return found

    def _operation(self, call: Call, name: str, batch: str | None) -> None:
        args = list(call.args)
        options = dict(call.keywords)
        text = self._reader.text
        place = self._module.place(call)

        def take(keyword: str) -> Expr | None:
            return args.pop(0) if args else options.get(keyword)

        match name:
            case "create_table":
                self._schema.drafts.pop(folded(text(args[0])) if args else "", None)
                if args and (created := text(args[0])):
                    draft = self._schema.table(created, place)
                    table(self._reader, draft, tuple(args[1:]))
            case "drop_table" if args:
                self._schema.drafts.pop(folded(text(args[0])), None)
            case "add_column":
                target = batch if batch is not None else text(take("table_name"))
                if target and isinstance(column := take("column"), Call):
                    self._reader.column(self._schema.table(target, place), column, "")
            case "create_index" | "create_unique_constraint" | "create_primary_key":
                index = text(take("index_name" if name == "create_index" else "constraint_name"))
                target = batch if batch is not None else text(take("table_name"))
                columns = take("columns")
                if target and isinstance(columns, Sequence) and "postgresql_where" not in options:
                    names = [self._reader.column_name(item) for item in columns.items]
                    self._schema.table(target, place).add_index(names, place, index)
            case "create_foreign_key":
                take("constraint_name")
                target = batch if batch is not None else text(take("source_table"))
                other, columns = text(take("referent_table")), take("local_cols")
                if target and isinstance(columns, Sequence):
                    key = ForeignKey(target, tuple(map(text, columns.items)), other, place)
                    self._schema.table(target, place).add_key(key)
            case "drop_index" | "drop_constraint" if args:
                named = args[0].args[0] if isinstance(args[0], Call) and args[0].args else args[0]  # op.f("…")
                self._schema.drop_index(text(named))
            case "drop_column":
                target = batch if batch is not None else text(take("table_name"))
                self._drop_column(target, text(take("column_name")))
            case "execute" if args:
                written = args[0].args[0] if isinstance(args[0], Call) and args[0].args else args[0]  # sa.text("…")
                self._schema.replay(text(written), lambda _start, _end: place)

    def _drop_column(self, target: str, column: str) -> None:
        if draft := self._schema.drafts.get(folded(target)):
            name = folded(column)
            draft.columns.pop(name, None)
            draft.keys = {columns: key for columns, key in draft.keys.items() if name not in columns}
            draft.indexes = [index for index in draft.indexes if name not in map(folded, index.columns)]
