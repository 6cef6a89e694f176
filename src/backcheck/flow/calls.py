"""Evaluates calls: into functions and classes of this code base, and into libraries by the tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.flow import methods, passwords, sinks
from backcheck.flow.arguments import Arguments, bind
from backcheck.flow.expressions import ClassReference, Closure, Expressions
from backcheck.flow.frame import Frame, last_name, path_of
from backcheck.flow.sighting import Sightings
from backcheck.flow.value import CLEAN, NOTHING, Taint, Value, derived, element, join, mapping, retain, stepped, unknown
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.flow.flow import Flow
    from backcheck.flow.frame import Environment
    from backcheck.flow.hooks import Hooks
    from backcheck.flow.sighting import Sighting
    from backcheck.flow.tables import Tables
    from backcheck.program import Module, Program, Scope

_MAX_CALLS = 14
"""Calls within calls that are followed."""
_MAX_STEPS = 30_000
"""Calls and statements that are followed from one entry."""
_INHERITED = 6


@dataclass(frozen=True, slots=True)
class _Summary:
    """What one call of a function did, for these arguments."""

    result: Value
    shown: dict[str, Value]
    """What the function's tests have shown of its parameters wherever it ends normally."""
    bound: Value | None
    forwarded: tuple[Sighting, ...]


class Calls(Expressions):
    """Follows calls. Statements are a subclass's: functions hold them."""

    def __init__(self, program: Program, tables: Tables, hooks: Hooks) -> None:
        super().__init__(program, tables)
        self.hooks = hooks
        self.sightings = Sightings()
        self.steps = 0
        self._homes: dict[int, tuple[Scope, str]] = {}
        self._indexed: set[str] = set()
        self._owners: dict[int, ClassReference] = {}
        self._summaries: dict[object, _Summary] = {}
        self._active: set[int] = set()
        self._instances: dict[int, Value] = {}
        self.visited: set[int] = set()
        """Functions that were followed, by identity."""

    def execute(self, body: tuple[form.Stmt, ...], frame: Frame) -> bool:
        """Run statements; whether their end is reached."""
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

    def call(self, node: form.Call, frame: Frame) -> Value:
        """Evaluate a call."""
        self.steps += 1
        if self.exhausted:
            return unknown("the code is too large to follow from one entry", frame.module.place(node))
        path = path_of(node)
        if path is not None and (shown := frame.read(path)) is not None:
            return shown
        if is_tagged(node):
            return sinks.tagged(self, node, frame)
        callee = node.callee
        receiver = self.evaluate(callee.value, frame) if isinstance(callee, form.Attribute) else None
        arguments = self.arguments(node, frame)
        target = self._target(callee, receiver, frame)
        match target:
            case Closure():
                return self.invoke(target, arguments, frame, node)
            case ClassReference():
                return self.construct(target, arguments, frame, node)
        return self._library(node, receiver, arguments, frame)

    def arguments(self, node: form.Call, frame: Frame) -> Arguments:
        """Evaluate the arguments of a call."""
        result = Arguments([], expressions=node.args)
        for index, expr in enumerate(node.args):
            value = self.evaluate(expr, frame)
            if not isinstance(expr, form.Spread):
                result.positional.append(value)
            elif value.kind == "list" and value.rest is None and not value.taints and not value.gaps:
                result.positional += [part for _, part in value.fields]
                result.expressions = node.args[:index]
            else:
                result.others = element(value)
                result.expressions = node.args[:index]
        for name, expr in node.keywords:
            value = self.evaluate(expr, frame)
            if name is not None:
                result.keywords[name] = value
                result.named_expressions[name] = expr
                continue
            for key, part in value.fields:
                result.keywords.setdefault(str(key), part)
            rest = [] if value.rest is None else [value.rest]
            if value.taints or value.gaps:
                rest.append(Value(taints=value.taints, gaps=value.gaps))
            if rest:
                result.others = join(*rest, *([] if result.others is None else [result.others]))
        return result

    def _target(self, callee: form.Expr, receiver: Value | None, frame: Frame) -> Closure | ClassReference | None:
        if isinstance(callee, form.Attribute) and receiver is not None:
            held = receiver.get(callee.name)
            if held is None and receiver.kind in {"instance", "class", "model"}:
                held = self.part_of_instance(receiver, callee.name)
            if held is not None and isinstance(held.ref, Closure | ClassReference):
                return held.ref
            if receiver.kind in {"request", "list", "dict", "model", "regex"} or receiver.taints:
                return None
        elif isinstance(callee, form.Name):
            held = frame.read(callee.id)
            if held is not None:
                return held.ref if isinstance(held.ref, Closure | ClassReference) else None
        else:
            held = self.evaluate(callee, frame)
            return held.ref if isinstance(held.ref, Closure | ClassReference) else None
        found = self.program.definition(frame.scope, callee)
        if found is None or found.node is callee:
            return None
        value = self.defined(found)
        return value.ref if isinstance(value.ref, Closure | ClassReference) else None

    def invoke(self, closure: Closure, arguments: Arguments, frame: Frame, node: form.Call | None) -> Value:
        """Follow a call of a function of this code base."""
        function = closure.function
        self.visited.add(id(function))
        if frame.depth >= _MAX_CALLS or id(function) in self._active:
            return derived(*arguments)
        scope, name = self.home(function, closure.module)
        inner = Frame(closure.module, scope, name, function, {}, closure.outer, frame.depth + 1)
        defaults = {
            parameter.name: self.evaluate(parameter.default, Frame(closure.module, scope, name, outer=closure.outer))
            for parameter in function.parameters
            if parameter.default is not None
        }
        inner.env, expressions, patterns = bind(function, arguments, closure.bound, defaults)
        if closure.bound is not None and "self" not in inner.env:
            inner.env["this"] = closure.bound
        for pattern, value in patterns:
            self.assign(pattern, value, inner)
        summary = self._summary(closure, inner)
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

    def _summary(self, closure: Closure, inner: Frame) -> _Summary:
        function = closure.function
        key = (id(function), tuple(inner.env.items())) if closure.outer is None else None
        if key is not None and key in self._summaries:
            return self._summaries[key]
        entry = dict(inner.env)
        self._active.add(id(function))
        try:
            falls = self.execute(function.body, inner)
        finally:
            self._active.discard(id(function))
        if falls:
            inner.results.append(NOTHING)
            inner.exits.append(inner.env)
        results = [value for value in inner.results if value != NOTHING] or inner.results
        own = "self" if "self" in entry else "this"
        bound = join(*(env[own] for env in inner.exits if own in env)) if own in entry and inner.exits else None
        summary = _Summary(
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

    # Classes

    def construct(self, target: ClassReference, arguments: Arguments, frame: Frame, node: form.Call) -> Value:
        """Make an instance of a class of this code base."""
        if self.is_enumeration(target):
            return CLEAN
        passwords.constructed(self, target, arguments, frame, node)
        instance = Value(kind="instance", ref=target)
        maker = self.method(target, "__init__") or self.method(target, "constructor")
        if maker is None:
            entries = {str(name): value for name, value in arguments.keywords.items()}
            return replace(mapping({**entries}, arguments.others), kind="instance", ref=target)
        function, module = maker
        closure = Closure(function, module, None, instance)
        scope, name = self.home(function, module)
        inner = Frame(module, scope, name, function, {}, None, frame.depth + 1)
        if frame.depth >= _MAX_CALLS or id(function) in self._active:
            return instance
        inner.env, _, patterns = bind(function, arguments, instance, self._defaults(function, inner))
        inner.env.setdefault("self" if module.language == "python" else "this", instance)
        for pattern, value in patterns:
            self.assign(pattern, value, inner)
        made = self._summary(closure, inner).bound
        return made if made is not None else instance

    def _defaults(self, function: form.Function, frame: Frame) -> dict[str, Value]:
        bare = Frame(frame.module, frame.scope, frame.name)
        return {one.name: self.evaluate(one.default, bare) for one in function.parameters if one.default is not None}

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
        return unknown(f"no route gives `{parameter.name}`", module.place(parameter))

    def lineage(self, target: ClassReference, depth: int = 0) -> Iterator[ClassReference]:
        """Give the class and its bases of this code base, nearest first."""
        yield target
        for base in target.node.bases if depth < _INHERITED else ():
            found = self.program.definition(target.scope, base)
            if found is not None and isinstance(found.node, form.Class):
                yield from self.lineage(self.class_reference(found.node, found.module, found.scope), depth + 1)

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

    # Libraries

    def _library(self, node: form.Call, receiver: Value | None, arguments: Arguments, frame: Frame) -> Value:
        name = last_name(node.callee)
        place = frame.module.place(node)
        if receiver is not None and receiver.kind == "request":
            return self.tables.call_request(receiver.ref, name, place)
        symbol = self.program.symbol(frame.scope, node.callee)
        sinks.examine(self, node, symbol, receiver, arguments, frame)
        passwords.stored(self, node, symbol, receiver, arguments, frame)
        done = methods.apply(self, node, name, receiver, arguments, frame)
        if done is not None:
            return done
        values = [value for value in arguments if value.kind != "function"]
        state = self.tables.hash_state(symbol, name)
        if state:
            digest = self._hashed(node, state, receiver, values, frame)
            self._callbacks(name, [CLEAN, digest], arguments, frame)
            return digest
        self._callbacks(name, [receiver] if name == "then" and receiver is not None else [], arguments, frame)
        if node.new and receiver is None and self.hooks.is_model(name) and arguments.positional:
            return replace(arguments.positional[0], kind="dict")
        if (symbol is not None and self.tables.is_clean(symbol)) or name in self.tables.clean_names:
            return CLEAN
        if receiver is None and name in self.tables.clean_calls:
            return CLEAN
        if self.tables.is_builder(symbol, name) or (receiver is not None and receiver.kind == "builder"):
            return Value(kind="builder")
        if symbol is not None and self.tables.is_statement(symbol):
            return Value(kind="statement")
        if receiver is None and symbol is None and self.tables.begins_builder(name):
            return Value(kind="builder")
        if name in self.tables.stored_names and receiver is not None:
            return unknown(f"`{name}` gives what the database holds", place)
        made = derived(*([] if receiver is None else [receiver]), *values)
        if name in self.tables.keeping:
            return made
        if made.taints:
            return retain(made, lambda taint: replace(taint, state=taint.state or f"call:{name}"))
        return made if made.gaps else unknown(f"`{name}(…)` could not be followed", place)

    def _hashed(self, node: form.Call, state: str, receiver: Value | None, values: list[Value], frame: Frame) -> Value:
        place = frame.module.place(node)

        def mark(taint: Taint) -> Taint:
            return taint if taint.state in {"hashed", "hashed?"} else replace(taint, state=state)

        digest = stepped(retain(derived(*values), mark), place)
        if receiver is not None and receiver.taints:
            digest = join(digest, retain(derived(receiver), mark))
        if isinstance(node.callee, form.Attribute) and node.callee.name == "update":
            self.update(node.callee.value, lambda old: join(old, digest), frame)
        return replace(digest, gaps=())

    def _callbacks(self, name: str, given: list[Value], arguments: Arguments, frame: Frame) -> None:
        """Run the function literals among the arguments; ``given`` is what is known of their parameters."""
        for value in arguments:
            if isinstance(value.ref, Closure) and value.ref.outer is not None:
                rest = [
                    unknown(f"`{name}` hands it to a callback", value.ref.module.place(one))
                    for one in value.ref.function.parameters[len(given) :]
                ]
                self.invoke(value.ref, Arguments([*given, *rest]), frame, None)


def _shown(entry: Environment, frame: Frame) -> Iterator[tuple[str, Value]]:
    """Give the parameters that every normal end knows more of than the beginning did."""
    for name, before in entry.items():
        if frame.exits and name not in frame.changed and (before.taints or before.gaps) and not before.fields:
            after = join(*(env.get(name, before) for env in frame.exits))
            if not after.taints and not after.gaps and after != before:
                yield name, after


def is_tagged(node: form.Call) -> bool:
    """Whether this is a tagged template: unlike a call, it ends where its template ends."""
    return len(node.args) == 1 and node.at[1] == node.args[0].at[1]
