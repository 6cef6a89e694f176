"""Tables from Alembic migrations: the `upgrade` functions, replayed from the first revision to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import ForeignKey
from backcheck.extract.schema.columns import Reader
from backcheck.extract.schema.draft import folded
from backcheck.extract.schema.sql import Schema
from backcheck.extract.schema.sqlalchemy import table
from backcheck.program import Constant
from backcheck.program.form import Assign, Attribute, Call, Define, Function, Name, Sequence, With, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.schema.draft import Draft
    from backcheck.program import Program
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
                    _Upgrade(program, module, schema).apply(statement.function)
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
        self._functions = {part.function.name: part.function for part in module.body if isinstance(part, Define)}

    def apply(self, upgrade: Function, done: frozenset[str] = frozenset()) -> None:
        """Apply each `op.…` call in order, also those of the file's own functions; in a batch its table is the one meant."""
        batches: dict[str, str] = {}
        for node in walk(*upgrade.body):
            match node:
                case With(items=items):
                    batches |= self._batches(items)
                case Call(callee=Attribute(value=Name(id=owner), name=name)):
                    self._operation(node, name, batches.get(owner))
                case Call(callee=Name(id=name)) if name in self._functions and name not in done:
                    self.apply(self._functions[name], done | {name})

    def _batches(self, items: tuple[tuple[Expr, Expr | None], ...]) -> dict[str, str]:
        found = {}
        for context, target in items:
            match context, target:
                case Call(callee=Attribute(name="batch_alter_table"), args=(first, *_)), Name(id=local):
                    found[local] = self._reader.text(first)
        return found

    def _operation(self, call: Call, name: str, batch: str | None) -> None:
        arguments = _Arguments(call)
        match name:
            case "create_table":
                self._create_table(call, arguments)
            case "drop_table":
                self._schema.drafts.pop(folded(self._text(arguments.take("table_name"))), None)
            case "add_column" | "drop_column" | "create_index" | "create_unique_constraint" | "create_primary_key":
                index = ""
                if name.startswith("create"):
                    index = self._text(arguments.take("index_name" if name == "create_index" else "constraint_name"))
                target = batch if batch is not None else self._text(arguments.take("table_name"))
                if target:
                    self._change(call, name, target, index, arguments)
            case "create_foreign_key":
                self._create_foreign_key(call, batch, arguments)
            case "drop_index" | "drop_constraint":
                self._schema.drop_index(self._text(arguments.take("index_name")))
            case "execute":
                place = self._module.place(call)
                self._schema.replay(self._text(arguments.take("sqltext")), lambda _start, _end: place)

    def _text(self, expr: Expr | None) -> str:
        """Return a string, also inside `op.f("…")` and `sa.text("…")`."""
        return self._reader.text(expr.args[0] if isinstance(expr, Call) and expr.args else expr)

    def _create_table(self, call: Call, arguments: _Arguments) -> None:
        if name := self._text(arguments.take("table_name")):
            self._schema.drafts.pop(folded(name), None)
            table(self._reader, self._schema.table(name, self._module.place(call)), tuple(arguments.rest))

    def _change(self, call: Call, name: str, target: str, index: str, arguments: _Arguments) -> None:
        """Apply an operation on one table."""
        place = self._module.place(call)
        draft = self._schema.table(target, place)
        match name, arguments.take("columns" if name.startswith("create") else "column"):
            case "add_column", Call() as column:
                self._reader.column(draft, column, "")
            case "drop_column", column:
                draft.drop_column(self._text(column))
            case _, Sequence(items=items) if "postgresql_where" not in arguments.options:
                draft.add_index(map(self._reader.column_name, items), place, index)

    def _create_foreign_key(self, call: Call, batch: str | None, arguments: _Arguments) -> None:
        arguments.take("constraint_name")
        target = batch if batch is not None else self._text(arguments.take("source_table"))
        other = self._text(arguments.take("referent_table"))
        columns = arguments.take("local_cols")
        if target and isinstance(columns, Sequence):
            place = self._module.place(call)
            key = ForeignKey(target, tuple(map(self._text, columns.items)), other, place)
            self._schema.table(target, place).add_key(key)


class _Arguments:
    """The arguments of a call, taken in the order of its parameters."""

    def __init__(self, call: Call) -> None:
        self.rest = list(call.args)
        self.options = dict(call.keywords)

    def take(self, keyword: str) -> Expr | None:
        """Return the next positional argument, or the one that is given by this keyword."""
        return self.rest.pop(0) if self.rest else self.options.get(keyword)
