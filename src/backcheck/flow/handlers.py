"""What frameworks hand their handlers: the values of the parameters of routes and of their dependencies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.flow.expressions import ClassReference
from backcheck.flow.frame import path_of
from backcheck.flow.guards import is_narrow
from backcheck.flow.value import CLEAN, Taint, Value, mapping, sequence, unknown
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.flow.calls import Calls
    from backcheck.program import Module, Scope

_NARROW = frozenset(
    {
        "int", "float", "bool", "complex", "UUID", "UUID1", "UUID3", "UUID4", "UUID5", "Decimal", "date", "datetime", "time", "timedelta", "PositiveInt",
        "NegativeInt", "NonNegativeInt", "NonPositiveInt", "PositiveFloat", "NonNegativeFloat", "StrictInt", "StrictBool", "StrictFloat", "conint",
        "confloat", "condecimal", "PydanticObjectId", "ObjectId", "FutureDate", "PastDate", "AwareDatetime", "IPvAnyAddress", "IPv4Address", "UUID7",
    }
)  # fmt: skip
_TEXT = frozenset(
    {
        "str",
        "bytes",
        "Any",
        "object",
        "EmailStr",
        "HttpUrl",
        "AnyUrl",
        "AnyHttpUrl",
        "SecretStr",
        "constr",
        "StrictStr",
        "Json",
        "UploadFile",
        "NameEmail",
    }
)
_OPTIONAL = frozenset({"Optional", "Union", "Required", "NotRequired", "Final"})
_CONTAINERS = frozenset({"list", "List", "set", "Set", "tuple", "Tuple", "Sequence", "Iterable", "frozenset"})
_DICTIONARIES = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
_DEPENDENCIES = frozenset({"Depends", "Security"})
_REQUEST_PARTS = frozenset({"Query", "Path", "Body", "Header", "Cookie", "Form", "File", "Param"})
_MODEL_BASES = frozenset(
    {"BaseModel", "SQLModel", "Schema", "TypedDict", "Struct", "BaseSchema", "CamelModel", "RootModel"}
)
_MAX_NESTED = 4


class Typed:
    """Values of parameters by their annotations, for one way in which their texts are made."""

    def __init__(self, machine: Calls, text: Callable[[str, form.Parameter | form.Stmt, Module], Value]) -> None:
        """Use ``text`` for what may hold any text."""
        self._machine = machine
        self._text = text

    def value(
        self,
        name: str,
        at: form.Parameter | form.Stmt,
        annotation: form.Expr | None,
        module: Module,
        scope: Scope,
        depth: int = 0,
    ) -> Value | None:
        """Return the value of something of this type; None where the type is a library's own."""
        if annotation is None:
            return self._text(name, at, module)
        match annotation:
            case form.Literal(value=None):
                return CLEAN
            case form.Literal(value=str() as quoted):
                return self._named(quoted, form.Name(quoted, annotation.at), name, at, module, scope, depth)
            case form.Operation(operator="|", operands=operands):
                kept = [one for one in operands if not (isinstance(one, form.Literal) and one.value is None)]
                values = [self.value(name, at, one, module, scope, depth) for one in kept]
                return next(
                    (one for one in values if one is not None and one.taints + one.gaps), values[0] if values else None
                )
            case form.Subscript(value=base, index=index):
                return self._generic(path_of(base) or "", index, name, at, module, scope, depth)
            case form.Name() | form.Attribute():
                return self._named(
                    (path_of(annotation) or "").split(".")[-1], annotation, name, at, module, scope, depth
                )
            case form.Call(callee=callee):
                if _is_narrowed(annotation):
                    return CLEAN
                return self.value(name, at, callee, module, scope, depth)
        return self._text(name, at, module)

    def _generic(
        self,
        base: str,
        index: form.Expr,
        name: str,
        at: form.Parameter | form.Stmt,
        module: Module,
        scope: Scope,
        depth: int,
    ) -> Value | None:
        items = index.items if isinstance(index, form.Sequence) else (index,)
        last = base.rsplit(".", maxsplit=1)[-1]
        if last == "Annotated":
            if any(isinstance(one, form.Call) and _is_narrowed(one) for one in items[1:]):
                return CLEAN
            return self.value(name, at, items[0], module, scope, depth)
        if last in _OPTIONAL:
            return self.value(name, at, form.Operation("|", items, index.at), module, scope, depth)
        if last == "Literal":
            constants = tuple(one.value for one in items if isinstance(one, form.Literal))
            return Value(constants=constants) if len(constants) == len(items) else CLEAN
        if last in _CONTAINERS:
            inner = self.value(name, at, items[0], module, scope, depth)
            return None if inner is None else sequence([], inner)
        if last in _DICTIONARIES:
            return self._text(name, at, module)
        return None

    def _named(
        self,
        last: str,
        annotation: form.Expr,
        name: str,
        at: form.Parameter | form.Stmt,
        module: Module,
        scope: Scope,
        depth: int,
    ) -> Value | None:
        if last in _NARROW:
            return CLEAN
        if last in _TEXT or last in _DICTIONARIES or last in _CONTAINERS:
            return self._text(name, at, module)
        found = self._machine.program.definition(scope, annotation)
        if found is not None and isinstance(found.node, form.Class):
            return self.instance(
                self._machine.class_reference(found.node, found.module, found.scope), name, at, module, depth
            )
        if (
            found is not None
            and not isinstance(found.node, form.Function)
            and found.node is not annotation
            and depth < _MAX_NESTED
        ):
            return self.value(name, at, found.node, module, found.scope, depth + 1)
        return None

    def instance(
        self, target: ClassReference, name: str, at: form.Parameter | form.Stmt, module: Module, depth: int
    ) -> Value:
        """Return an instance of a class of this code base: an enumeration, a model with its fields, a service."""
        machine = self._machine
        if machine.is_enumeration(target):
            return Value(kind="instance", ref=target)
        if not self.is_model(target):
            return machine.instance_of(target)
        fields: dict[str | int, Value] = {}
        for each in reversed(list(machine.lineage(target))):
            for part in each.node.body:
                match part:
                    case form.Assign(targets=(form.Name(id=field),), annotation=form_annotation) if (
                        form_annotation is not None
                    ):
                        if isinstance(part.value, form.Call) and _is_narrowed(part.value):
                            fields[field] = CLEAN
                        elif depth >= _MAX_NESTED:
                            fields[field] = self._text(field, at, module)
                        else:
                            inner = self.value(field, at, form_annotation, each.module, each.scope, depth + 1)
                            fields[field] = (
                                self._text(field, at, module) if inner is None else self._own(inner, at, module)
                            )
        return replace(mapping(fields), kind="model", ref=target)

    def _own(self, value: Value, _at: form.Parameter | form.Stmt, _module: Module) -> Value:
        return value

    def is_model(self, target: ClassReference) -> bool:
        """Whether the class is a schema of a request."""
        bases = {
            (path_of(base) or "").split(".")[-1] for each in self._machine.lineage(target) for base in each.node.bases
        }
        decorated = {
            (path_of(one.callee if isinstance(one, form.Call) else one) or "").split(".")[-1]
            for one in target.node.decorators
        }
        return bool(bases & _MODEL_BASES or "dataclass" in decorated)


def _is_narrowed(call: form.Call) -> bool:
    """Whether `Query(pattern=…)`, `Field(regex=…)` or `constr(…)` lets only narrow texts pass."""
    for name, value in call.keywords:
        if name in {"pattern", "regex"} and isinstance(value, form.Literal) and isinstance(value.value, str):
            return is_narrow(value.value, "search")
    return False


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
        if isinstance(parameter.default, form.Call) and _is_narrowed(parameter.default):
            return CLEAN
        value = self._typed.value(parameter.name, parameter, annotation, module, outside)
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
        named = {name: value for name, value in marker.keywords}
        target = marker.args[0] if marker.args else named.get("dependency")
        if target is None:
            target = annotation
            if isinstance(target, form.Subscript):
                target = target.index.items[0] if isinstance(target.index, form.Sequence) else target.index
        found = None if target is None else self._machine.program.definition(scope, target)
        if found is None:
            where = annotation if target is None else target
            if (path_of(where) if where is not None else "") in {"OAuth2PasswordRequestForm"}:
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
        """A class as a dependency: its constructor's parameters come from the request."""
        if id(target.node) not in self._dependencies:
            self._dependencies[id(target.node)] = unknown("a dependency depends on itself")
            maker = self._machine.method(target, "__init__")
            if maker is None:
                fields = self._typed.instance(target, target.node.name, target.node, target.module, 0)
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
