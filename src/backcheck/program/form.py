"""The common form: what the source of every language is lowered to.

One small set of expressions and statements, so that names, constants, extractors and flows are written once. Nodes
know where they stand by byte offsets (`at`); `Module.place` makes a `Place` of a node when somebody asks. A construct
without a counterpart becomes `Opaque` and keeps its children, so that a walk never loses a call.

Nodes are slotted but not frozen: a frozen dataclass takes three times as long to make, and a large tree makes
millions of them. Nothing may change a node after lowering.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from backcheck.findings import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

Span: TypeAlias = tuple[int, int]
"""First byte and one past the last byte in the module's source."""


# Expressions


@dataclass(slots=True, eq=False)
class Literal:
    """A string, number, boolean, None/null/undefined, or bytes; JavaScript regexes are `Opaque('regex')`."""

    value: str | bytes | int | float | bool | None
    at: Span


@dataclass(slots=True, eq=False)
class Name:
    """A bare identifier; `self`, `this` and `super` too."""

    id: str
    at: Span


@dataclass(slots=True, eq=False)
class Attribute:
    """`value.name`; also JavaScript's optional `value?.name`."""

    value: Expr
    name: str
    at: Span


@dataclass(slots=True, eq=False)
class Subscript:
    """`value[index]`."""

    value: Expr
    index: Expr
    at: Span


@dataclass(slots=True, eq=False)
class Call:
    """`callee(args)`, with keywords in languages that have them; `new` for JavaScript's `new X()`."""

    callee: Expr
    args: tuple[Expr, ...]
    at: Span
    keywords: tuple[tuple[str | None, Expr], ...] = ()
    """Name and value; the name is None for `**mapping`."""
    new: bool = False


@dataclass(slots=True, eq=False)
class Template:
    """A string with holes: f-string, template string. Literal pieces are `Literal` strings, in order.

    A tagged template is `Call(tag, (Template,))`.
    """

    parts: tuple[Expr, ...]
    at: Span


@dataclass(slots=True, eq=False)
class Operation:
    """Unary, binary, boolean or comparing operator over its operands, in order; `a < b < c` has two operators."""

    operator: str
    """As written: `+`, `%`, `and`, `&&`, `==`, `not`, `in`, `is not`, `??`, `typeof` …"""
    operands: tuple[Expr, ...]
    at: Span


@dataclass(slots=True, eq=False)
class Conditional:
    """`then if test else other`, `test ? then : other`."""

    test: Expr
    then: Expr
    other: Expr
    at: Span


@dataclass(slots=True, eq=False)
class Sequence:
    """A list, tuple, set or array display."""

    kind: str
    """`list` (also JavaScript's array), `tuple`, `set`."""
    items: tuple[Expr, ...]
    at: Span


@dataclass(slots=True, eq=False)
class Mapping:
    """A dictionary or object display. A key of None is a spread (`**x`, `...x`).

    Shorthand `{a}` has the key `Literal('a')` and the value `Name('a')`; a method has a `Function` as its value.
    """

    entries: tuple[tuple[Expr | None, Expr], ...]
    at: Span


@dataclass(slots=True, eq=False)
class Spread:
    """`*value`, `...value` in arguments and displays."""

    value: Expr
    at: Span


@dataclass(slots=True, eq=False)
class Await:
    """`await value`; also Python's `yield`/JavaScript's `yield` are `Opaque`, not this."""

    value: Expr
    at: Span


@dataclass(slots=True, eq=False)
class Comprehension:
    """`[element for target in iterable if condition]`: repeats `element` and `conditions`, not `iterable`."""

    kind: str
    """`list`, `set`, `dict`, `generator`."""
    element: Expr
    """For a dictionary a `Sequence('tuple', (key, value))`."""
    clauses: tuple[tuple[Expr, Expr], ...]
    """Target and iterable of each `for`, outermost first."""
    conditions: tuple[Expr, ...]
    at: Span


@dataclass(slots=True, eq=False)
class Parameter:
    """One parameter of a function."""

    name: str
    """For a destructuring pattern the empty string; see `pattern`."""
    at: Span
    annotation: Expr | None = None
    default: Expr | None = None
    kind: str = "plain"
    """`plain`, `rest` (`*args`, `...args`), `keywords` (`**kwargs`), `keyword_only`."""
    pattern: Expr | None = None
    """The `Mapping` or `Sequence` that a JavaScript parameter is taken apart into."""


@dataclass(slots=True, eq=False)
class Function:
    """A function, method, lambda or arrow. An arrow with an expression body has one `Return` in it."""

    name: str
    """Empty for an anonymous one."""
    parameters: tuple[Parameter, ...]
    body: tuple[Stmt, ...]
    at: Span
    decorators: tuple[Expr, ...] = ()
    is_async: bool = False
    returns: Expr | None = None
    """The annotation of the result."""
    name_at: Span | None = None


@dataclass(slots=True, eq=False)
class Opaque:
    """A construct without a counterpart here; its children are kept for walks."""

    kind: str
    """The grammar's own name of the node."""
    children: tuple[Expr, ...]
    at: Span


Expr: TypeAlias = (
    Literal
    | Name
    | Attribute
    | Subscript
    | Call
    | Template
    | Operation
    | Conditional
    | Sequence
    | Mapping
    | Spread
    | Await
    | Comprehension
    | Function
    | Opaque
)


# Statements


@dataclass(slots=True, eq=False)
class Assign:
    """`target = value`, also with an annotation, an operator (`+=` has `+`), or without a value.

    Chained targets are several; destructuring keeps a `Sequence`/`Mapping` as its target. JavaScript's
    `const`/`let`/`var` are assignments. A Python walrus or JavaScript inner assignment is an `Opaque('assignment', (target, value))`.
    """

    targets: tuple[Expr, ...]
    value: Expr | None
    at: Span
    annotation: Expr | None = None
    operator: str = ""
    decorators: tuple[Expr, ...] = ()
    """Of a decorated class field in TypeScript."""


@dataclass(slots=True, eq=False)
class Evaluate:
    """An expression as a statement."""

    value: Expr
    at: Span


@dataclass(slots=True, eq=False)
class If:
    """A branch; `elif` nests in `otherwise`.

    A `switch`/`match` is a chain of these: tests are `Operation('==', …)` where the pattern is a value, and
    `Opaque('case', …)` elsewhere.
    """

    test: Expr
    body: tuple[Stmt, ...]
    otherwise: tuple[Stmt, ...]
    at: Span


@dataclass(slots=True, eq=False)
class Loop:
    """`for target in iterable`, `while test`, and JavaScript's forms.

    A C-style `for` has its test here, its initialiser before the loop and its step last in the body.
    """

    target: Expr | None
    iterable: Expr | None
    test: Expr | None
    body: tuple[Stmt, ...]
    at: Span
    is_async: bool = False


@dataclass(slots=True, eq=False)
class Return:
    """`return value`."""

    value: Expr | None
    at: Span


@dataclass(slots=True, eq=False)
class Raise:
    """`raise value`, `throw value`."""

    value: Expr | None
    at: Span


@dataclass(slots=True, eq=False)
class Try:
    """`try` with its handlers; Python's `else` is the end of `body`."""

    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    final: tuple[Stmt, ...]
    at: Span


@dataclass(slots=True, eq=False)
class Handler:
    """One `except`/`catch`."""

    catches: Expr | None
    name: str
    body: tuple[Stmt, ...]
    at: Span


@dataclass(slots=True, eq=False)
class With:
    """`with context as target`."""

    items: tuple[tuple[Expr, Expr | None], ...]
    body: tuple[Stmt, ...]
    at: Span
    is_async: bool = False


@dataclass(slots=True, eq=False)
class Import:
    """One name bound by an import.

    `import a.b as c` → source `a.b`, name None, local `c`; `import a.b` → name None, local `a`;
    `from .x import y` → source `.x`, name `y`, local `y`; `from x import *` → name `*`.
    JavaScript: default import → name `default`; namespace → name None; `const x = require('y')` at any depth is an
    `Import` with name None (destructured: one each, with its name) and *also* nothing else.
    """

    source: str
    name: str | None
    local: str
    at: Span
    type_only: bool = False


@dataclass(slots=True, eq=False)
class Export:
    """JavaScript's `export`: the exported name and what it is.

    `export const a = 1` is the `Assign` followed by an `Export('a', Name('a'))`; `export default x` → name `default`;
    `export {a as b}` → `Export('b', Name('a'))`; `export {a} from './m'` has `source`; `export * from './m'` has the name `*`.
    """

    name: str
    value: Expr | None
    at: Span
    source: str | None = None


@dataclass(slots=True, eq=False)
class Define:
    """A named function as a statement; also a method in a class body."""

    function: Function
    at: Span


@dataclass(slots=True, eq=False)
class Class:
    """A class with its body: `Assign` for fields, `Define` for methods."""

    name: str
    bases: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    at: Span
    decorators: tuple[Expr, ...] = ()
    keywords: tuple[tuple[str | None, Expr], ...] = ()


Stmt: TypeAlias = Assign | Evaluate | If | Loop | Return | Raise | Try | With | Import | Export | Define | Class
Node: TypeAlias = Expr | Stmt | Parameter | Handler
_Kind = TypeVar("_Kind", bound=Node)


@dataclass(frozen=True)
class Module:
    """One source file in the common form."""

    path: str
    """POSIX path relative to the root."""
    language: str
    """`python`, `javascript`, `typescript`."""
    source: bytes
    body: tuple[Stmt, ...]
    problems: tuple[Span, ...] = field(default=())
    """ERROR and MISSING regions of the parse tree: what they hold was not read."""

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, depth first, in source order: one walk for all who ask."""
        return tuple(walk(*self.body))

    def every(self, kind: type[_Kind]) -> list[_Kind]:
        """Return every node of exactly this kind, in source order."""
        return self._by_kind.get(kind, [])

    @cached_property
    def _by_kind(self) -> dict[type, list[Any]]:
        found: dict[type, list[Any]] = {}
        for node in self.nodes:
            found.setdefault(type(node), []).append(node)
        return found

    @cached_property
    def _places(self) -> dict[Span, Place]:
        """The places that somebody asked for: flows and the call graph ask for those of functions again and again."""
        return {}

    @cached_property
    def _lines(self) -> list[int]:
        starts = [0]
        position = self.source.find(b"\n")
        while position != -1:
            starts.append(position + 1)
            position = self.source.find(b"\n", position + 1)
        return starts

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset) - 1
        column = len(self.source[self._lines[line] : offset].decode("utf-8", "replace"))
        return line + 1, column + 1

    def place(self, node: Node | Span) -> Place:
        """Return where the node stands in the file."""
        span = node if isinstance(node, tuple) else node.at
        place = self._places.get(span)
        if place is None:
            start, end = span
            place = self._places[span] = Place(self.path, *self._position(start), *self._position(end))
        return place

    def text(self, node: Node | Span) -> str:
        """Return the node's source text."""
        start, end = node if isinstance(node, tuple) else node.at
        return self.source[start:end].decode("utf-8", "replace")


def children(node: Node) -> list[Node]:
    """Return the nodes directly below, in source order of their fields."""
    below: list[Node] = []
    for name, depth in _CHILD_FIELDS[type(node)]:
        value = getattr(node, name)
        if depth == 0:
            if value is not None:
                below.append(value)
        elif depth == 1:
            below += value
        else:
            below += [part for parts in value for part in parts if type(part) in _CHILD_FIELDS]
    return below


def walk(*nodes: Node) -> Iterator[Node]:
    """Give each node and everything below it, depth first, in source order; iterative, so depth is no limit."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(children(node))


_KINDS: tuple[type, ...] = (
    Literal, Name, Attribute, Subscript, Call, Template, Operation, Conditional, Sequence, Mapping, Spread, Await,
    Comprehension, Parameter, Function, Opaque, Assign, Evaluate, If, Loop, Return, Raise, Try, Handler, With,
    Import, Export, Define, Class,
)  # fmt: skip
_HOLDS_NODES = re.compile(r"\b(Expr|Stmt|Parameter|Handler|Function)\b")

_CHILD_FIELDS: dict[type, tuple[tuple[str, int], ...]] = {
    kind: tuple(
        (part.name, part.type.count("tuple["))
        for part in fields(kind)
        if isinstance(part.type, str) and _HOLDS_NODES.search(part.type)
    )
    for kind in _KINDS
}
"""Of each kind, the fields that hold nodes: one or none (0), a tuple of them (1), or a tuple of tuples (2)."""
