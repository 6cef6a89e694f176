"""The frame of one function at work: its names, and what its tests have shown of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from backcheck.flow.value import Value, join
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.sighting import Sighting
    from backcheck.program import Module, Scope

Environment: TypeAlias = dict[str, Value]
"""Values by path: `name` for a variable, `name.key` for what a guard has shown of a part of it."""


@dataclass(slots=True)
class Frame:
    """One call of one function, or the top level of a module."""

    module: Module
    scope: Scope
    name: str
    """Qualified name of the function; empty at module level."""
    function: form.Function | None = None
    env: Environment = field(default_factory=dict)
    outer: Frame | None = None
    """The frame in which a closure was made."""
    depth: int = 0
    results: list[Value] = field(default_factory=list)
    exits: list[Environment] = field(default_factory=list)
    """The environment at each normal end."""
    changed: set[str] = field(default_factory=set)
    """Names that were assigned to: a parameter among them is no longer what the caller gave."""
    forwarded: list[Sighting] = field(default_factory=list)
    """Sinks that take one of this function's parameters as it came: they belong to the caller."""

    def read(self, path: str) -> Value | None:
        """Return the value of a name or refined path, here or in an outer frame."""
        frame: Frame | None = self
        while frame is not None:
            if path in frame.env:
                return frame.env[path]
            frame = frame.outer
        return None

    def holder(self, name: str) -> Frame | None:
        """Return the frame that has this name, if any."""
        frame: Frame | None = self
        while frame is not None and name not in frame.env:
            frame = frame.outer
        return frame

    def write(self, name: str, value: Value) -> None:
        """Set a variable here, or in the outer frame that has it; what was shown of its parts is forgotten."""
        own = name in self.env or (self.module.language == "python" and name in self.scope.bindings)
        home = self if own else self.holder(name) or self
        home.changed.add(name)
        if home is not self:
            value = join(home.env[name], value)
        forget(home.env, name)
        home.env[name] = value


def forget(env: Environment, name: str) -> None:
    """Drop what guards have shown of the parts of this name."""
    prefix = name + "."
    for path in [path for path in env if path.startswith(prefix)]:
        del env[path]


def merged(left: Environment | None, right: Environment | None) -> Environment | None:
    """Return the environment after two ways meet; None where neither gets there."""
    if left is None or right is None:
        return left if right is None else right
    result: Environment = {}
    for path in {**left, **right}:  # a set's order would change from run to run
        if path in left and path in right:
            result[path] = join(left[path], right[path])
        elif "." not in path:
            result[path] = left[path] if path in left else right[path]
    return result


def path_of(expr: form.Expr) -> str | None:
    """Return the path of a name, member or constant key; None for anything else."""
    links: list[str] = []
    while True:
        match expr:
            case form.Name():
                return ".".join([expr.id, *reversed(links)])
            case form.Attribute():
                links.append(expr.name)
                expr = expr.value
            case form.Subscript(index=form.Literal(value=str() | int() as key)):
                links.append(str(key))
                expr = expr.value
            case form.Call(callee=form.Attribute() as callee, args=(form.Literal(value=str() as key),)) if (
                callee.name in {"get", "getlist"}
            ):
                links.append(key)
                expr = callee.value
            case form.Await():
                expr = expr.value
            case _:
                return None


def last_name(callee: form.Expr) -> str:
    """Return the last name of what is called: `query` of `db.query`; empty where it has none."""
    match callee:
        case form.Attribute(name=name) | form.Name(id=name):
            return name
    return ""
