"""What binds names: each place that does, and all of one body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.program.form import (
    Assign,
    Attribute,
    Class,
    Comprehension,
    Define,
    Evaluate,
    Function,
    Handler,
    If,
    Import,
    Literal,
    Loop,
    Mapping,
    Module,
    Name,
    Opaque,
    Operation,
    Sequence,
    Spread,
    Subscript,
    Try,
    With,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.form import Expr, Module, Node
    from backcheck.program.scopes import Scope

_TYPING = frozenset({"typing", "typing_extensions"})
LEAVES = frozenset({Name, Literal, Import})
"""Kinds of node with nothing to walk below them."""


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that binds a name."""

    node: Node
    """`Assign`, `Function`, `Class`, `Import`, `Parameter`, `Loop`, `With`, `Handler`, `Comprehension`, or an inner assignment's `Opaque`."""
    value: Expr | None = None
    """What it is bound to, where that is an expression: of `a, b = x, y` the part that belongs to the name."""
    steps: tuple[Expr | int, ...] = ()
    """How `value` is taken apart on the way to the name: keys of a pattern as expressions, positions as numbers."""
    scope: Scope | None = None
    """Where it stands, if not in the scope whose name it binds: an inner function with `global` or `nonlocal`."""
    fallback: bool = False
    """It is an import that runs only where another one fails."""
    unrun: bool = False
    """It stands where only a type checker looks: no run of the program makes it."""


def names_of(target: Expr, value: Expr | None = None) -> Iterator[tuple[str, Expr | None, tuple[Expr | int, ...]]]:
    """Give each name that a pattern binds, with the value it comes from and the steps from there to it."""
    stack: list[tuple[Expr, Expr | None, tuple[Expr | int, ...]]] = [(target, value, ())]
    while stack:
        target, value, steps = stack.pop()
        match target, value:
            case Name(name), _:
                yield name, value, steps
            case Sequence(items=items), Sequence(items=values) if (
                not steps
                and len(items) == len(values)
                and not any(isinstance(item, Spread) for item in (*items, *values))
            ):
                stack.extend((item, part, ()) for item, part in reversed(list(zip(items, values, strict=True))))
            case Sequence(items=items), _:
                stack.extend((item, value, (*steps, index)) for index, item in reversed(list(enumerate(items))))
            case Mapping(entries), _:
                stack.extend(
                    (part, value, (*steps, key) if key is not None else (*steps, -1)) for key, part in reversed(entries)
                )
            case Spread(inner), _:
                stack.append((inner, value, (*steps, -1)))
            case Opaque("default", (inner, _)), _:
                stack.append((inner, value, steps))


@dataclass(frozen=True, slots=True)
class Body:
    """What the body of one module, class or function binds, functions and classes inside it left out."""

    names: dict[str, list[Binding]]
    comprehended: dict[str, list[Binding]]
    """Variables of comprehensions, an outer one's before an inner one's."""
    outer: dict[str, str]
    """Names of `global` and `nonlocal` statements, and which of the two."""

    def around(self, name: str, use: int) -> Binding | None:
        """Return what the innermost comprehension around a byte binds; its first iterable is evaluated outside of it."""
        for binding in reversed(self.comprehended.get(name, ())):
            match binding.node:
                case Comprehension(clauses=((_, outside), *_), at=(start, end)):
                    if start <= use < end and not outside.at[0] <= use < outside.at[1]:
                        return binding
        return None


def body_of(node: Function | Class | Module) -> Body:
    """Return what the body of the node binds, a function's parameters with it."""
    body = Body({}, {}, {})
    if isinstance(node, Function):
        for name, binding in _parameters(node):
            body.names.setdefault(name, []).append(binding)
    fallbacks: set[int] = set()
    branches: list[If] = []
    stack: list[Node] = list(reversed(node.body))
    while stack:
        current = stack.pop()
        kind = type(current)
        if kind is Comprehension:
            for name, binding in _variables(current):
                body.comprehended.setdefault(name, []).append(binding)
        elif kind is Try:
            fallbacks |= _fallbacks(current)
        elif kind is If:
            branches.append(current)  # type: ignore[arg-type]
        for name, binding in _bound_by(current, body.outer):
            late = id(current) in fallbacks
            body.names.setdefault(name, []).append(replace(binding, fallback=True) if late else binding)
        if kind in _BLOCKS or (kind not in _CLOSED and kind not in LEAVES):
            stack.extend(reversed(children(current)))
    _leave_unrun(body, branches)
    return body


def _leave_unrun(body: Body, branches: list[If]) -> None:
    """Mark what stands in a branch that never runs, and drop it where the name is bound elsewhere."""
    dead = [span for branch in branches if (span := _unrun(branch, body)) is not None]
    for name, bindings in body.names.items() if dead else ():
        marked = [
            replace(binding, unrun=True) if any(start <= binding.node.at[0] < end for start, end in dead) else binding
            for binding in bindings
        ]
        body.names[name] = [binding for binding in marked if not binding.unrun] or marked


def _unrun(branch: If, body: Body) -> tuple[int, int] | None:
    """Return the span of the branch of `if TYPE_CHECKING:` or `if False:` that never runs."""
    test, dead = branch.test, branch.body
    if isinstance(test, Operation) and test.operator == "not" and len(test.operands) == 1:
        test, dead = test.operands[0], branch.otherwise
    if not dead or not _is_false(test, body):
        return None
    return dead[0].at[0], dead[-1].at[1]


def _is_false(test: Expr, body: Body) -> bool:
    match test:
        case Literal(value):
            return value is False or value == 0
        case Name(name):
            bindings = body.names.get(name, [])
            return bool(bindings) and all(_is_constant_false(binding) for binding in bindings)
        case Attribute(Name(name), "TYPE_CHECKING"):
            bindings = body.names.get(name, [])
            return bool(bindings) and all(
                isinstance(binding.node, Import) and binding.node.source in _TYPING for binding in bindings
            )
    return False


def _is_constant_false(binding: Binding) -> bool:
    match binding.node:
        case Import(source=source, name="TYPE_CHECKING"):
            return source in _TYPING
        case Assign(targets=(Name("TYPE_CHECKING"),), value=Literal(False)):
            return True
    return False


def _parameters(function: Function) -> Iterator[tuple[str, Binding]]:
    for parameter in function.parameters:
        if parameter.name:
            yield parameter.name, Binding(parameter)
        if parameter.pattern is not None:
            for name, _, steps in names_of(parameter.pattern):
                yield name, Binding(parameter, None, steps)


def _variables(node: Node) -> Iterator[tuple[str, Binding]]:
    if isinstance(node, Comprehension):
        for target, _ in node.clauses:
            for name, _, steps in names_of(target):
                yield name, Binding(node, None, steps)


def _fallbacks(node: Node) -> set[int]:
    """Return the imports in handlers of a `try` that imports: `try: import a` `except ImportError: import b`."""
    if not isinstance(node, Try) or not any(isinstance(statement, Import) for statement in node.body):
        return set()
    return {id(statement) for handler in node.handlers for statement in handler.body if isinstance(statement, Import)}


_CLOSED = frozenset({Function, Class, Define, Attribute, Subscript})
_BLOCKS = frozenset({If, Try, With, Loop})


def _bound_by(node: Node, outer: dict[str, str]) -> Iterator[tuple[str, Binding]]:
    match node:
        case Assign(targets=targets, value=value, operator=operator):
            for target in targets:
                for name, part, steps in names_of(target, None if operator else value):
                    yield name, Binding(node, part, steps)
        case Define(function):
            yield function.name, Binding(function)
        case Class(name=name):
            yield name, Binding(node)
        case Import(local=local):
            yield local, Binding(node)
        case Opaque("assignment", (target, value)):
            for name, part, steps in names_of(target, value):
                yield name, Binding(node, part, steps)
        case Evaluate(Opaque("global_statement" | "nonlocal_statement" as kind, names)):
            outer.update((name.id, kind) for name in names if isinstance(name, Name))
        case _:
            yield from _bound_by_block(node)


def _bound_by_block(node: Node) -> Iterator[tuple[str, Binding]]:
    match node:
        case Loop(target=target) if target is not None:
            for name, _, steps in names_of(target):
                yield name, Binding(node, None, steps)
        case With(items=items):
            for context, target in items:
                if target is not None:
                    for name, part, steps in names_of(target, context):
                        yield name, Binding(node, part, steps)
        case Handler(name=name) if name:
            yield name, Binding(node)
