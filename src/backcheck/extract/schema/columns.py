"""Column, key and constraint calls of SQLAlchemy and SQLModel, the same in models, `Table(...)` and Alembic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Column, ForeignKey
from backcheck.program import Constant
from backcheck.program.form import Attribute, Call, Class, Function, Literal, Name, Sequence, Subscript, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.schema.draft import Draft
    from backcheck.program import Program, Scope
    from backcheck.program.form import Expr, Module

_LIBRARIES = ("sqlalchemy.", "sqlmodel.", "flask_sqlalchemy.", "alembic.")


class Reader:
    """Reads the declarations of one module in one scope."""

    def __init__(self, program: Program, module: Module, scope: Scope) -> None:
        """Resolve names in `scope`."""
        self._program = program
        self.module = module
        self._scope = scope

    def called(self, expr: Expr | None) -> str:
        """Return what a call makes: `Column`, `ForeignKey`, `Index` …; empty where it is nothing of SQLAlchemy.

        Where the callee cannot be known (`db.Column` of an extension object) its last name is taken for what it says.
        """
        if not isinstance(expr, Call):
            return ""
        symbol = self._program.symbol(self._scope, expr.callee)
        if symbol is not None and ".py:" not in symbol:
            return symbol.rpartition(".")[2] if symbol.startswith(_LIBRARIES) else ""
        match expr.callee:
            case Attribute(name=name) | Name(id=name):
                return name
        return ""

    def text(self, expr: Expr | None) -> str:
        """Return the string that an expression is, folded; empty where it is none."""
        if expr is None:
            return ""
        constant = self._program.constant(self._scope, expr)
        return constant.value if isinstance(constant, Constant) and isinstance(constant.value, str) else ""

    def column(self, draft: Draft, call: Call, fallback: str, *, nullable: bool = True) -> None:
        """Add the column that a `Column`, `mapped_column` or `Field` call declares, with its key and index."""
        name = next((self.text(arg) for arg in call.args[:1] if isinstance(arg, Literal)), "") or fallback
        options = dict(call.keywords)
        if "sa_column" in options and isinstance(inner := options["sa_column"], Call):
            self.column(draft, inner, fallback, nullable=nullable)
            return
        name = self.text(options.get("name")) or name
        place = self.module.place(call)
        primary = _true(options.get("primary_key"))
        kinds = [
            arg
            for arg in call.args
            if not isinstance(arg, Literal) and self.called(arg) not in {"ForeignKey", "Identity"}
        ]
        if "nullable" in options:
            nullable = _true(options["nullable"])
        kind = self.module.text(kinds[0]) if kinds and not isinstance(kinds[0], Sequence) else ""
        draft.add_column(Column(name, kind, nullable and not primary, place))
        if primary:
            draft.add_primary(name, place)
        if _true(options.get("unique")) or _true(options.get("index")):
            draft.add_index([name], place)
        target = self.text(options.get("foreign_key")) or next(self._targets((*call.args, *options.values())), None)
        if target is not None:
            draft.add_key(ForeignKey(draft.name, (name,), target.rpartition(".")[0].rpartition(".")[2], place))

    def declared_by(self, kind: Expr) -> Call | None:
        """Return the `mapped_column` call in an annotation's type, or in the `Annotated` that it names; None without one."""
        definition = self._program.definition(self._scope, kind) if isinstance(kind, Name | Attribute) else None
        for node in walk(
            kind if definition is None or isinstance(definition.node, Class | Function) else definition.node
        ):
            if isinstance(node, Call) and self.called(node) == "mapped_column":
                return node
        return None

    def _targets(self, arguments: tuple[Expr, ...]) -> Iterator[str]:
        for argument in arguments:
            if isinstance(argument, Call) and self.called(argument) == "ForeignKey":
                yield next((self.text(target) or self._attribute(target) for target in argument.args), "")

    def _attribute(self, expr: Expr) -> str:
        match expr:
            case Attribute(value=Name(id=owner), name=name):
                return f"{owner.lower()}.{name}"
        return ""

    def constraint(self, draft: Draft, call: Call) -> None:
        """Add what an `Index`, `UniqueConstraint`, `PrimaryKeyConstraint` or `ForeignKeyConstraint` call declares."""
        place = self.module.place(call)
        match self.called(call):
            case "Index" if {"postgresql_where", "sqlite_where"} & dict(call.keywords).keys():
                return
            case "Index":
                draft.add_index(map(self.column_name, call.args[1:]), place, self.text(next(iter(call.args), None)))
            case "UniqueConstraint" | "PrimaryKeyConstraint":
                draft.add_index(map(self.column_name, call.args), place, self.text(dict(call.keywords).get("name")))
            case "ForeignKeyConstraint" if call.args and isinstance(own := call.args[0], Sequence):
                others = call.args[1].items if len(call.args) > 1 and isinstance(call.args[1], Sequence) else ()
                target = next(map(self.text, others), "").rpartition(".")[0].rpartition(".")[2]
                draft.add_key(ForeignKey(draft.name, tuple(map(self.column_name, own.items)), target, place))

    def column_name(self, expr: Expr) -> str:
        """Return the column that an argument names: `"a"`, `Post.a`, `a`, `links.c.a`, `desc(a)`; empty if an expression."""
        match expr:
            case Attribute(name=name) | Name(id=name):
                return name
            case Subscript(index=Literal(value=str(name))):
                return name
            case Call(callee=Attribute(value=value, name="desc" | "asc" | "nullslast" | "nullsfirst")):
                return self.column_name(value)
            case Call(args=(value,)) if self.called(expr) in {"desc", "asc", "text"}:
                return self.column_name(value).split(" ")[0]
        return self.text(expr).split(" ")[0]

    def constraints_in(self, expr: Expr) -> Iterator[Call]:
        """Give the constraint calls anywhere in an expression."""
        for node in walk(expr):
            if isinstance(node, Call) and self.called(node) in {
                "Index", "UniqueConstraint", "PrimaryKeyConstraint", "ForeignKeyConstraint",
            }:  # fmt: skip
                yield node


def _true(expr: Expr | None) -> bool:
    """Whether an option is given and not `False` or `None`."""
    return expr is not None and not (isinstance(expr, Literal) and not expr.value)
