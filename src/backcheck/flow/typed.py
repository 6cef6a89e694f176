"""Values of parameters by their types: numbers, enumerations and patterns are clean, models have their fields, texts are text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.flow.arguments import Arguments
from backcheck.flow.frame import Frame, path_of
from backcheck.flow.guards import is_narrow
from backcheck.flow.members import ClassReference, Closure
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


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that has a type: a parameter, or a field of a model below one."""

    name: str
    at: form.Parameter | form.Stmt
    """Where the request's value enters."""
    module: Module
    """The module of `at`."""
    scope: Scope
    """Where the annotation's names are looked up."""
    depth: int = 0


class Typed:
    """Values of parameters by their annotations, for one way in which their texts are made."""

    def __init__(self, machine: Calls, text: Callable[[str, form.Parameter | form.Stmt, Module], Value]) -> None:
        """Use ``text`` for what may hold any text."""
        self._machine = machine
        self._text = text
        # Names are looked up by a node's identity: one that is made here must live as long as its answer.
        self._made: list[form.Expr] = []

    def value(self, slot: Slot, annotation: form.Expr | None) -> Value | None:
        """Return the value of something of this type; None where the type is a library's own."""
        match annotation:
            case form.Literal(value=None):
                return CLEAN
            case form.Literal(value=str() as quoted):
                self._made.append(form.Name(quoted, annotation.at))
                return self._named(slot, quoted, self._made[-1])
            case form.Operation(operator="|", operands=operands):
                return self._either(slot, operands)
            case form.Subscript(value=base, index=index):
                items = index.items if isinstance(index, form.Sequence) else (index,)
                return self._generic(slot, (path_of(base) or "").rpartition(".")[2], items)
            case form.Name() | form.Attribute():
                return self._named(slot, (path_of(annotation) or "").rpartition(".")[2], annotation)
            case form.Call(callee=callee):
                return CLEAN if is_narrowed(annotation) else self.value(slot, callee)
        return self._any(slot)

    def _any(self, slot: Slot) -> Value:
        return self._text(slot.name, slot.at, slot.module)

    def _either(self, slot: Slot, operands: tuple[form.Expr, ...]) -> Value | None:
        kept = [one for one in operands if not (isinstance(one, form.Literal) and one.value is None)]
        values = [self.value(slot, one) for one in kept]
        wide = [one for one in values if one is not None and (one.taints or one.gaps)]
        return (wide or values or [CLEAN])[0]

    def _generic(self, slot: Slot, base: str, items: tuple[form.Expr, ...]) -> Value | None:
        if base == "Annotated":
            if any(isinstance(one, form.Call) and is_narrowed(one) for one in items[1:]):
                return CLEAN
            return self.value(slot, items[0])
        if base in _OPTIONAL:
            return self._either(slot, items)
        if base == "Literal":
            constants = tuple(one.value for one in items if isinstance(one, form.Literal))
            return Value(constants=constants) if len(constants) == len(items) else CLEAN
        if base in _CONTAINERS:
            inner = self.value(slot, items[0])
            return None if inner is None else sequence([], inner)
        return self._any(slot) if base in _DICTIONARIES else None

    def _named(self, slot: Slot, last: str, annotation: form.Expr) -> Value | None:
        if last in _NARROW:
            return CLEAN
        if last in _TEXT or last in _DICTIONARIES or last in _CONTAINERS:
            return self._any(slot)
        found = self._machine.program.definition(slot.scope, annotation)
        match None if found is None else found.node:
            case None | form.Function():
                return None
            case form.Class() as node:
                assert found is not None
                return self.instance(slot, self._machine.class_reference(node, found.module, found.scope))
            case node if node is annotation or slot.depth >= _MAX_NESTED:
                return None
            case node:
                assert found is not None
                return self.value(replace(slot, scope=found.scope, depth=slot.depth + 1), node)

    def instance(self, slot: Slot, target: ClassReference) -> Value:
        """Return an instance of a class of this code base: an enumeration, a model with its fields, a service."""
        machine = self._machine
        if machine.is_enumeration(target):
            return Value(kind="instance", ref=target)
        if not self.is_model(target):
            return machine.instance_of(target)
        fields: dict[Key, Value] = {}
        for each in reversed(list(machine.lineage(target))):
            for part in each.node.body:
                if (
                    isinstance(part, form.Assign)
                    and isinstance(part.targets[0], form.Name)
                    and part.annotation is not None
                ):
                    name = part.targets[0].id
                    inner = replace(slot, name=name, scope=each.scope, depth=slot.depth + 1)
                    fields[name] = self._field(inner, part, part.annotation)
        self._validated(target, fields)
        return replace(mapping(fields), kind="model", ref=target)

    def _field(self, slot: Slot, part: form.Assign, annotation: form.Expr) -> Value:
        if isinstance(part.value, form.Call) and is_narrowed(part.value):
            return CLEAN
        value = self.value(slot, annotation) if slot.depth <= _MAX_NESTED else None
        return self._any(slot) if value is None else value

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
