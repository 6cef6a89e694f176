"""Follows functions of this code base: what a call of one gives, shows and hands on, each question once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.flow import sinks
from backcheck.flow.arguments import Arguments, bind
from backcheck.flow.frame import Frame, path_of
from backcheck.flow.sighting import Sightings
from backcheck.flow.targets import Targets
from backcheck.flow.value import NOTHING, Value, derived, join, stepped
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.flow.flow import Flow
    from backcheck.flow.frame import Environment
    from backcheck.flow.hooks import Hooks
    from backcheck.flow.members import ClassReference, Closure
    from backcheck.flow.sighting import Sighting
    from backcheck.flow.tables import Tables
    from backcheck.program import Module, Program, Scope

MAX_CALLS = 14
"""Calls within calls that are followed."""
_MAX_STEPS = 30_000
"""Calls and statements that are followed from one entry."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What one call of a function did, for these arguments."""

    result: Value
    shown: dict[str, Value]
    """What the function's tests have shown of its parameters wherever it ends normally."""
    bound: Value | None
    forwarded: tuple[Sighting, ...]


class Functions(Targets):
    """Follows functions. Their statements are a subclass's."""

    def __init__(self, program: Program, tables: Tables, hooks: Hooks) -> None:
        super().__init__(program, tables)
        self.hooks = hooks
        self.sightings = Sightings()
        self.steps = 0
        self._homes: dict[int, tuple[Scope, str]] = {}
        self._indexed: set[str] = set()
        self._owners: dict[int, ClassReference] = {}
        self._summaries: dict[object, Summary] = {}
        self.active: set[int] = set()
        """Functions at work, by identity: one that calls itself is not followed again."""
        self.visited: set[int] = set()
        """Functions that were followed, by identity."""

    def execute(self, body: tuple[form.Stmt, ...], frame: Frame) -> bool:
        """Run statements; whether their end is reached."""
        raise NotImplementedError

    def run(self, function: form.Function, module: Module, values: dict[str, Value], *, result: str = "") -> Value:
        """Follow a function that nobody of this code base calls, and return its result, or one of its variables."""
        raise NotImplementedError

    # Where functions stand

    def home(self, function: form.Function, module: Module) -> tuple[Scope, str]:
        """Return a function's own scope and qualified name."""
        if module.path not in self._indexed:
            self._indexed.add(module.path)
            for each, scope, name in self.program.functions(module):
                self._homes[id(each)] = scope, name
            self._own_methods(module)
        return self._homes.get(id(function)) or (self.program.scope(module, function), function.name)

    def _own_methods(self, module: Module) -> None:
        scope = self.program.scope(module)
        for node in module.body:
            if isinstance(node, form.Class):
                reference = self.class_reference(node, module, scope)
                for part in node.body:
                    if isinstance(part, form.Define):
                        self._owners[id(part.function)] = reference

    def owner(self, function: form.Function, module: Module) -> ClassReference | None:
        """Return the class whose method this is."""
        self.home(function, module)
        return self._owners.get(id(function))

    def scope_of(self, function: form.Function, module: Module) -> Scope:
        """Return a function's own scope."""
        return self.home(function, module)[0]

    @property
    def exhausted(self) -> bool:
        """Whether this entry has used up its share of work."""
        return self.steps > _MAX_STEPS

    # Calls

    def invoke(self, closure: Closure, arguments: Arguments, frame: Frame, node: form.Call | None) -> Value:
        """Follow a call of a function of this code base."""
        function = closure.function
        self.visited.add(id(function))
        if frame.depth >= MAX_CALLS or id(function) in self.active:
            return derived(*arguments)
        scope, name = self.home(function, closure.module)
        inner = Frame(closure.module, scope, name, function, {}, closure.outer, frame.depth + 1)
        defaults = self.defaults(function, inner)
        inner.env, expressions, patterns = bind(function, arguments, closure.bound, defaults)
        if closure.bound is not None and "self" not in inner.env:
            inner.env["this"] = closure.bound
        for pattern, value in patterns:
            self.assign(pattern, value, inner)
        summary = self.summary(closure, inner)
        for sighting in summary.forwarded:
            self._forward(sighting, expressions.get(sighting.parameter), frame, node)
        for parameter, value in summary.shown.items():
            path = path_of(expressions[parameter]) if parameter in expressions else None
            if path is not None:
                frame.env[path] = value
        if summary.bound is not None and node is not None and isinstance(node.callee, form.Attribute):
            after = summary.bound
            self.update(node.callee.value, lambda old: after if old.kind == "instance" else old, frame)
        return stepped(summary.result, frame.module.place(node)) if node is not None else summary.result

    def summary(self, closure: Closure, inner: Frame) -> Summary:
        """Run a function whose frame holds its arguments."""
        function = closure.function
        key = (id(function), tuple(inner.env.items())) if closure.outer is None else None
        if key is not None and key in self._summaries:
            return self._summaries[key]
        entry = dict(inner.env)
        self.active.add(id(function))
        try:
            falls = self.execute(function.body, inner)
        finally:
            self.active.discard(id(function))
        if falls:
            inner.results.append(NOTHING)
            inner.exits.append(inner.env)
        results = [value for value in inner.results if value != NOTHING] or inner.results
        own = "self" if "self" in entry else "this"
        bound = join(*(env[own] for env in inner.exits if own in env)) if own in entry and inner.exits else None
        summary = Summary(
            join(*results) if results else NOTHING,
            dict(_shown(entry, inner)),
            bound if bound != entry.get(own) else None,
            tuple(inner.forwarded),
        )
        if key is not None:
            self._summaries[key] = summary
        return summary

    def _forward(self, sighting: Sighting, expr: form.Expr | None, frame: Frame, node: form.Call | None) -> None:
        if node is None or expr is None:
            self.sightings.add(sighting.flow)
            return
        flow = replace(
            sighting.flow,
            sink=frame.module.place(node),
            statement=sinks.statement(frame.module.text(expr)),
            function=frame.name,
        )
        self.sight(flow, expr, frame)

    def sight(self, flow: Flow, expr: form.Expr | None, frame: Frame) -> None:
        """Note a sink: it is the caller's where it takes one of this function's parameters as it came."""
        if frame.depth and frame.function is not None and isinstance(expr, form.Name):
            names = {parameter.name for parameter in frame.function.parameters}
            if expr.id in names and expr.id not in frame.changed:
                frame.forwarded.append(sinks.sighting(flow, expr.id))
                return
        self.sightings.add(flow)

    def defaults(self, function: form.Function, frame: Frame) -> dict[str, Value]:
        """Return the defaults of a function's parameters."""
        bare = Frame(frame.module, frame.scope, frame.name, outer=frame.outer)
        return {one.name: self.evaluate(one.default, bare) for one in function.parameters if one.default is not None}


def _shown(entry: Environment, frame: Frame) -> Iterator[tuple[str, Value]]:
    """Give the parameters that every normal end knows more of than the beginning did."""
    for name, before in entry.items():
        if frame.exits and name not in frame.changed and (before.taints or before.gaps) and not before.fields:
            after = join(*(env.get(name, before) for env in frame.exits))
            if not after.taints and not after.gaps and after != before:
                yield name, after
