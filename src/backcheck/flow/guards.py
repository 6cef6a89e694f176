"""Typed guards: what a test shows of the value that it tests.

Only tests that leave no text of the caller's are guards: membership in an allow-list, equality with a constant, a type,
a whole match of a narrow pattern. A test of any other kind (a length, a forbidden word) shows nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.flow.frame import Frame, path_of
from backcheck.flow.value import CLEAN, NOTHING, Value, element, join
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.expressions import Expressions
    from backcheck.flow.members import Closure

_MEMBERSHIP = frozenset({"includes", "has", "hasOwnProperty", "contains", "indexOf", "__contains__", "hasOwn"})
_TEXT_TESTS = frozenset({"isdigit", "isnumeric", "isdecimal", "isalnum", "isalpha", "isidentifier"})
_TYPE_TESTS = frozenset(
    {
        "isInteger", "isSafeInteger", "isFinite", "isInt", "isNumeric", "isUUID", "isAlphanumeric", "isAlpha",
        "isMongoId", "isFloat", "isBoolean", "isDecimal", "isHexadecimal", "isISO8601",
    }
)  # fmt: skip
_NARROW_TYPES = frozenset({"int", "float", "bool", "UUID", "Decimal", "date", "datetime"})
_REFUSED = re.compile(r"(?<!\\)\.|\[\^|\\[SDW]|['\"`;]")
"""What makes a pattern too wide to be a guard: it lets a quote or any character pass."""


def refine(machine: Expressions, test: form.Expr, frame: Frame, *, outcome: bool, depth: int = 0) -> None:
    """Note in the frame what the test shows where it came out so."""
    match test:
        case form.Operation(operator="not" | "!", operands=(inner,)):
            refine(machine, inner, frame, outcome=not outcome, depth=depth)
        case form.Operation(operator="and" | "&&", operands=operands) if outcome:
            for operand in operands:
                refine(machine, operand, frame, outcome=True, depth=depth)
        case form.Operation(operator="or" | "||", operands=operands) if not outcome:
            for operand in operands:
                refine(machine, operand, frame, outcome=False, depth=depth)
        case form.Operation(operator="or" | "||", operands=operands):
            _either(machine, operands, frame, depth)
        case form.Operation(operator=sign, operands=(left, right)):
            _compared(machine, sign, left, right, frame, outcome=outcome)
        case form.Call():
            _called(machine, test, frame, outcome=outcome, depth=depth)
        case form.Await(value=inner):
            refine(machine, inner, frame, outcome=outcome, depth=depth)
        case form.Name() | form.Attribute() | form.Subscript() if not outcome:
            _empty(machine, test, frame)


def kept(machine: Expressions, closure: Closure, value: Value, frame: Frame) -> Value:
    """Return what a filter's predicate shows of the elements that it keeps: `names.filter((x) => ALLOWED.includes(x))`."""
    function = closure.function
    match function.body, function.parameters:
        case (form.Return(value=test),), (parameter, *_) if test is not None:
            scope = machine.scope_of(function, closure.module)
            inside = Frame(closure.module, scope, frame.name, function, {parameter.name: value}, closure.outer)
            refine(machine, test, inside, outcome=True)
            return inside.env[parameter.name]
    return value


def _either(machine: Expressions, operands: tuple[form.Expr, ...], frame: Frame, depth: int) -> None:
    """Note what every one of the alternatives shows."""
    before, ends = frame.env, []
    for operand in operands:
        frame.env = dict(before)
        refine(machine, operand, frame, outcome=True, depth=depth)
        ends.append(frame.env)
    frame.env = before
    if not ends:
        return
    for path in set[str].intersection(*({path for path in end if end[path] is not before.get(path)} for end in ends)):
        _show(path, join(*(end[path] for end in ends)), frame)


def _empty(machine: Expressions, tested: form.Expr, frame: Frame) -> None:
    """Note that a value which counts as false holds no text of the caller's: `if (body.password) body.password = hash(…)`."""
    path = path_of(tested)
    if path is None or not machine.evaluate(tested, frame).taints:
        return
    if path.split(".")[0] in frame.env:
        machine.assign(tested, CLEAN, frame)
    else:  # what an outer function holds is not this branch's to change
        _show(path, CLEAN, frame)


def _show(path: str | None, value: Value, frame: Frame) -> None:
    if path is not None:
        frame.env[path] = value


def _compared(
    machine: Expressions,
    sign: str,
    left: form.Expr,
    right: form.Expr,
    frame: Frame,
    *,
    outcome: bool,
) -> None:
    match sign, outcome:
        case ("==" | "===" | "is", True) | ("!=" | "!==" | "is not", False):
            _equal(machine, left, right, frame)
            _equal(machine, right, left, frame)
        case ("in", True) | ("not in", False):
            _member(machine, left, right, frame)
    if (
        isinstance(left, form.Call)
        and isinstance(right, form.Literal)
        and (right.value is None or right.value is False)
    ):
        # `re.fullmatch(…) is None`, `ALLOWED.includes(x) === false`
        same = sign in {"==", "===", "is"}
        refine(machine, left, frame, outcome=outcome is not same, depth=1)
    # `ALLOWED.indexOf(x) !== -1`, `> -1`, `>= 0`
    if isinstance(left, form.Call) and isinstance(left.callee, form.Attribute) and left.callee.name == "indexOf":
        bound = machine.evaluate(right, frame)
        found = (sign, bound.constants) in {(">", (-1,)), (">=", (0,)), ("!==", (-1,)), ("!=", (-1,))}
        absent = (sign, bound.constants) in {("===", (-1,)), ("==", (-1,)), ("<", (0,))}
        if ((found and outcome) or (absent and not outcome)) and left.args:
            _member(machine, left.args[0], left.callee.value, frame)


def _equal(machine: Expressions, tested: form.Expr, against: form.Expr, frame: Frame) -> None:
    value = machine.evaluate(against, frame)
    if isinstance(tested, form.Operation) and tested.operator == "typeof":
        if value.constants and set(value.constants) <= {"number", "boolean", "bigint"}:
            _show(path_of(tested.operands[0]), CLEAN, frame)
        return
    path = path_of(tested)
    if path is not None and value.constants is not None and value != NOTHING:
        current = machine.evaluate(tested, frame)
        if current.taints or current.gaps:
            _show(path, value, frame)


def _member(machine: Expressions, tested: form.Expr, container: form.Expr, frame: Frame) -> None:
    allowed = machine.evaluate(container, frame)
    path = path_of(tested)
    if path is None:
        return
    if allowed.kind in {"list", "dict", "model"}:
        inner = element(allowed)
        if not (inner.taints or inner.gaps) and (allowed.fields or allowed.rest is not None):
            _show(path, inner, frame)
    elif allowed.kind == "class" and (members := machine.part_of_instance(allowed, "value")) is not None:
        _show(path, members, frame)


def _called(machine: Expressions, test: form.Call, frame: Frame, *, outcome: bool, depth: int) -> None:
    callee = test.callee
    name = callee.name if isinstance(callee, form.Attribute) else callee.id if isinstance(callee, form.Name) else ""
    if name in {"isNaN", "isinstance"} or outcome:
        _recognised(machine, test, name, frame, outcome=outcome)
    if depth < 2:
        _own_predicate(machine, test, frame, outcome=outcome, depth=depth)


def _recognised(machine: Expressions, test: form.Call, name: str, frame: Frame, *, outcome: bool) -> None:
    callee, args = test.callee, test.args
    if name == "isNaN" and args and not outcome:
        _show(path_of(args[0]), CLEAN, frame)
    elif name == "isinstance" and len(args) == 2 and outcome:
        names = args[1].items if isinstance(args[1], form.Sequence) else (args[1],)
        if {path.split(".")[-1] for one in names if (path := path_of(one))} <= _NARROW_TYPES:
            _show(path_of(args[0]), CLEAN, frame)
    elif not outcome:
        return
    elif name in _MEMBERSHIP and isinstance(callee, form.Attribute):
        if name == "hasOwn" and len(args) == 2:
            _member(machine, args[1], args[0], frame)
        elif args and name != "indexOf":
            inner = callee.value  # `Object.prototype.hasOwnProperty.call(MAP, x)` has its own shape
            _member(machine, args[0], inner, frame)
    elif name == "call" and len(args) == 2 and isinstance(callee, form.Attribute):
        if isinstance(callee.value, form.Attribute) and callee.value.name == "hasOwnProperty":
            _member(machine, args[1], args[0], frame)
    elif name in _TEXT_TESTS and isinstance(callee, form.Attribute) and not args:
        _show(path_of(callee.value), CLEAN, frame)
    elif name in _TYPE_TESTS and args:
        _show(path_of(args[0]), CLEAN, frame)
    elif name in {"fullmatch", "match", "test"} and isinstance(callee, form.Attribute):
        _pattern(machine, callee, args, frame)


def _pattern(machine: Expressions, callee: form.Attribute, args: tuple[form.Expr, ...], frame: Frame) -> None:
    """Read `re.fullmatch(p, x)`, `p.fullmatch(x)`, `/p/.test(x)`, `x.match(/p/)`."""
    if callee.name == "test" and len(args) == 1:
        pattern, tested = machine.evaluate(callee.value, frame), args[0]
    elif len(args) >= 2:
        pattern, tested = machine.evaluate(args[0], frame), args[1]
    elif len(args) == 1:
        value = machine.evaluate(callee.value, frame)
        pattern, tested = (
            (value, args[0]) if value.kind == "regex" else (machine.evaluate(args[0], frame), callee.value)
        )
    else:
        return
    if pattern.is_constant and isinstance(pattern.constant, str) and is_narrow(pattern.constant, callee.name):
        _show(path_of(tested), CLEAN, frame)


def is_narrow(pattern: str, method: str) -> bool:
    """Whether a text that the pattern lets pass can hold no quote and no statement of its own."""
    whole = method == "fullmatch"
    if pattern.startswith("/") and pattern.rfind("/") > 0:
        pattern = pattern[1 : pattern.rfind("/")]
    starts = whole or (method == "match" and not pattern.startswith(".*")) or pattern.startswith(("^", "\\A"))
    ends = whole or pattern.endswith(("$", "\\Z", "\\z"))
    return starts and ends and not _REFUSED.search(pattern) and "|" not in re.sub(r"\([^()]*\)", "", pattern)


def _own_predicate(machine: Expressions, test: form.Call, frame: Frame, *, outcome: bool, depth: int) -> None:
    """Follow a predicate of this code base with one `return`: its expression is the test."""
    found = machine.program.definition(frame.scope, test.callee)
    function = found.node if found is not None else None
    if function is None and isinstance(test.callee, form.Name):
        held = frame.read(test.callee.id)
        function = getattr(held.ref, "function", None) if held is not None else None
    if not isinstance(function, form.Function) or found is None:
        return
    if len(function.body) != 1 or not isinstance(function.body[0], form.Return) or function.body[0].value is None:
        return
    inside = Frame(found.module, machine.scope_of(function, found.module), found.name)
    paths = {}
    for parameter, argument in zip(function.parameters, test.args, strict=False):
        inside.env[parameter.name] = machine.evaluate(argument, frame)
        paths[parameter.name] = path_of(argument)
    before = dict(inside.env)
    refine(machine, function.body[0].value, inside, outcome=outcome, depth=depth + 1)
    for name, path in paths.items():
        if inside.env.get(name) != before.get(name):
            _show(path, inside.env[name], frame)
