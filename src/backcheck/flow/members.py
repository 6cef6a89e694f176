"""What names, members and keys hold: of frames, of modules, of containers, of requests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.flow.frame import Frame, path_of
from backcheck.flow.value import CLEAN, NOTHING, Taint, Value, derived, join, retain, stepped, unknown
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.tables import Tables
    from backcheck.flow.value import Key
    from backcheck.program import Definition, Module, Program, Scope

_CLEAN_ATTRIBUTES = frozenset({"length", "size", "__tablename__", "__table__", "rowCount", "rowcount", "lastrowid"})


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function with the frame in which it was made."""

    function: form.Function
    module: Module
    outer: Frame | None = None
    bound: Value | None = None
    """The instance of a bound method."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassReference:
    """A class of this code base."""

    node: form.Class
    module: Module
    scope: Scope


class Members:
    """Looks up names and parts. Evaluation is a subclass's."""

    def __init__(self, program: Program, tables: Tables) -> None:
        self.program = program
        self.tables = tables
        self._nested = 0
        self._globals: dict[tuple[int, str], Value] = {}
        self._classes: dict[int, ClassReference] = {}

    def call(self, node: form.Call, frame: Frame) -> Value:
        """Evaluate a call."""
        raise NotImplementedError

    def scope_of(self, function: form.Function, module: Module) -> Scope:
        """Return a function's own scope."""
        raise NotImplementedError

    def part_of_instance(self, value: Value, name: str) -> Value | None:
        """Return an attribute that a class declares, or a bound method."""
        raise NotImplementedError

    def evaluate(self, expr: form.Expr | None, frame: Frame) -> Value:
        """Return the abstract value of an expression; absent ones are nothing."""
        raise NotImplementedError

    # Names

    def name(self, expr: form.Name, frame: Frame) -> Value:
        """Return the value of a name."""
        known = frame.read(expr.id)
        return known if known is not None else self.named_outside(expr, frame.scope, frame)

    def named_outside(self, expr: form.Name, scope: Scope, frame: Frame) -> Value:
        """Return the value of a name that no frame holds: of a module, or of a library."""
        key = (id(scope), expr.id)
        if key not in self._globals:
            # A name that is defined by means of itself ends here.
            self._globals[key] = unknown(f"`{expr.id}` is defined by means of itself", frame.module.place(expr))
            self._globals[key] = self._outside(expr, scope, frame)
        return self._globals[key]

    def _outside(self, expr: form.Name, scope: Scope, frame: Frame) -> Value:
        found = self.program.definition(scope, expr)
        if found is not None and found.node is not expr:
            return self.defined(found)
        symbol = self.program.symbol(scope, expr)
        if symbol is not None and (request := self.tables.request(symbol)) is not None:
            return Value(kind="request", ref=request)
        if symbol is not None and self.tables.is_clean(symbol):
            return CLEAN
        if symbol is not None and self.tables.is_builder(symbol, ""):
            return Value(kind="builder")
        return replace(unknown(f"`{expr.id}` is not of this code base", frame.module.place(expr)), kind="foreign")

    def defined(self, found: Definition) -> Value:
        """Return the value of a definition: a function, a class or the expression that a name is bound to."""
        match found.node:
            case form.Function() as function:
                return Value(kind="function", ref=Closure(function, found.module))
            case form.Class() as node:
                return Value(kind="class", ref=self.class_reference(node, found.module, found.scope))
            case node:
                return self.evaluate(node, Frame(found.module, found.scope, ""))

    def class_reference(self, node: form.Class, module: Module, scope: Scope) -> ClassReference:
        """Return the one reference of a class."""
        if id(node) not in self._classes:
            self._classes[id(node)] = ClassReference(node, module, scope)
        return self._classes[id(node)]

    # Members and keys

    def member(self, expr: form.Attribute | form.Subscript, frame: Frame) -> Value:
        """Return the value of `a.b` or `a[b]`."""
        path = path_of(expr)
        if path is not None:
            refined = frame.read(path)
            if refined is not None:
                return refined
            if isinstance(expr, form.Attribute) and frame.holder(path.split(".")[0]) is None:
                found = self.program.definition(frame.scope, expr)
                if found is not None and found.node is not expr:
                    return self.defined(found)
        base = self.evaluate(expr.value, frame)
        if isinstance(expr, form.Attribute):
            return self.part(base, expr.name, expr, frame)
        index = self.evaluate(expr.index, frame)
        if index.constants is not None:
            return join(*(self.part(base, one, expr, frame) for one in index.constants if isinstance(one, str | int)))
        if isinstance(expr.index, form.Opaque):  # a slice
            return replace(derived(base), head="")
        if base.kind in {"dict", "model", "list", "class"} and not base.taints:
            return self._some_part(base)
        return derived(base)

    def _some_part(self, base: Value) -> Value:
        """Return what a key that is not known may read: an allow-list maps it to one of its own values."""
        if isinstance(base.ref, ClassReference):
            return self.part_of_instance(base, "value") or CLEAN
        parts = list(base.parts())
        own = [unknown(gap.why, gap.place) for gap in base.gaps]
        return join(*parts, *own)

    def part(self, base: Value, key: Key, expr: form.Expr, frame: Frame) -> Value:
        """Return the part of a value under a constant key."""
        place = frame.module.place(expr)
        if base.kind == "request":
            return self.tables.read_request(base.ref, str(key), place)
        if base.kind == "builder":
            return base
        known = base.get(key)
        if known is not None:
            return known
        if base.kind in {"instance", "class", "model"} and isinstance(key, str):
            declared = self.part_of_instance(base, key)
            if declared is not None:
                return declared
        if key in _CLEAN_ATTRIBUTES:
            return CLEAN
        parts = [] if base.rest is None else [renamed(base.rest, key)]
        if base.kind == "list" and ((isinstance(key, int) and key < 0) or not base.fields) and not parts:
            parts = list(base.parts())
        if base.taints:
            entering = tuple(Taint(taint.source, str(key), taint.state, taint.steps) for taint in base.taints)
            parts.append(stepped(Value(taints=entering), place))
        if base.gaps:
            parts.append(Value(gaps=base.gaps, kind="foreign" if base.kind == "foreign" else ""))
        if parts:
            return join(*parts)
        if base.kind in {"dict", "list"} or base == NOTHING:
            return NOTHING
        if base.kind in {"instance", "class", "function"}:
            return unknown(f"`{frame.module.text(expr)[:80]}` could not be followed", place)
        return CLEAN


def renamed(value: Value, key: Key) -> Value:
    """Return what `{...body}` holds under this key: it goes by the key's name, not by the body's."""
    return retain(value, lambda taint: replace(taint, name=key)) if isinstance(key, str) and value.kind == "" else value
