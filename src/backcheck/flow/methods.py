"""Methods and built-in functions of the languages themselves: texts, lists, dictionaries, validated models."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.flow import passwords, text
from backcheck.flow.arguments import Arguments
from backcheck.flow.expressions import ClassReference, Closure, merged_mapping
from backcheck.flow.value import (
    CLEAN,
    NOTHING,
    Value,
    constant,
    derived,
    element,
    flat,
    join,
    keys,
    sequence,
    unknown,
    with_part,
    with_some_part,
)
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.calls import Calls
    from backcheck.flow.frame import Frame

_TESTS = frozenset(
    {
        "startswith", "endswith", "startsWith", "endsWith", "includes", "indexOf", "lastIndexOf", "find_index", "findIndex", "has", "some", "every",
        "isdigit", "isnumeric", "isalnum", "isalpha", "isidentifier", "hasOwnProperty", "test", "fullmatch", "count", "index", "charCodeAt",
    }
)  # fmt: skip
_FOLDED = {
    "lower": str.lower, "upper": str.upper, "strip": str.strip, "toLowerCase": str.lower, "toUpperCase": str.upper, "trim": str.strip,
    "title": str.title, "capitalize": str.capitalize,
}  # fmt: skip
_ADDING = frozenset({"append", "push", "add", "unshift", "appendleft"})
_DUMPING = frozenset(
    {"model_dump", "dict", "toJSON", "toObject", "copy", "model_copy", "_asdict", "asdict", "jsonable_encoder"}
)
_VALIDATING = frozenset({"model_validate", "from_orm", "parse_obj", "validate"})
_EACH = frozenset({"map", "forEach", "filter", "find", "flatMap", "some", "every", "sort"})
_STRIPPING = re.compile(r"\[\^[\w\s\\.:@/-]*\][+*]?")


def apply(
    machine: Calls, node: form.Call, name: str, receiver: Value | None, arguments: Arguments, frame: Frame
) -> Value | None:
    """Return what a method or function of the language gives; None where it is no such thing."""
    if receiver is None:
        return _function(machine, node, name, arguments, frame)
    if isinstance(node.callee, form.Attribute) and isinstance(node.callee.value, form.Name):
        owner = node.callee.value.id
        if owner in {"Object", "Array", "_", "re"}:
            done = _static(owner, name, arguments)
            if done is not None:
                return done
    for attempt in (_text, _list, _dictionary, _model):
        done = attempt(machine, node, name, receiver, arguments, frame)
        if done is not None:
            return done
    return CLEAN if name in _TESTS and not _has_closure(arguments) else None


def _has_closure(arguments: Arguments) -> bool:
    return any(isinstance(value.ref, Closure) for value in arguments)


# Texts


def _text(
    _machine: Calls, node: form.Call, name: str, receiver: Value, arguments: Arguments, frame: Frame
) -> Value | None:
    match name:
        case "format" if receiver.kind == "":
            return text.brace_formatted(receiver, arguments.positional, arguments.keywords, arguments.others or CLEAN)
        case "join" if arguments.positional and receiver.kind != "list" and frame.module.language == "python":
            return text.joined(receiver, arguments.positional[0])
        case "join" if receiver.kind == "list":
            return text.joined(arguments.at(0) or constant(","), receiver)
        case "concat" if receiver.kind == "":
            return text.concatenation([receiver, *arguments.positional])
        case "replace" | "replaceAll" | "sub":
            return _replaced(node, receiver, arguments, frame)
        case "toString" | "encode" | "decode" | "valueOf" if receiver.kind == "":
            return receiver
    if name in _FOLDED and receiver.constants is not None:
        return Value(constants=tuple(_FOLDED[name](one) if isinstance(one, str) else one for one in receiver.constants))
    return None


def _replaced(node: form.Call, receiver: Value, arguments: Arguments, frame: Frame) -> Value | None:
    if len(arguments.positional) < 2:
        return None
    old, new = arguments.positional[:2]
    subject = arguments.positional[2] if len(arguments.positional) > 2 and not receiver.taints else receiver
    pattern = old.constant if old.is_constant else None
    if not isinstance(pattern, str) or not subject.taints:
        return derived(subject, new)
    bare = re.sub(r"^/(.*)/\w*$", r"\1", pattern)
    if new.constants == ("",) and _STRIPPING.fullmatch(bare):
        return CLEAN  # everything but letters and digits is removed
    if bare == "'":
        return unknown("quotes in it are doubled or removed by hand", frame.module.place(node))
    return derived(subject, new)


# Lists


def _list(
    machine: Calls, node: form.Call, name: str, receiver: Value, arguments: Arguments, frame: Frame
) -> Value | None:
    callee = node.callee
    if name in _ADDING and arguments.positional and isinstance(callee, form.Attribute):
        for value in arguments.positional:
            machine.update(callee.value, lambda old, value=value: _added(old, value), frame)  # type: ignore[misc]
        return CLEAN
    if name == "extend" and arguments.positional and isinstance(callee, form.Attribute):
        more = element(arguments.positional[0])
        machine.update(callee.value, lambda old: with_some_part(old, more), frame)
        return CLEAN
    if name in _EACH and arguments.positional and isinstance(arguments.positional[0].ref, Closure):
        return _each(machine, name, receiver, arguments.positional[0].ref, frame)
    if name == "reduce" and arguments.positional and isinstance(arguments.positional[0].ref, Closure):
        start = arguments.at(1) or element(receiver)
        result = machine.invoke(arguments.positional[0].ref, Arguments([start, element(receiver), CLEAN]), frame, None)
        return join(start, result)
    if receiver.kind != "list":
        return None
    match name:
        case "pop" | "shift" | "popleft":
            return element(receiver)
        case "concat":
            return sequence([], join(element(receiver), *(element(value) for value in arguments.positional)))
        case "slice" | "reverse" | "sort" | "copy" | "flat" | "values":
            return sequence([], element(receiver)) if receiver.fields else receiver
    return None


def _added(old: Value, value: Value) -> Value:
    if old.kind == "list" and old.rest is None and not old.taints:
        return with_part(old, len(old.fields), value)
    return with_some_part(old if old.kind else replace(old, kind="list"), value)


def _each(machine: Calls, name: str, receiver: Value, closure: Closure, frame: Frame) -> Value:
    if receiver.kind == "list" and receiver.rest is None and not receiver.taints and len(receiver.fields) <= 8:
        given = [part for _, part in receiver.fields]
    else:
        given = [element(receiver)]
    known = receiver.kind == "list" and receiver.rest is None and len(given) == len(receiver.fields)
    results = [machine.invoke(closure, Arguments([value, CLEAN]), frame, None) for value in given]
    match name:
        case "map" | "flatMap":
            return sequence(results) if known else sequence([], join(*results))
        case "filter" | "sort":
            return sequence([], element(receiver))
        case "find":
            return element(receiver)
    return CLEAN


# Dictionaries


def _dictionary(
    machine: Calls, node: form.Call, name: str, receiver: Value, arguments: Arguments, frame: Frame
) -> Value | None:
    callee = node.callee
    match name:
        case "get" | "pop" | "setdefault" if arguments.positional and (
            receiver.kind in {"dict", "model"} or receiver.taints
        ):
            return _read(machine, node, receiver, arguments, frame)
        case "items" if receiver.kind != "list":
            values = join(*receiver.parts()) if receiver.fields or receiver.rest is not None else derived(receiver)
            return sequence([], sequence([keys(receiver) if receiver.kind else derived(receiver), values]))
        case "keys":
            return sequence([], keys(receiver) if receiver.kind else derived(receiver))
        case "values" if receiver.kind in {"dict", "model"}:
            return sequence([], join(*receiver.parts()))
        case "update" if receiver.kind == "dict" and isinstance(callee, form.Attribute):
            more = arguments.positional[0] if arguments.positional else Value(kind="dict")
            for key, value in arguments.keywords.items():
                more = with_part(more, key, value)
            machine.update(callee.value, lambda old: merged_mapping(old, more), frame)
            return CLEAN
        case "set" if len(arguments.positional) == 2 and receiver.kind == "dict" and isinstance(callee, form.Attribute):
            added = arguments.positional[1]
            machine.update(callee.value, lambda old: with_some_part(old, added), frame)
            return receiver
    return None


def _read(machine: Calls, node: form.Call, receiver: Value, arguments: Arguments, frame: Frame) -> Value:
    key, default = arguments.positional[0], arguments.at(1, "default")
    if key.constants is not None:
        found = join(*(machine.part(receiver, one, node, frame) for one in key.constants if isinstance(one, str | int)))
    else:
        found = join(*receiver.parts()) if receiver.fields or receiver.rest is not None else derived(receiver)
    if isinstance(node.callee, form.Attribute) and node.callee.name == "pop" and key.is_constant:
        gone = key.constant
        machine.update(
            node.callee.value, lambda old: replace(old, fields=tuple((k, v) for k, v in old.fields if k != gone)), frame
        )
    sure = key.is_constant and receiver.kind == "dict" and receiver.get(key.constant) is not None  # type: ignore[arg-type]
    if default is None or sure:
        return found
    return default if found == NOTHING else join(found, default)


# Models


def _model(
    machine: Calls, node: form.Call, name: str, receiver: Value, arguments: Arguments, frame: Frame
) -> Value | None:
    if name in _VALIDATING and isinstance(receiver.ref, ClassReference) and receiver.kind == "class":
        given = merged_mapping(Value(kind="dict"), arguments.at(0, "obj") or CLEAN)
        given = merged_mapping(given, arguments.keywords.get("update", CLEAN))
        passed = Arguments([], {str(key): value for key, value in given.fields}, given.rest)
        passwords.constructed(machine, receiver.ref, passed, frame, node)
        return replace(given, kind="instance", ref=receiver.ref)
    if name in _DUMPING and receiver.kind in {"model", "dict", "instance"}:
        excluded = {
            str(one) for part in (arguments.keywords.get("exclude") or CLEAN).parts() for one in part.constants or ()
        }
        kept = tuple((key, value) for key, value in receiver.fields if key not in excluded)
        return replace(receiver, kind="dict", fields=kept, ref=None)
    return None


# Functions


def _function(machine: Calls, node: form.Call, name: str, arguments: Arguments, frame: Frame) -> Value | None:
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


def _static(owner: str, name: str, arguments: Arguments) -> Value | None:
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
            if pattern.is_constant and new.constants == ("",) and _STRIPPING.fullmatch(str(pattern.constant)):
                return CLEAN
            return derived(arguments.positional[2], new)
        case "re", "compile":
            return replace(first, kind="regex")
    return None
