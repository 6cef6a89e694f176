"""Evaluates calls: finds what is called, in this code base or in a library."""

from __future__ import annotations

from backcheck.flow import sinks
from backcheck.flow.arguments import Arguments
from backcheck.flow.frame import Frame, path_of
from backcheck.flow.handing import handed
from backcheck.flow.libraries import Libraries
from backcheck.flow.members import ClassReference, Closure
from backcheck.flow.value import CLEAN, Value, element, join, unknown
from backcheck.program import form


class Calls(Libraries):
    """Follows calls. Statements are a subclass's: functions hold them."""

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
        if (inner := handed(self.program, self.tables, node, frame)) is not None:
            return self.call(inner, frame)
        callee = node.callee
        receiver = self.evaluate(callee.value, frame) if isinstance(callee, form.Attribute) else None
        arguments = self.arguments(node, frame)
        if is_super(callee) and self.construct_base(arguments, frame, node):
            return CLEAN
        target = self._target(callee, receiver, frame)
        match target:
            case Closure():
                return self.invoke(target, arguments, frame, node)
            case ClassReference():
                return self.construct(target, arguments, frame, node)
        return self.library(node, receiver, arguments, frame)

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


def is_super(callee: form.Expr) -> bool:
    """Whether a call makes the part of an instance that its base class owns: `super(…)`, `super().__init__(…)`."""
    match callee:
        case form.Name(id="super") | form.Attribute(value=form.Call(callee=form.Name(id="super")), name="__init__"):
            return True
    return False


def is_tagged(node: form.Call) -> bool:
    """Whether this is a tagged template: unlike a call, it ends where its template ends."""
    return len(node.args) == 1 and node.at[1] == node.args[0].at[1]
