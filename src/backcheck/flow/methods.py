"""Methods of the languages' own types: texts, lists, dictionaries, and of validated models."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from backcheck.flow import passwords, schemas, standard, text
from backcheck.flow.arguments import Arguments
from backcheck.flow.expressions import merged_mapping
from backcheck.flow.guards import kept
from backcheck.flow.members import ClassReference, Closure
from backcheck.flow.value import (
    CLEAN,
    NOTHING,
    Value,
    constant,
    derived,
    element,
    join,
    keys,
    sequence,
    unknown,
    with_part,
    with_some_part,
)
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.flow.classes import Classes
    from backcheck.flow.frame import Frame

_TESTS = frozenset(
    {
        "startswith", "endswith", "startsWith", "endsWith", "includes", "indexOf", "lastIndexOf", "find_index", "findIndex", "has", "some", "every",
        "isdigit", "isnumeric", "isalnum", "isalpha", "isidentifier", "hasOwnProperty", "test", "fullmatch", "count", "index", "charCodeAt",
    }
)  # fmt: skip
_FOLDED: dict[str, Callable[[str], str]] = {
    "lower": str.lower, "upper": str.upper, "strip": str.strip, "toLowerCase": str.lower, "toUpperCase": str.upper, "trim": str.strip,
    "title": str.title, "capitalize": str.capitalize,
}  # fmt: skip
_ADDING = frozenset({"append", "push", "add", "unshift", "appendleft"})
_DUMPING = frozenset(
    {"model_dump", "dict", "toJSON", "toObject", "copy", "model_copy", "_asdict", "asdict", "jsonable_encoder"}
)
_VALIDATING = frozenset({"model_validate", "from_orm", "parse_obj", "validate"})
_EACH = frozenset({"map", "forEach", "filter", "find", "flatMap", "some", "every", "sort"})


def apply(
    machine: Classes, node: form.Call, name: str, receiver: Value | None, arguments: Arguments, frame: Frame
) -> Value | None:
    """Return what a method or function of the language gives; None where it is no such thing."""
    if receiver is None:
        return standard.function(machine, node, name, arguments, frame)
    if isinstance(node.callee, form.Attribute) and isinstance(node.callee.value, form.Name):
        owner = node.callee.value.id
        if owner in {"Object", "Array", "_", "re"}:
            done = standard.static(owner, name, arguments)
            if done is not None:
                return done
    checked = schemas.parsed(machine, node, arguments, frame)
    if checked is not None:
        return checked
    for attempt in (_text, _list, _dictionary, _model):
        done = attempt(machine, node, name, receiver, arguments, frame)
        if done is not None:
            return done
    return CLEAN if name in _TESTS and not _has_closure(arguments) else None


def _has_closure(arguments: Arguments) -> bool:
    return any(isinstance(value.ref, Closure) for value in arguments)


# Texts


def _text(
    _machine: Classes, node: form.Call, name: str, receiver: Value, arguments: Arguments, frame: Frame
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
    if new.constants == ("",) and standard.STRIPPING.fullmatch(bare):
        return CLEAN  # everything but letters and digits is removed
    if bare == "'":
        return unknown("quotes in it are doubled or removed by hand", frame.module.place(node))
    return derived(subject, new)


# Lists


def _list(
    machine: Classes, node: form.Call, name: str, receiver: Value, arguments: Arguments, frame: Frame
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


def _each(machine: Classes, name: str, receiver: Value, closure: Closure, frame: Frame) -> Value:
    if receiver.kind == "list" and receiver.rest is None and not receiver.taints and len(receiver.fields) <= 8:
        given = [part for _, part in receiver.fields]
    else:
        given = [element(receiver)]
    known = receiver.kind == "list" and receiver.rest is None and len(given) == len(receiver.fields)
    results = [machine.invoke(closure, Arguments([value, CLEAN]), frame, None) for value in given]
    match name:
        case "map" | "flatMap":
            return sequence(results) if known else sequence([], join(*results))
        case "filter":
            return sequence([], kept(machine, closure, element(receiver), frame))
        case "sort":
            return sequence([], element(receiver))
        case "find":
            return element(receiver)
    return CLEAN


# Dictionaries


def _dictionary(
    machine: Classes, node: form.Call, name: str, receiver: Value, arguments: Arguments, frame: Frame
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


def _read(machine: Classes, node: form.Call, receiver: Value, arguments: Arguments, frame: Frame) -> Value:
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
    machine: Classes, node: form.Call, name: str, receiver: Value, arguments: Arguments, frame: Frame
) -> Value | None:
    first = arguments.at(0)
    if (
        name in {"get", "resolve"}
        and first is not None
        and first.kind == "class"
        and isinstance(first.ref, ClassReference)
    ):
        return machine.instance_of(first.ref)  # `Container.get(Service)`
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
