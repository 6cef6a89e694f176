"""Operators and string operations over abstract values."""

from __future__ import annotations

import operator
import re
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from backcheck.flow.value import CLEAN, MAX_CONSTANTS, Value, constant, derived, element, flat, join, sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backcheck.flow.value import Constant

_LONGEST = 20_000
"""Characters of a constant that is folded; a longer one keeps its beginning."""

_FOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "===": operator.eq, "!=": operator.ne, "!==": operator.ne, "is": operator.eq,
    "is not": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "in": lambda left, right: left in right, "not in": lambda left, right: left not in right,
}  # fmt: skip
_COMPARING = frozenset({"==", "===", "!=", "!==", "is", "is not", "<", "<=", ">", ">=", "in", "not in", "instanceof"})
_NUMERIC = frozenset({"-", "**", "&", "|", "^", "<<", ">>", ">>>", "//", "~", "++", "--"})
_SPECIFIER = re.compile(r"%(?:\((?P<name>\w+)\))?[-#0 +]*(?:\*|\d+)?(?:\.\d+)?(?P<type>[diouxXeEfFgGcrsa%])")
_BRACES = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}!:]*)(?:![rsa])?(?::[^{}]*)?\}")


def concatenation(parts: Sequence[Value]) -> Value:
    """Return the text made of these parts, one after the other."""
    parts = [part if part.constants is not None else flat(part) for part in parts]
    if all(part.constants is not None for part in parts):
        choices = 1
        for part in parts:
            choices *= len(part.constants or ())
        if choices <= MAX_CONSTANTS:
            texts = ["".join(map(_shown, choice)) for choice in product(*(part.constants or () for part in parts))]
            if max(map(len, texts), default=0) <= _LONGEST:
                return Value(constants=tuple(dict.fromkeys(texts)))
    head = ""
    for part in parts:
        head += _shown(part.constant) if part.is_constant else part.beginning
        if not part.is_constant:
            break
    return replace(derived(*(replace(part, constants=None) for part in parts)), head=head[:_LONGEST])


def _shown(value: Constant) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def operation(sign: str, operands: Sequence[Value]) -> Value:
    """Return what the operator makes of its operands (never short-circuiting ones, see `truth`)."""
    if len(operands) == 1:
        return _unary(sign, operands[0])
    if len(operands) != 2:
        return CLEAN
    left, right = operands
    if sign == "+":
        return _sum(left, right)
    if sign == "%" and _is_text(left):
        return formatted(left, right)
    if sign in _FOLDS and left.is_constant and right.is_constant:
        try:
            return constant(_FOLDS[sign](left.constant, right.constant))
        except (TypeError, ValueError, ZeroDivisionError, OverflowError, MemoryError):
            return CLEAN
    if sign in _COMPARING or (sign in _NUMERIC and not (left.kind or right.kind)):
        return CLEAN
    if sign == "|" and "dict" in {left.kind, right.kind}:
        return join(left, right)
    return derived(left, right)


def _unary(sign: str, operand: Value) -> Value:
    if sign in {"not", "!"}:
        known = truth(operand)
        return CLEAN if known is None else constant(not known)
    if sign == "-" and operand.is_constant and isinstance(operand.constant, int | float):
        return constant(-operand.constant)
    return CLEAN


def _sum(left: Value, right: Value) -> Value:
    if left.kind == right.kind == "list":
        if left.rest is None:
            return sequence([*(part for _, part in left.fields), *(part for _, part in right.fields)], right.rest)
        return sequence([], join(*left.parts(), *right.parts()))
    if left.is_constant and right.is_constant:
        numbers = left.constant, right.constant
        if all(isinstance(number, int | float) for number in numbers):
            return constant(numbers[0] + numbers[1])  # type: ignore[operator]
    return concatenation([left, right])


def _is_text(value: Value) -> bool:
    return bool(value.head or value.taints or value.gaps) or any(isinstance(one, str) for one in value.constants or ())


def truth(value: Value) -> bool | None:
    """Return whether the value counts as true; None where that is not known."""
    if value.constants is not None:
        answers = {bool(one) for one in value.constants}
        return answers.pop() if len(answers) == 1 else None
    if value.kind in {"function", "class", "instance", "request", "regex"}:
        return True
    return None


def formatted(template: Value, arguments: Value) -> Value:
    """Return `template % arguments`."""
    if not template.is_constant or not isinstance(template.constant, str):
        return concatenation([template, flat(arguments)])
    parts, position, end = [], 0, 0
    for match in _SPECIFIER.finditer(template.constant):
        parts.append(constant(template.constant[end : match.start()]))
        end = match.end()
        if match["type"] == "%":
            parts.append(constant("%"))
            continue
        key = match["name"] if match["name"] is not None else position
        position += match["name"] is None
        parts.append(CLEAN if match["type"] in "diouxXeEfFgG" else _argument(arguments, key))
    return concatenation([*parts, constant(template.constant[end:])])


def _argument(arguments: Value, key: str | int) -> Value:
    if arguments.kind in {"list", "dict", "model"}:
        part = arguments.get(key)
        return part if part is not None else flat(element(arguments) if arguments.kind == "list" else arguments)
    return arguments


def brace_formatted(template: Value, positional: Sequence[Value], named: dict[str, Value], others: Value) -> Value:
    """Return `template.format(*positional, **named)`; ``others`` stands for arguments whose place is not known."""
    if not template.is_constant or not isinstance(template.constant, str):
        return concatenation([template, *positional, *named.values(), others])
    parts, position, end = [], 0, 0
    for match in _BRACES.finditer(template.constant):
        parts.append(constant(template.constant[end : match.start()]))
        end = match.end()
        if match["field"] is None:
            parts.append(constant(match.group()[0]))
            continue
        name = re.split(r"[.\[]", match["field"])[0]
        index = int(name) if name.isdigit() else position
        position += not name
        if name and not name.isdigit():
            part = named.get(name, others)
        else:
            part = positional[index] if index < len(positional) else others
        parts.append(part if name == match["field"] else flat(part))
    return concatenation([*parts, constant(template.constant[end:])])


def joined(separator: Value, items: Value) -> Value:
    """Return the items of the container as one text with the separator between them."""
    if items.kind == "list" and items.rest is None and not items.taints and not items.gaps:
        parts: list[Value] = []
        for _, item in items.fields:
            parts += [separator, item] if parts else [item]
        return concatenation(parts) if parts else constant("")
    # How many items there are is not known: what they begin with is.
    first = [value for key, value in items.fields if key == 0]
    return replace(derived(separator, items), head=first[0].beginning if first and items.kind == "list" else "")
