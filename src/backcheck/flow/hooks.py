"""Models that hash a password themselves: save hooks, column setters, property setters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from backcheck.flow.frame import path_of
from backcheck.flow.owners import NAMING, Owners
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Backend
    from backcheck.findings import Place
    from backcheck.flow.tables import Tables
    from backcheck.program import Module, Program, Scope

_HOOKS = frozenset(
    {
        "pre", "beforeCreate", "beforeSave", "beforeUpdate", "beforeUpsert", "beforeBulkCreate", "addHook", "listens_for", "BeforeInsert", "BeforeUpdate",
        "BeforeCreate", "BeforeSave", "BeforeUpsert", "BeforeBulkCreate", "validates", "setter", "set", "$beforeInsert", "$beforeUpdate", "pre_save", "before_insert", "hashPassword",
    }
)  # fmt: skip
_WORDS = re.compile(
    rb"\bpre\s*[(<]|before[A-Z_]|Before[A-Z]|addHook|listens_for|\.setter|validates|\bset\s*[(:]|pre_save"
)


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook that changes a password before it is stored."""

    state: str
    """As `Tables.hash_state` says it."""
    place: Place


class Hooks:
    """The models of a code base, by name, with what they do to a password."""

    def __init__(self, program: Program, backend: Backend, tables: Tables) -> None:
        self._program = program
        self._tables = tables
        self._hooks: dict[str, Hook] = {}
        self.found: list[tuple[Hook, str]] = []
        """Every hook that handles a password, with the beginning of its text."""
        self._models: set[str] = {_plain(table.name) for table in backend.tables}
        self.columns = frozenset(column.name for table in backend.tables for column in table.columns)
        """The names of all columns of all tables."""
        self._with_password = {
            _plain(table.name)
            for table in backend.tables
            if any(
                "password" in column.name.casefold() or column.name.casefold() in {"pwd", "passwd"}
                for column in table.columns
            )
        }
        for module in program.modules.values():
            names = set(_model_names(module))
            self._models |= names
            if names and module.language != "python" and _declares_password(module):
                self._with_password |= names
            if _WORDS.search(module.source):
                self._read(module, names)

    def of(self, model: str) -> Hook | None:
        """Return the hook of the model that goes by this name, or a variable named after it."""
        return self._hooks.get(_plain(model))

    def is_model(self, name: str) -> bool:
        """Whether a model of this name is defined."""
        return _plain(name) in self._models

    def has_password(self, name: str) -> bool:
        """Whether the table of this model has a column for a password."""
        return _plain(name) in self._with_password or _plain(name) in self._hooks

    def is_entity(self, node: form.Class) -> bool:
        """Whether decorators make this class a table."""
        decorators = [one.callee if isinstance(one, form.Call) else one for one in node.decorators]
        return any(
            (path_of(one) or "").split(".")[-1] in {"Entity", "Table", "Schema", "ViewEntity"} for one in decorators
        )

    def _read(self, module: Module, names: set[str]) -> None:
        file = _plain(PurePosixPath(module.path).name.split(".")[0])
        owners = Owners(module)
        homes = {id(function): scope for function, scope, _ in self._program.functions(module)}
        for function, receiver in _hooked(module):
            state = self._state(function, module, homes, 2)
            if state and b"assword" in module.source[slice(*function.at)]:
                self.found.append((Hook(state, module.place(function)), " ".join(module.text(function).split())[:120]))
            if not state:
                continue
            own, others = (frozenset(map(_plain, each)) for each in owners.of(function, receiver))
            for name in {file, *(own or names)} - (others - own) - {""}:
                self._hooks.setdefault(name, Hook(state, module.place(function)))

    def _state(self, function: form.Function, module: Module, homes: dict[int, Scope], depth: int) -> str:
        scope = homes.get(id(function)) or self._program.scope(module)
        for node in form.walk(*function.body):
            if isinstance(node, form.Function) and id(node) in homes:
                continue
            if not isinstance(node, form.Call):
                continue
            name = node.callee.name if isinstance(node.callee, form.Attribute) else getattr(node.callee, "id", "")
            found = self._program.definition(scope, node.callee) if depth else None
            if found is not None and isinstance(found.node, form.Function):
                inner = {id(each): where for each, where, _ in self._program.functions(found.module)}
                state = self._state(found.node, found.module, inner, depth - 1)
            else:
                state = self._tables.hash_state(self._program.symbol(scope, node.callee), name)
            if state:
                return state
        return ""


def _declares_password(module: Module) -> bool:
    """Whether an object in the module has a member named as a password is: a column of a schema."""
    return b"assword" in module.source and any(
        isinstance(key, form.Literal)
        and key.value in {"password", "passwordHash", "hashedPassword"}
        and isinstance(value, form.Mapping | form.Name | form.Attribute)
        for node in module.nodes
        if isinstance(node, form.Mapping)
        for key, value in node.entries
    )


def _hooked(module: Module) -> Iterator[tuple[form.Function, form.Expr | None]]:
    """Give the functions that are hooks, each with what it is registered on, if that is said."""
    named = {node.name: node for node in module.nodes if isinstance(node, form.Function) and node.name}
    bound: set[int] = set()
    loose: list[tuple[form.Function, form.Expr | None]] = []
    for node in module.nodes:
        match node:
            case form.Call(callee=form.Attribute(value=receiver, name=name), args=args) if name in _HOOKS:
                for function in _functions(args, named):
                    bound.add(id(function))
                    yield function, receiver
            case form.Mapping(entries=entries):
                for key, value in entries:
                    if isinstance(key, form.Literal) and key.value in _HOOKS:
                        items = value.items if isinstance(value, form.Sequence) else (value,)
                        yield from ((one, None) for one in items if isinstance(one, form.Function))
            case form.Function(decorators=decorators, name=name) if name in _HOOKS or any(
                _decorator(one) in _HOOKS for one in decorators
            ):
                loose.append((node, _listened(decorators)))
    yield from (each for each in loose if id(each[0]) not in bound)


def _functions(args: tuple[form.Expr, ...], named: dict[str, form.Function]) -> Iterator[form.Function]:
    """Give the functions among arguments, also those of the file that are given by name."""
    for arg in args:
        function = named.get(arg.id) if isinstance(arg, form.Name) else arg
        if isinstance(function, form.Function):
            yield function


def _listened(decorators: tuple[form.Expr, ...]) -> form.Expr | None:
    """Return what `@event.listens_for(User.password, "set")` listens to."""
    return next(
        (
            one.args[0]
            for one in decorators
            if isinstance(one, form.Call) and one.args and _decorator(one) == "listens_for"
        ),
        None,
    )


def _decorator(expr: form.Expr) -> str:
    if isinstance(expr, form.Call):
        expr = expr.callee
    return (path_of(expr) or "").split(".")[-1]


def _model_names(module: Module) -> Iterator[str]:
    for node in module.nodes if module.language != "python" else module.body:
        match node:
            case form.Class(name=name):
                yield _plain(name)
            case form.Call(callee=form.Attribute(name=name) | form.Name(id=name), args=args) if name in NAMING:
                yield from (
                    _plain(one.value)
                    for one in args[:1]
                    if isinstance(one, form.Literal) and isinstance(one.value, str)
                )


def _plain(name: str) -> str:
    """Fold `UserModel`, `users`, `new_user` and `User` into one name."""
    folded = re.sub(r"[^a-z]", "", name.casefold())
    folded = folded.removesuffix("model").removesuffix("schema").removesuffix("repository").removesuffix("entity")
    folded = folded.removeprefix("new").removeprefix("db").removeprefix("current").removeprefix("this")
    return folded.removesuffix("s") or folded
