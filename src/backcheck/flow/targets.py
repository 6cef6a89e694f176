"""Binds the targets of assignments: names, members, keys and patterns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.flow.expressions import Expressions
from backcheck.flow.frame import Frame, path_of
from backcheck.flow.value import (
    NOTHING,
    Value,
    derived,
    element,
    flat,
    join,
    sequence,
    stepped,
    with_part,
    with_some_part,
)
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.flow.value import Key


class Targets(Expressions):
    """Evaluates expressions and binds what they are assigned to."""

    def assign(self, target: form.Expr, value: Value, frame: Frame) -> None:
        """Bind a target (name, member, key or pattern) to a value."""
        match target:
            case form.Name(id=name):
                frame.write(name, stepped(value, frame.module.place(target)))
            case form.Attribute(value=base, name=key):
                self._store(base, key, value, frame)
            case form.Subscript(value=base, index=index):
                key_value = self.evaluate(index, frame)
                if key_value.is_constant and isinstance(key_value.constant, str | int):
                    self._store(base, key_value.constant, value, frame)
                else:
                    self.update(base, lambda old: with_some_part(old, join(value, flat(key_value))), frame)
            case form.Sequence(items=items):
                for position, item in enumerate(items):
                    if isinstance(item, form.Spread):
                        self.assign(item.value, sequence([], element(value)), frame)
                    else:
                        self.assign(item, self.part(value, position, item, frame), frame)
            case form.Mapping(entries=entries):
                self._take_apart(entries, value, frame)
            case form.Opaque(kind="default", children=(inner, default)):
                taken = value if value != NOTHING else self.evaluate(default, frame)
                if value.taints or value.gaps:
                    taken = join(value, self.evaluate(default, frame))
                self.assign(inner, taken, frame)
            case form.Spread(value=inner):
                self.assign(inner, value, frame)

    def _take_apart(self, entries: tuple[tuple[form.Expr | None, form.Expr], ...], value: Value, frame: Frame) -> None:
        taken: set[Key] = set()
        for key, target in entries:
            if key is None:
                kept = tuple((name, part) for name, part in value.fields if name not in taken)
                gone = tuple((name, NOTHING) for name in taken if value.taints)  # known not to be in the rest
                self.assign(target, replace(value, fields=(*kept, *gone)), frame)
                continue
            name = self.evaluate(key, frame)
            if name.is_constant and isinstance(name.constant, str | int):
                taken.add(name.constant)
                self.assign(target, self.part(value, name.constant, target, frame), frame)
            else:
                self.assign(target, derived(value), frame)

    def _store(self, base: form.Expr, key: Key, value: Value, frame: Frame) -> None:
        def stored(old: Value) -> Value:
            return with_part(old, key, value) if old.kind != "request" else old

        self.update(base, stored, frame)
        path = path_of(base)
        if path is not None:
            frame.env.pop(f"{path}.{key}", None)
            if frame.read(path.split(".")[0]) is None or self.evaluate(base, frame).kind == "request":
                frame.env[f"{path}.{key}"] = value

    def update(self, expr: form.Expr, change: Callable[[Value], Value], frame: Frame) -> None:
        """Change the value that a name or member holds."""
        match expr:
            case form.Name(id=name):
                held = frame.holder(name)
                if held is not None:
                    held.env[name] = change(held.env[name])
            case form.Attribute(value=base, name=key):
                old = self.evaluate(expr, frame)
                if old.kind != "request":
                    self._store(base, key, change(old), frame)
            case form.Subscript(value=base, index=form.Literal(value=str() | int() as key)):
                self._store(base, key, change(self.evaluate(expr, frame)), frame)
