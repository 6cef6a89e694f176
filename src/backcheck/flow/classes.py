"""Follows classes of this code base: construction, inheritance, enumerations, members."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from backcheck.flow import passwords
from backcheck.flow.arguments import Arguments, bind
from backcheck.flow.frame import Frame, path_of
from backcheck.flow.functions import MAX_CALLS, Functions
from backcheck.flow.members import ClassReference, Closure
from backcheck.flow.value import CLEAN, Value, join, mapping, unknown, with_part
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.flow.hooks import Hooks
    from backcheck.flow.tables import Tables
    from backcheck.flow.value import Key
    from backcheck.program import Module, Program

_INHERITED = 6


class Classes(Functions):
    """Follows functions and classes."""

    def __init__(self, program: Program, tables: Tables, hooks: Hooks) -> None:
        super().__init__(program, tables, hooks)
        self._instances: dict[int, Value] = {}
        self._lineages: dict[form.Class, tuple[ClassReference, ...]] = {}

    def construct(self, target: ClassReference, arguments: Arguments, frame: Frame, node: form.Call) -> Value:
        """Make an instance of a class of this code base."""
        if self.is_enumeration(target):
            return CLEAN
        passwords.constructed(self, target, arguments, frame, node)
        instance = Value(kind="instance", ref=target)
        maker = self.method(target, "__init__") or self.method(target, "constructor")
        if maker is None:
            entries: dict[Key, Value] = {}
            entries.update(arguments.keywords.items())
            return replace(mapping(entries, arguments.others), kind="instance", ref=target)
        function, module = maker
        closure = Closure(function, module, None, instance)
        scope, name = self.home(function, module)
        inner = Frame(module, scope, name, function, {}, None, frame.depth + 1)
        if frame.depth >= MAX_CALLS or id(function) in self.active:
            return instance
        inner.env, _, patterns = bind(function, arguments, instance, self.defaults(function, inner))
        inner.env.setdefault("self" if module.language == "python" else "this", instance)
        for pattern, value in patterns:
            self.assign(pattern, value, inner)
        made = self.summary(closure, inner).bound
        return made if made is not None else instance

    def construct_base(self, arguments: Arguments, frame: Frame, node: form.Call) -> bool:
        """Run the constructor of the base class on the instance that is being made; whether there is one to run."""
        own = "self" if frame.module.language == "python" else "this"
        instance = frame.env.get(own)
        owner = self.owner(frame.function, frame.module) if frame.function is not None else None
        if instance is None or owner is None:
            return False
        base = next(islice(self.lineage(owner), 1, None), None)
        if base is None:
            return False
        made = self.construct(base, arguments, frame, node)
        for key, part in made.fields:
            instance = with_part(instance, key, part)
        frame.env[own] = instance
        return True

    def instance_of(self, target: ClassReference) -> Value:
        """Return an instance that somebody made with arguments that are not known."""
        if id(target.node) not in self._instances:
            self._instances[id(target.node)] = Value(kind="instance", ref=target)
            frame = Frame(target.module, target.scope, "", depth=1)
            maker = self.method(target, "__init__") or self.method(target, "constructor")
            if maker is not None:
                function, module = maker
                given = [self.parameter(one, module) for one in function.parameters if one.name != "self"]
                call = form.Call(form.Name(target.node.name, target.node.at), (), target.node.at)
                self._instances[id(target.node)] = self.construct(target, Arguments(given), frame, call)
        return self._instances[id(target.node)]

    def parameter(self, parameter: form.Parameter, module: Module) -> Value:
        """Return the value of a parameter that no known caller gives."""
        name = f"`{parameter.name}`" if parameter.name else "a parameter"
        return unknown(f"no route is known that gives {name}", module.place(parameter))

    def lineage(self, target: ClassReference) -> tuple[ClassReference, ...]:
        """Return the class and its bases of this code base, nearest first."""
        known = self._lineages.get(target.node)
        if known is None:
            known = self._lineages[target.node] = tuple(self._lineage(target, 0))
        return known

    def _lineage(self, target: ClassReference, depth: int) -> Iterator[ClassReference]:
        yield target
        for base in target.node.bases if depth < _INHERITED else ():
            found = self.program.definition(target.scope, base)
            if found is not None and isinstance(found.node, form.Class):
                yield from self._lineage(self.class_reference(found.node, found.module, found.scope), depth + 1)

    def method(self, target: ClassReference, name: str) -> tuple[form.Function, Module] | None:
        """Return a method of the class or its bases, and its module."""
        for each in self.lineage(target):
            for part in each.node.body:
                if isinstance(part, form.Define) and part.function.name == name:
                    return part.function, each.module
        return None

    def is_enumeration(self, target: ClassReference) -> bool:
        """Whether the class is an enumeration."""
        bases = [base for each in self.lineage(target) for base in each.node.bases]
        return any(
            (path_of(base) or "").split(".")[-1] in {"Enum", "IntEnum", "StrEnum", "IntFlag", "Flag"} for base in bases
        )

    def part_of_instance(self, value: Value, name: str) -> Value | None:
        """Return what a class declares under this name: a bound method, a property, a class variable."""
        if not isinstance(value.ref, ClassReference):
            return None
        target = value.ref
        if name in {"value", "name"} and self.is_enumeration(target):
            members = [
                part.value for part in target.node.body if isinstance(part, form.Assign) and part.value is not None
            ]
            return join(*(self.evaluate(one, Frame(target.module, target.scope, "")) for one in members))
        for each in self.lineage(target):
            for part in each.node.body:
                match part:
                    case form.Define(function=function) if function.name == name:
                        bound = value if value.kind != "class" else self.instance_of(target)
                        closure = Closure(function, each.module, None, bound)
                        if any(
                            path_of(one) in {"property", "cached_property", "functools.cached_property"}
                            for one in function.decorators
                        ):
                            return self.invoke(closure, Arguments([]), Frame(each.module, each.scope, ""), None)
                        return Value(kind="function", ref=closure)
                    case form.Assign(targets=(form.Name(id=held) | form.Attribute(name=held),), value=expr) if (
                        held == name and expr
                    ):
                        return self.evaluate(expr, Frame(each.module, each.scope, ""))
        return None
