"""Values of parameters by their types: numbers, enumerations and patterns are clean, models have their fields, texts are text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.flow.arguments import Arguments
from backcheck.flow.expressions import ClassReference, Closure
from backcheck.flow.frame import Frame, path_of
from backcheck.flow.guards import is_narrow
from backcheck.flow.value import CLEAN, Value, mapping, sequence
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.flow.calls import Calls
    from backcheck.flow.value import Key
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
_MODEL_BASES = frozenset(
    {"BaseModel", "SQLModel", "Schema", "TypedDict", "Struct", "BaseSchema", "CamelModel", "RootModel"}
)
_VALIDATORS = frozenset({"field_validator", "validator"})
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
                if is_narrowed(annotation):
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
            if any(isinstance(one, form.Call) and is_narrowed(one) for one in items[1:]):
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
        fields: dict[Key, Value] = {}
        for each in reversed(list(machine.lineage(target))):
            for part in each.node.body:
                match part:
                    case form.Assign(targets=(form.Name(id=field),), annotation=form_annotation) if (
                        form_annotation is not None
                    ):
                        if isinstance(part.value, form.Call) and is_narrowed(part.value):
                            fields[field] = CLEAN
                        elif depth >= _MAX_NESTED:
                            fields[field] = self._text(field, at, module)
                        else:
                            inner = self.value(field, at, form_annotation, each.module, each.scope, depth + 1)
                            fields[field] = self._text(field, at, module) if inner is None else inner
        self._validated(target, fields)
        return replace(mapping(fields), kind="model", ref=target)

    def _validated(self, target: ClassReference, fields: dict[Key, Value]) -> None:
        """Put fields through the class's own validators: one may refuse, change or hash its value."""
        for each in self._machine.lineage(target):
            for part in each.node.body:
                if not isinstance(part, form.Define):
                    continue
                for decorator in part.function.decorators:
                    if (
                        isinstance(decorator, form.Call)
                        and (path_of(decorator.callee) or "").split(".")[-1] in _VALIDATORS
                    ):
                        closure = Closure(part.function, each.module, None, Value(kind="class", ref=target))
                        for one in decorator.args:
                            if isinstance(one, form.Literal) and isinstance(one.value, str) and one.value in fields:
                                frame = Frame(each.module, each.scope, "")
                                fields[one.value] = self._machine.invoke(
                                    closure, Arguments([fields[one.value]]), frame, None
                                )

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


def is_narrowed(call: form.Call) -> bool:
    """Whether `Query(pattern=…)`, `Field(regex=…)` or `constr(…)` lets only narrow texts pass."""
    for name, value in call.keywords:
        if name in {"pattern", "regex"} and isinstance(value, form.Literal) and isinstance(value.value, str):
            return is_narrow(value.value, "search")
    return False
