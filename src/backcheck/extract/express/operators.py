"""Operators over values that may be unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.extract.express.values import External, Items, Known, Native, Unknown, truth

if TYPE_CHECKING:
    from backcheck.extract.express.values import Value


class Position(int):
    """Where something was found: the one number whose comparison is decided here.

    Any other may be a counter: it is 0 on the first trial and does not stay so, and a limiter would never limit.
    """


def operate(operator: str, left: Value, right: Value) -> Value:
    """Return the value of a binary operator."""
    match operator, left, right:
        case "+", Known(int() | float() as first), Known(int() | float() as second):
            return Known(first + second)
        case "+", Known(str()), _:
            return Known(text_of(left) + text_of(right))
        case "+", _, Known(str()):
            return Known(text_of(left) + text_of(right))
        case (("<" | ">" | "<=" | ">="), Known(Position() as first), Known(int() as second)):
            return Known(
                {"<": first < second, ">": first > second, "<=": first <= second, ">=": first >= second}[operator]
            )
        case (("==" | "===" | "!=" | "!=="), _, _):
            equal = _equal(left, right)
            return Unknown() if equal is None else Known(equal is not operator.startswith("!"))
        case (("<" | ">" | "<=" | ">=" | "in" | "instanceof"), Native("absent"), _):
            return Known(value=False)
    return Unknown()


def of_text(text: str, name: str, args: list[Value]) -> Value:
    """Return what a method of a string gives; a text with marks is not known well enough to be taken apart."""
    first = args[0].value if args and isinstance(args[0], Known) else None
    match name:
        case "toLowerCase" | "toUpperCase" | "trim" if "{?" not in text:
            return Known({"toLowerCase": text.lower, "toUpperCase": text.upper, "trim": text.strip}[name]())
        case "split" if isinstance(first, str) and first and "{?" not in text:
            return Items([Known(part) for part in text.split(first)])
        case "startsWith" | "endsWith" | "includes" if isinstance(first, str) and "{?" not in text:
            held = {"startsWith": text.startswith, "endsWith": text.endswith, "includes": text.__contains__}
            return Known(held[name](first))
        case "indexOf" if isinstance(first, str) and "{?" not in text:
            return Known(Position(text.find(first)))
        case "concat":
            return Known(text + "".join(text_of(arg) for arg in args))
        case "replace" | "slice" | "substring" | "substr" | "toString" if not text:
            return Known("")
    return Unknown()


def text_of(value: Value) -> str:
    """Return a value as text in a template; what is unknown leaves its mark."""
    match value:
        case Known(None):
            return "{?}"
        case Known(bool(flag)):
            return str(flag).lower()
        case Known(constant):
            return str(constant)
        case Unknown(why):
            return f"{{?{why}}}"
        case External(symbol):
            return f"{{?{symbol}}}"
    return "{?}"


def _equal(left: Value, right: Value) -> bool | None:
    match left, right:
        case Known(first), Known(second):
            return None if "{?" in str(first) + str(second) else first == second
        case (Native("absent"), Known(constant)) | (Known(constant), Native("absent")):
            return constant is None
        case (Native("absent"), Unknown()) | (Unknown(), Native("absent")):
            return False
        case (Native("method"), Known("OPTIONS")) | (Known("OPTIONS"), Native("method")):
            return False
    return None


def either_of(values: list[Value]) -> Value:
    """Return the value that tells most among those that there may be; unknown where they would decide differently."""
    telling = [value for value in values if not isinstance(value, Unknown | Known)]
    constants = [value for value in values if isinstance(value, Known)]
    if telling:
        return telling[0]
    decided = {truth(value) for value in constants}
    if decided == {True} or (decided == {False} and len(constants) == len(values)):
        return constants[0]
    return next((value for value in values if isinstance(value, Unknown)), Unknown())


def found_in(array: Items, name: str, held: list[bool | None]) -> Value | None:
    """Return what a question about an array gives, with what it gives for each element; None where that is open."""
    if name == "every":
        return Known(value=False) if False in held else None if None in held else Known(value=True)
    first = next((index for index, each in enumerate(held) if each is not False), None)
    if first is not None and held[first] is None and (name in {"indexOf", "find"} or True not in held):
        return None
    match name:
        case "indexOf":
            return Known(Position(-1 if first is None else first))
        case "find":
            return Known(None) if first is None else array.values[first]
    return Known(first is not None)
