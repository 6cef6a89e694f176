"""What frameworks hand their handlers: the values of the parameters of routes and of their dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.flow.frame import path_of
from backcheck.flow.typed import Slot, Typed, is_narrowed
from backcheck.flow.value import CLEAN, Taint, Value, unknown
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.calls import Calls
    from backcheck.flow.members import ClassReference
    from backcheck.program import Module, Scope

_DEPENDENCIES = frozenset({"Depends", "Security"})


class FastapiHandlers:
    """Values of the parameters of path operations and dependencies."""

    def __init__(self, machine: Calls) -> None:
        self._machine = machine
        self._typed = Typed(machine, _sent)
        self._dependencies: dict[int, Value] = {}

    def parameters(self, function: form.Function, module: Module, scope: Scope) -> dict[str, Value]:
        """Return the value of each parameter by name."""
        return {one.name: self._parameter(one, module, scope) for one in function.parameters}

    def _parameter(self, parameter: form.Parameter, module: Module, scope: Scope) -> Value:
        outside = scope.parent or scope
        annotation = self._alias(parameter.annotation, outside)
        marker = self._dependency(parameter.default)
        if marker is None and isinstance(annotation, form.Subscript):
            items = annotation.index.items if isinstance(annotation.index, form.Sequence) else ()
            marker = next((found for one in items if (found := self._dependency(one)) is not None), None)
        if marker is not None:
            return self._depended(marker, parameter, annotation, module, outside)
        request = None if annotation is None else self._machine.program.annotated(outside, annotation)
        if request is not None and (table := self._machine.tables.request(request)) is not None:
            return Value(kind="request", ref=table)
        if isinstance(parameter.default, form.Call) and is_narrowed(parameter.default):
            return CLEAN
        value = self._typed.value(Slot(parameter.name, parameter, module, outside), annotation)
        if value is not None:
            return value
        return unknown(f"`{parameter.name}` is of a type that is not followed", module.place(parameter))

    def _alias(self, annotation: form.Expr | None, scope: Scope) -> form.Expr | None:
        """`CurrentUser = Annotated[User, Depends(…)]` stands for what it names."""
        if isinstance(annotation, form.Name | form.Attribute):
            found = self._machine.program.definition(scope, annotation)
            if found is not None and isinstance(found.node, form.Subscript):
                return found.node
        return annotation

    def _dependency(self, expr: form.Expr | None) -> form.Call | None:
        if isinstance(expr, form.Call) and (path_of(expr.callee) or "").split(".")[-1] in _DEPENDENCIES:
            return expr
        return None

    def _depended(
        self, marker: form.Call, parameter: form.Parameter, annotation: form.Expr | None, module: Module, scope: Scope
    ) -> Value:
        named = dict(marker.keywords)
        target = marker.args[0] if marker.args else named.get("dependency")
        if target is None:
            target = annotation
            if isinstance(target, form.Subscript):
                target = target.index.items[0] if isinstance(target.index, form.Sequence) else target.index
        found = None if target is None else self._machine.program.definition(scope, target)
        if found is None:
            where = annotation if target is None else target
            if (path_of(where) if where is not None else "") == "OAuth2PasswordRequestForm":
                return Value(taints=(Taint(module.place(parameter), parameter.name),))
            return unknown(f"`{parameter.name}` comes from a dependency that is not followed", module.place(parameter))
        if isinstance(found.node, form.Function):
            return self.dependency(found.node, found.module)
        if isinstance(found.node, form.Class):
            reference = self._machine.class_reference(found.node, found.module, found.scope)
            return self._made(reference)
        return unknown(f"`{parameter.name}` comes from a dependency that is not followed", module.place(parameter))

    def dependency(self, function: form.Function, module: Module) -> Value:
        """Return what a dependency gives, having followed it as a handler of its own."""
        if id(function) not in self._dependencies:
            self._dependencies[id(function)] = unknown("a dependency depends on itself")
            scope, _ = self._machine.home(function, module)
            self._dependencies[id(function)] = self._machine.run(
                function, module, self.parameters(function, module, scope)
            )
        return self._dependencies[id(function)]

    def _made(self, target: ClassReference) -> Value:
        """Make a class that is a dependency: its constructor's parameters come from the request."""
        if id(target.node) not in self._dependencies:
            self._dependencies[id(target.node)] = unknown("a dependency depends on itself")
            maker = self._machine.method(target, "__init__")
            if maker is None:
                fields = self._typed.instance(Slot(target.node.name, target.node, target.module, target.scope), target)
            else:
                function, module = maker
                values = self.parameters(function, module, self._machine.home(function, module)[0])
                values["self"] = Value(kind="instance", ref=target)
                fields = self._machine.run(function, module, values, result="self")
            self._dependencies[id(target.node)] = fields
        return self._dependencies[id(target.node)]


def _sent(name: str, at: form.Parameter | form.Stmt, module: Module) -> Value:
    return Value(taints=(Taint(module.place(at), name),))


def express_parameters(machine: Calls, function: form.Function) -> dict[str, Value]:
    """Return the values of a middleware's or handler's parameters: the request by its position."""
    request = Value(kind="request", ref=machine.tables.frameworks["express"])
    position = 1 if len(function.parameters) >= 4 and function.parameters[0].name.lower().startswith("e") else 0
    values: dict[str, Value] = {}
    for index, parameter in enumerate(function.parameters):
        key = parameter.name or f"\0{index}"
        values[key] = request if index == position else CLEAN
    if len(function.parameters) == 4 and position == 0:  # `router.param(name, (req, res, next, value) => …)`
        last = function.parameters[3]
        values[last.name] = unknown(f"`{last.name}` is given by the framework")
    return values


def has_express_shape(function: form.Function) -> bool:
    """Whether the parameters are named as those of a handler are."""
    names = [parameter.name.lower().lstrip("_") for parameter in function.parameters[:3]]
    if names and names[0] in {"err", "error", "e"}:
        names = names[1:]
    return len(names) >= 2 and names[0] in {"req", "request"} and names[1] in {"res", "response", "resp", "reply"}
