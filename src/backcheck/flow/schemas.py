"""Schemas of JavaScript validators: `z.object({…}).parse(body)` gives declared members, each as its type says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.flow.value import CLEAN, Value, mapping
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.arguments import Arguments
    from backcheck.flow.classes import Classes
    from backcheck.flow.frame import Frame
    from backcheck.flow.value import Key

_PARSING = {"parse": "", "parseAsync": "", "safeParse": "data", "safeParseAsync": "data", "validate": "value", "validateAsync": "", "validateSync": "", "attempt": ""}  # fmt: skip
"""Methods of a schema, and the member of their result that holds the value."""
_NARROW = frozenset(
    {"number", "int", "boolean", "bool", "bigint", "date", "uuid", "guid", "enum", "nativeEnum", "literal", "valid", "oneOf", "isoDate", "alphanum", "datetime", "cuid", "ulid"}
)  # fmt: skip


def parsed(machine: Classes, node: form.Call, arguments: Arguments, frame: Frame) -> Value | None:
    """Return what a schema of this code base lets pass of its argument; None where the call is no such thing."""
    callee = node.callee
    given = arguments.at(0)
    if not isinstance(callee, form.Attribute) or callee.name not in _PARSING or given is None:
        return None
    found = machine.program.definition(frame.scope, callee.value)
    schema = callee.value if found is None else found.node
    members = _members(schema)
    if members is None:
        return None
    fields: dict[Key, Value] = {
        name: CLEAN if _chain(type_) & _NARROW else machine.part(given, name, node, frame) for name, type_ in members
    }
    value = mapping(fields)
    inside = _PARSING[callee.name]
    return mapping({inside: value, "success": CLEAN, "error": CLEAN}) if inside else value


def _members(schema: object) -> list[tuple[str, form.Expr]] | None:
    """Return names and types of `z.object({…})`, also in the middle of a chain (`.strict()`, `.partial()`)."""
    while isinstance(schema, form.Call) and isinstance(schema.callee, form.Attribute):
        if schema.callee.name in {"object", "strictObject", "keys", "shape"} and schema.args:
            display = schema.args[0]
            if not isinstance(display, form.Mapping) or any(key is None for key, _ in display.entries):
                return None
            return [
                (key.value, type_)
                for key, type_ in display.entries
                if isinstance(key, form.Literal) and isinstance(key.value, str)
            ]
        schema = schema.callee.value
    return None


def _chain(type_: form.Expr) -> set[str]:
    names: set[str] = set()
    while isinstance(type_, form.Call | form.Attribute):
        if isinstance(type_, form.Attribute):
            names.add(type_.name)
            type_ = type_.value
        else:
            type_ = type_.callee
    return names
