"""What is known of values in a request without credentials, and what follows from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from backcheck.program.form import Name, Sequence, Spread

if TYPE_CHECKING:
    from backcheck.program.form import Expr, Function

CREDENTIAL = re.compile(
    r"(?i)auth|token|api[-_]?key|session|jwt|secret|bearer|credential|user|access[-_]?key|signature"
)
NOT_CREDENTIAL = re.compile(r"(?i)csrf|xsrf|user[-_]?agent")


class Value(Enum):
    """What is known of a value, beside constants."""

    ABSENT = "absent"
    REQUEST = "request"
    SOURCE = "source"
    REFUSAL = "refusal"
    URL = "url"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Known:
    """A constant."""

    value: object


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for."""

    path: str
    """Of the route, with its parameters in braces; empty where it begins with one and so may be any path."""
    method: str
    """Empty where the route answers several."""


Env = dict[str, "Value | Known"]
"""What the names of a function are known to be."""


def source(name: str) -> Value:
    """Return what a header or cookie of this name holds."""
    return Value.ABSENT if CREDENTIAL.search(name) and not NOT_CREDENTIAL.search(name) else Value.UNKNOWN


def truth(value: Value | Known) -> bool | None:
    """Return whether the value is true; None where that is open."""
    match value:
        case Known(constant):
            return bool(constant)
        case Value.ABSENT:
            return False
    return None


def compared(operator: str, left: Value | Known, right: Value | Known) -> bool | None:
    """Return what a comparison gives; None where that is open."""
    negative = operator in {"!=", "is not", "not in"}
    if operator not in {"==", "is", "in"} and not negative:
        return None
    if operator in {"in", "not in"}:
        match left, right:
            case Known(str(text)), Known(str() | list() | tuple() | set() | dict() as holder):
                return (text in holder) is not negative
        if right is Value.ABSENT or right is Value.SOURCE or left is Value.ABSENT:
            credential = not isinstance(left, Known) or source(str(left.value)) is Value.ABSENT
            return negative if right is not Value.SOURCE or credential else None
        return None
    match left, right:
        case (Known(one), Known(other)):
            return (one == other) is not negative
        case (Value.ABSENT, Known(other)) | (Known(other), Value.ABSENT):
            return bool(other) is negative
        case (Value.ABSENT, _) | (_, Value.ABSENT):
            return negative
    return None


def asked(request: Asked | None, name: str) -> Value | Known:
    """Return the path or the method that a request asks for, as far as it is known."""
    text = "" if request is None else request.path if name == "path" else request.method
    return Known(text) if text else Value.UNKNOWN


def of_text(method: str, text: Known, arguments: list[Any]) -> Known | None:
    """Return what a method of a constant text gives; None where that is open."""
    given = [
        tuple(one.value) if isinstance(one.value, list) else one.value for one in arguments if isinstance(one, Known)
    ]
    if not isinstance(text.value, str) or len(given) != len(arguments):
        return None
    if method in {"startswith", "endswith"} and len(given) == 1 and isinstance(given[0], str | tuple):
        prefixes = (given[0],) if isinstance(given[0], str) else given[0]
        tests = {"startswith": text.value.startswith, "endswith": text.value.endswith}
        return Known(any(isinstance(one, str) and tests[method](one) for one in prefixes))
    if method in {"strip", "rstrip", "lower"} and all(isinstance(one, str) for one in given):
        return Known(getattr(text.value, method)(*given))
    return None


def either(one: Value | Known, other: Value | Known) -> Value | Known:
    """Return what is known of a value that is one or the other."""
    if one == other:
        return one
    if truth(one) is False and truth(other) is False:
        return Value.ABSENT
    return Value.UNKNOWN


def join(env: Env, other: Env) -> None:
    """Merge what another path knows into ``env``."""
    for name in env.keys() | other.keys():
        env[name] = either(env.get(name, Value.UNKNOWN), other.get(name, Value.UNKNOWN))


def bind(target: Expr, value: Value | Known, env: Env) -> None:
    """Bind the names of a target in ``env``."""
    match target:
        case Name(name):
            env[name] = value
        case Sequence(items=items):
            for item in items:
                bind(item, Value.ABSENT if value is Value.ABSENT else Value.UNKNOWN, env)
        case Spread(inner):
            bind(inner, Value.UNKNOWN, env)


def arguments(function: Function, positional: list[Any], named: dict[Any, Any], *, method: bool) -> Env:
    """Return what a call puts into the parameters of a function."""
    parameters = [parameter.name for parameter in function.parameters if parameter.kind == "plain"]
    env: Env = dict(zip(parameters[1:] if method else parameters, positional, strict=False))
    env.update({name: value for name, value in named.items() if name is not None})
    return env
