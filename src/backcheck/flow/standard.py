"""Built-in functions of the languages, and those of their built-in objects."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.flow import passwords
from backcheck.flow.arguments import Arguments
from backcheck.flow.expressions import merged_mapping
from backcheck.flow.members import Closure
from backcheck.flow.value import CLEAN, Value, derived, element, flat, join, keys, sequence, with_part, with_some_part
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.classes import Classes
    from backcheck.flow.frame import Frame

STRIPPING = re.compile(r"\[\^[\w\s\\.:@/-]*\][+*]?")
"""A pattern of everything but plain characters: what it removes leaves no quote."""


def function(machine: Classes, node: form.Call, name: str, arguments: Arguments, frame: Frame) -> Value | None:
    """Return what a built-in function gives; None where it is none."""
    first = arguments.at(0)
    if first is None:
        return {"dict": Value(kind="dict"), "list": sequence([]), "set": sequence([])}.get(name) or (
            Value(kind="dict", fields=tuple(arguments.keywords.items())) if name == "dict" else None
        )
    match name:
        case "str" | "String" | "repr":
            return first if first.kind == "" else flat(first)
        case "list" | "tuple" | "set" | "sorted" | "reversed" | "frozenset" | "iter" | "Set":
            return first if first.kind == "list" else sequence([], element(first))
        case "dict" | "vars" | "jsonable_encoder" | "asdict":
            return replace(first, kind="dict", ref=None) if first.kind else first
        case "Map" if first.kind == "list":
            return _pairs(first)
        case "enumerate":
            return sequence([], sequence([CLEAN, element(first)]))
        case "zip":
            return sequence([], sequence([element(value) for value in arguments.positional]))
        case "map" if len(arguments.positional) > 1 and isinstance(first.ref, Closure):
            return sequence([], machine.invoke(first.ref, Arguments([element(arguments.positional[1])]), frame, None))
        case "map" if len(arguments.positional) > 1:
            casts = node.args and isinstance(node.args[0], form.Name) and node.args[0].id in machine.tables.clean_calls
            return sequence([], CLEAN if casts else derived(arguments.positional[1]))
        case "filter" if len(arguments.positional) > 1:
            return sequence([], element(arguments.positional[1]))
        case "getattr" if len(arguments.positional) > 1:
            key = arguments.positional[1]
            if key.is_constant and isinstance(key.constant, str):
                return machine.part(first, key.constant, node, frame)
            return CLEAN if first.kind in {"class", "instance"} else derived(first)
        case "setattr" if len(arguments.positional) > 2 and node.args:
            key, value = arguments.positional[1:3]
            if key.is_constant and isinstance(key.constant, str):
                named = key.constant
                machine.update(node.args[0], lambda old: with_part(old, named, value), frame)
            elif not key.is_constant:
                passwords.set_by_name(machine, node, value, frame)
            return CLEAN
    return None


def _pairs(items: Value) -> Value:
    result = Value(kind="dict")
    for pair in items.parts():
        key, value = pair.get(0) or CLEAN, pair.get(1) or CLEAN
        if key.is_constant and isinstance(key.constant, str | int):
            result = with_part(result, key.constant, value)
        else:
            result = with_some_part(result, value)
    return result


def static(owner: str, name: str, arguments: Arguments) -> Value | None:
    """Return what a function of a built-in object (`Object`, `Array`, `re`) gives; None where it is none."""
    first = arguments.at(0) or CLEAN
    match owner, name:
        case "Object", "keys":
            return sequence([], keys(first) if first.kind else derived(first))
        case "Object", "values":
            return sequence([], join(*first.parts()) if first.fields or first.rest is not None else derived(first))
        case "Object", "entries":
            values = join(*first.parts()) if first.fields or first.rest is not None else derived(first)
            return sequence([], sequence([keys(first) if first.kind else derived(first), values]))
        case "Object", "assign":
            result = first
            for more in arguments.positional[1:]:
                result = merged_mapping(result, more)
            return result
        case "Object", "freeze" | "seal":
            return first
        case "Object", "fromEntries":
            return _pairs(first)
        case "Array", "from":
            return first if first.kind == "list" else sequence([], element(first))
        case "Array", "isArray":
            return CLEAN
        case "re", "sub" if len(arguments.positional) > 2:
            pattern, new = arguments.positional[0], arguments.positional[1]
            if pattern.is_constant and new.constants == ("",) and STRIPPING.fullmatch(str(pattern.constant)):
                return CLEAN
            return derived(arguments.positional[2], new)
        case "re", "compile":
            return replace(first, kind="regex")
    return None
