"""Which models of a file a hook belongs to: by the schema or model that it is called on, or the class it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Module

NAMING = frozenset({"model", "define", "init"})
"""Calls that make a model: `mongoose.model("User", schema)`, `sequelize.define("User", …)`, `User.init(…)`."""
_SCHEMAS = frozenset({"Schema", "createForClass", "createSchema"})


class Owners:
    """The models and schemas of one file, and which of them become one another."""

    def __init__(self, module: Module) -> None:
        self._declared: set[str] = set()
        self._becomes: dict[str, set[str]] = {}
        self._spans: list[tuple[tuple[int, int], str]] = []
        """What a hook may stand in, with its name."""
        for node in module.nodes:
            match node:
                case form.Class(name=name, bases=bases):
                    self._declare(name, node)
                    self._inherit(name, bases)
                case form.Call() if _called(node) in NAMING:
                    self._model(node)
                case form.Assign(targets=(form.Name(id=name),), value=value) if value is not None:
                    self._assigned(name, value, node)

    def of(self, function: form.Function, receiver: form.Expr | None) -> tuple[frozenset[str], frozenset[str]]:
        """Return the names that a hook's model goes by, and those of the file's other models.

        ``receiver`` is what the hook is registered on, if it is. Both are empty where its model is not found.
        """
        name = root(receiver) if receiver is not None else ""
        own = frozenset(self._reached(name if name in self._declared else self._around(function.at)))
        return (own, frozenset(self._declared - own)) if own & self._declared else (frozenset(), frozenset())

    def _declare(self, name: str, node: form.Node) -> None:
        self._declared.add(name)
        self._spans.append((node.at, name))

    def _link(self, name: str, other: str) -> None:
        self._becomes.setdefault(name, set()).add(other)

    def _inherit(self, name: str, bases: tuple[form.Expr, ...]) -> None:
        for base in bases:
            if isinstance(base, form.Name):
                self._link(base.id, name)

    def _model(self, call: form.Call) -> None:
        """Read a call that makes a model: of a schema, of options, of hooks that have names of their own."""
        first = call.args[0] if call.args else None
        if isinstance(first, form.Literal) and isinstance(first.value, str):
            name = first.value
        elif _called(call) == "init" and isinstance(call.callee, form.Attribute):
            name = root(call.callee.value)
        else:
            return
        self._declare(name, call)
        for part in _given(call):
            self._link(part, name)

    def _assigned(self, name: str, value: form.Expr, node: form.Assign) -> None:
        call = value.value if isinstance(value, form.Await) else value
        match call:
            case form.Mapping():
                self._spans.append((node.at, name))  # options: a model's, where a call is handed them
            case form.Call(args=args):
                if _called(call) in _SCHEMAS:
                    self._declare(name, node)
                    for part in args:
                        if isinstance(part, form.Name):
                            self._link(name, part.id)
                if _called(call) in NAMING and args and isinstance(args[0], form.Literal):
                    self._declared.add(name)
                    self._link(name, str(args[0].value))
                    self._link(str(args[0].value), name)

    def _around(self, at: tuple[int, int]) -> str:
        """Return the name of the smallest thing that this lies in."""
        around = [(end - start, name) for (start, end), name in self._spans if start <= at[0] and at[1] <= end]
        return min(around, default=(0, ""))[1]

    def _reached(self, name: str) -> set[str]:
        reached, queue = {name}, [name]
        while queue:
            further = self._becomes.get(queue.pop(), set()) - reached
            reached |= further
            queue.extend(further)
        return reached


def root(expr: form.Expr) -> str:
    """Return the name at the beginning of a chain: `schema` of `schema.virtual("password").set`."""
    while isinstance(expr, form.Attribute | form.Call):
        expr = expr.value if isinstance(expr, form.Attribute) else expr.callee
    return expr.id if isinstance(expr, form.Name) else ""


def _called(call: form.Call) -> str:
    match call.callee:
        case form.Attribute(name=name) | form.Name(id=name):
            return name
    return ""


def _given(call: form.Call) -> Iterator[str]:
    """Give the names that a call is handed: as arguments, or as members of an argument that is an object."""
    for arg in call.args:
        members = [value for _, value in arg.entries] if isinstance(arg, form.Mapping) else [arg]
        yield from (member.id for member in members if isinstance(member, form.Name))
