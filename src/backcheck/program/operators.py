"""What operators and methods of text give for values that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_TEXT = 20_000
_TEXT_METHODS: dict[str, Callable[..., object]] = {
    "strip": str.strip, "lstrip": str.lstrip, "rstrip": str.rstrip, "lower": str.lower, "upper": str.upper,
    "removeprefix": str.removeprefix, "removesuffix": str.removesuffix, "replace": str.replace, "split": str.split,
    "title": str.title, "trim": str.strip, "toLowerCase": str.lower, "toUpperCase": str.upper,
}  # fmt: skip
METHODS = frozenset({*_TEXT_METHODS, "join", "format"})
"""Names of the methods that `method` knows."""


class Undefined(Exception):  # noqa: N818 - an answer, no error
    """It gives nothing that is sure."""


def operate(operator: str, values: list[Any], *, python: bool) -> Any:  # noqa: ANN401 - as `Constant.value`
    """Return what the operator gives; raise `Undefined` where that is not sure. ``python``: text and numbers do not add."""
    match operator, values:
        case "+", [str(left), str(right)] if len(left) + len(right) < _MAX_TEXT:
            return left + right
        case "+", [str() | int() | float() as left, str() | int() | float() as right] if (
            isinstance(left, str) or isinstance(right, str)
        ) and not python:
            return f"{left}{right}"
        case "+", [int() | float() as left, int() | float() as right]:
            return left + right
        case "+", [list(left), list(right)]:
            return left + right
        case "*", [int() | float() as left, int() | float() as right] if abs(left) < 2**64 and abs(right) < 2**64:
            return left * right
        case "-", [int() | float() as left, int() | float() as right]:
            return left - right
        case "not" | "!", [value]:
            return not value
        case "|", [dict(left), dict(right)]:
            return left | right
        case "%", [str(left), right]:
            return _formatted(left, right)
        case "==" | "===", [left, right]:
            return left == right
        case "!=" | "!==", [left, right]:
            return left != right
    raise Undefined


def method(of: Any, name: str, args: list[Any]) -> Any:  # noqa: ANN401 - as above
    """Return what `of.name(*args)` gives; raise `Undefined` where that is not sure."""
    match of, name, args:
        case str(), "join", [list(parts)] if all(isinstance(part, str) for part in parts):
            return of.join(parts)
        case list(), "join", [str(between)] if all(isinstance(part, str) for part in of):
            return between.join(of)
        case str(), "format", _ if of.count("{}") == len(args) and of.count("{") == len(args):
            return _formatted(of.replace("{}", "%s"), args)
        case str(), _, _ if name in _TEXT_METHODS and all(isinstance(arg, str) for arg in args):
            return _TEXT_METHODS[name](of, *args)
    raise Undefined


def _formatted(text: str, values: Any) -> str:  # noqa: ANN401 - as above
    parts = text.split("%s")
    given = values if isinstance(values, list) else [values]
    if len(parts) != len(given) + 1 or any("%" in part for part in parts):
        raise Undefined
    return "".join(f"{part}{value}" for part, value in zip(parts, [*given, ""], strict=True))
