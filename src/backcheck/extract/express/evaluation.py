"""What expressions of registration code are worth: names, members, operators, calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.extract.express.libraries import choose
from backcheck.extract.express.members import Members
from backcheck.extract.express.operators import operate, text_of
from backcheck.extract.express.values import (
    Closure,
    External,
    Frame,
    Items,
    Known,
    Native,
    Record,
    Regex,
    Unknown,
    Value,
    truth,
)
from backcheck.program.form import (
    Attribute,
    Await,
    Call,
    Conditional,
    Function,
    Literal,
    Mapping,
    Name,
    Opaque,
    Operation,
    Sequence,
    Spread,
    Subscript,
    Template,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from backcheck.program.form import Expr, Module, Stmt

MAX_STEPS = 400_000
"""Statements and calls of one run: bounds time on code that repeats itself."""


class Thrown(Exception):  # noqa: N818 - it is JavaScript's `throw`, not an error of ours
    """An exception of the code that is being run."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Exhausted(Exception):  # noqa: N818 - a limit, which the caller reports
    """The run took more steps than it may."""


class Evaluation(Members):
    """Evaluates expressions. Statements, modules and what calls mean are subclasses'."""

    def __init__(self) -> None:
        self.uncertain = 0
        """How many undecided conditions the current statement stands under."""
        self.steps = 0
        self.limit = MAX_STEPS
        self._active: list[Function] = []

    def step(self) -> None:
        """Count one step; raise `Exhausted` beyond the limit."""
        self.steps += 1
        if self.steps > self.limit:
            raise Exhausted

    def run(self, body: Iterable[Stmt], frame: Frame) -> bool:
        """Run statements; return whether they end the function."""
        raise NotImplementedError

    def bind(self, target: Expr, value: Value, frame: Frame) -> None:
        """Bind a pattern."""
        raise NotImplementedError

    def imported(self, frame: Frame, source: str, name: str | None) -> Value:
        """Return what an import binds."""
        raise NotImplementedError

    def both(self, first: Callable[[], bool], second: Callable[[], bool]) -> bool:
        """Run two branches of which either may be taken; return whether both end the function."""
        self.uncertain += 1
        ended = [self._branch(branch) for branch in (first, second)]
        self.uncertain -= 1
        return all(ended)

    def _branch(self, branch: Callable[[], bool]) -> bool:
        try:
            return branch()
        except Thrown:
            return True

    # Expressions

    def evaluate(self, expr: Expr, frame: Frame) -> Value:
        """Return an expression's value; whatever it calls is done."""
        match expr:
            case Literal(value):
                return Known(value)
            case Name(name):
                return self._name(name, frame)
            case Attribute(of):
                return self.attribute(expr, self.evaluate(of, frame), frame)
            case Subscript(of, index):
                return self.subscript(self.evaluate(of, frame), self.evaluate(index, frame))
            case Call():
                return self.call(expr, frame)
            case Function():
                return Closure(expr, frame, frame.this, expr.name)
            case Template(parts):
                return Known("".join(self._text(part, frame) for part in parts))
            case Await(value):
                return self.awaited(self.evaluate(value, frame))
            case Operation(operator, operands):
                return self._operation(operator, operands, frame)
            case Conditional():
                return self._conditional(expr, frame)
            case Sequence(items=items):
                return Items(self.spread(items, frame))
            case Mapping():
                return self._record(expr, frame)
            case Opaque():
                return self._opaque(expr, frame)
        return Unknown()

    def awaited(self, value: Value) -> Value:
        """Return what awaiting gives."""
        return value

    def _name(self, name: str, frame: Frame) -> Value:
        if name == "this":
            found: Frame | None = frame
            while found is not None and found.this is None:
                found = found.parent
            return Unknown("this") if found is None or found.this is None else found.this
        if name == "undefined":
            return Known(None)
        holder = frame.find(name)
        if holder is not None:
            return holder.names[name]
        return External(name)  # a global: `process`, `Promise`, `Error`

    def _text(self, part: Expr, frame: Frame) -> str:
        return text_of(self.evaluate(part, frame))

    def _conditional(self, expr: Conditional, frame: Frame) -> Value:
        match truth(self.evaluate(expr.test, frame)):
            case True:
                return self.evaluate(expr.then, frame)
            case False:
                return self.evaluate(expr.other, frame)
        return choose(self._perhaps_each((expr.then, expr.other), frame))

    def _perhaps_each(self, parts: tuple[Expr, Expr], frame: Frame) -> list[Value]:
        """Evaluate what may be evaluated, one or the other; throw where both do."""
        values: list[Value] = []

        def kept(part: Expr) -> bool:
            values.append(self.evaluate(part, frame))
            return False

        if self.both(lambda: kept(parts[0]), lambda: kept(parts[1])):
            raise Thrown(Unknown())
        return values

    def _operation(self, operator: str, operands: tuple[Expr, ...], frame: Frame) -> Value:
        if len(operands) == 2 and operator in {"&&", "||", "??"}:
            return self._either(operator, operands[0], operands[1], frame)
        values = [self.evaluate(operand, frame) for operand in operands]
        match operator, values:
            case "!", [value]:
                known = truth(value)
                return Unknown() if known is None else Known(not known)
            case "-", [Known(int() | float() as number)]:
                return Known(-number)
            case "typeof", [Native("absent")]:
                return Known("undefined")
            case _, [left, right]:
                return operate(operator, left, right)
        return Unknown()

    def _either(self, operator: str, first: Expr, second: Expr, frame: Frame) -> Value:
        left = self.evaluate(first, frame)
        known = truth(left)
        if operator == "??" and known is False:
            known = not (isinstance(left, Native) or (isinstance(left, Known) and left.value is None))
        if known is not None:
            return left if known is (operator != "&&") else self.evaluate(second, frame)
        self.uncertain += 1
        try:
            right = self.evaluate(second, frame)
        finally:
            self.uncertain -= 1
        if operator == "&&":
            return right if truth(right) is False else Unknown()
        return right if truth(right) is not False else left

    def spread(self, items: Iterable[Expr], frame: Frame) -> list[Value]:
        """Evaluate arguments or elements, with `...` put in place."""
        values: list[Value] = []
        for item in items:
            if isinstance(item, Spread):
                value = self.evaluate(item.value, frame)
                values.extend(value.values if isinstance(value, Items) else [value])
            else:
                values.append(self.evaluate(item, frame))
        return values

    def _record(self, expr: Mapping, frame: Frame) -> Record:
        record = Record()
        for key, part in expr.entries:
            value = self.evaluate(part, frame)
            if isinstance(part, Function) and isinstance(value, Closure) and not _is_arrow(part, frame.module):
                value.this = record
            if key is not None:
                name = self._key(key, frame)
                if name is not None:
                    record.fields[name] = value
                    if isinstance(value, Closure):
                        value.name = value.name or name
            elif isinstance(value, Record):
                record.fields.update(value.fields)
        return record

    def _key(self, key: Expr, frame: Frame) -> str | None:
        match self.evaluate(key, frame):
            case Known(constant):
                return str(constant)
            case External(symbol):  # celebrate's `[Segments.BODY]`
                return symbol.rpartition(".")[2].lower()
        return None

    def _opaque(self, expr: Opaque, frame: Frame) -> Value:
        if expr.kind == "regex":
            return Regex(frame.module.text(expr))
        if expr.kind == "assignment" and len(expr.children) == 2:
            value = self.evaluate(expr.children[1], frame)
            self.bind(expr.children[0], value, frame)
            return value
        for child in expr.children:
            value = self.evaluate(child, frame)
            if expr.kind == "keys":
                return Items([Known(key) for key in value.fields]) if isinstance(value, Record) else Unknown()
        return Unknown()

    # Calls

    def call(self, expr: Call, frame: Frame) -> Value:
        """Do a call and return its result."""
        raise NotImplementedError

    def apply(self, closure: Closure, args: list[Value]) -> Value:
        """Run a function with these arguments."""
        raise NotImplementedError


def _is_arrow(function: Function, module: Module) -> bool:
    """Return whether a function keeps the `this` around it; the form does not tell, its first word does."""
    start = function.at[0]
    return function.name_at is None and b"function" not in module.source[start : start + 16]
