"""Abstract values: what the interpreter knows of a value without running anything.

A value is a product of independent facts: the constants it may be, what a caller put into it, what could not be
followed, and the parts of a container. A value with none of these is *clean*: something that is not constant and
cannot carry a caller's text (a number, a truth value, the clock).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from backcheck.findings import Place

Constant: TypeAlias = str | bytes | int | float | bool | None
Key: TypeAlias = str | int
_Mark = TypeVar("_Mark")

MAX_CONSTANTS = 16
"""Constants that a value may be at once; beyond it, only their common beginning is kept."""
MAX_FIELDS = 64
"""Keys of a container that are kept apart."""
_MAX_STEPS = 8
_MAX_MARKS = 4


@dataclass(frozen=True, slots=True)
class Taint:
    """Something that a caller sent."""

    source: Place
    """Where it enters the program."""
    name: str
    """What the request calls it: `password`, `sort`; the part of the request where no name is known."""
    state: str = ""
    """What was done to it: `` plain, `hashed`, `weak`, or `call:NAME` for a function that could not be followed."""
    steps: tuple[Place, ...] = field(default=(), compare=False)
    """Where it went since."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be followed."""

    why: str
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a value; see the module's docstring."""

    constants: tuple[Constant, ...] | None = None
    """Every value it may have; None where it is not one of a few constants."""
    head: str = ""
    """Known beginning of a text that is not one constant."""
    taints: tuple[Taint, ...] = ()
    gaps: tuple[Gap, ...] = ()
    kind: str = ""
    """`list`, `dict`, `model` (declared fields only), `instance`, `function`, `class`, `request`, `regex`,
    `builder` (a query builder's), `statement` (a text that was judged), `foreign` (a library's own)."""
    fields: tuple[tuple[Key, Value], ...] = ()
    rest: Value | None = None
    """Joined value of every key that `fields` does not hold; None where there is no other key."""
    ref: object = None
    """The closure, class or request table behind the kind; compared by identity."""

    def get(self, key: Key) -> Value | None:
        """Return the part under this key, if it is kept apart."""
        return next((value for name, value in self.fields if name == key), None)

    @property
    def constant(self) -> Constant:
        """The one constant it is. Ask `is_constant` first."""
        assert self.constants is not None
        return self.constants[0]

    @property
    def is_constant(self) -> bool:
        """Whether it is exactly one constant."""
        return self.constants is not None and len(self.constants) == 1

    @property
    def beginning(self) -> str:
        """The known beginning of the text; empty where nothing is known."""
        texts = [text for text in self.constants or () if isinstance(text, str)]
        return common_beginning(texts) if texts else self.head

    def parts(self) -> Iterable[Value]:
        """Give the values of all keys."""
        for _, value in self.fields:
            yield value
        if self.rest is not None:
            yield self.rest


CLEAN = Value()
NOTHING = Value(constants=(None,))


def constant(value: Constant) -> Value:
    """Return the value that is this constant."""
    return Value(constants=(value,))


def unknown(why: str, place: Place | None = None) -> Value:
    """Return a value of which nothing is known, and why."""
    return Value(gaps=(Gap(why, place),))


def sequence(items: Iterable[Value], rest: Value | None = None) -> Value:
    """Return a list of these items, in order, and any number of others."""
    kept = tuple(enumerate(items))
    if len(kept) > MAX_FIELDS:
        rest = join(*(value for _, value in kept), *(() if rest is None else (rest,)))
        kept = ()
    return Value(kind="list", fields=kept, rest=rest)


def mapping(entries: dict[Key, Value], rest: Value | None = None) -> Value:
    """Return a dictionary or object with these keys."""
    if len(entries) > MAX_FIELDS:
        rest = join(*entries.values(), *(() if rest is None else (rest,)))
        entries = {}
    return Value(kind="dict", fields=tuple(entries.items()), rest=rest)


def common_beginning(texts: list[str]) -> str:
    """Return the longest text that all of these begin with."""
    shortest, longest = min(texts), max(texts)
    same = next((index for index, one in enumerate(shortest) if one != longest[index]), len(shortest))
    return shortest[:same]


def join(*values: Value) -> Value:
    """Return a value that may be any of these."""
    if not values:
        return CLEAN
    result = values[0]
    for value in values[1:]:
        if value is not result and value != result:
            result = _join(result, value)
    return result


def _join(left: Value, right: Value) -> Value:
    constants: tuple[Constant, ...] | None = None
    if left.constants is not None and right.constants is not None:
        constants = _distinct((*left.constants, *right.constants))
    if NOTHING in (left, right):  # absent or a container: the container is what a read would meet
        whole = right if left == NOTHING else left
        if whole.kind or whole.taints or whole.gaps:
            return whole
    head = common_beginning([left.beginning, right.beginning])
    taints, gaps = _union(left.taints, right.taints), _union(left.gaps, right.gaps)
    if left.kind != right.kind:
        if left.kind and right.kind:
            taints = _union(taints, (*flat(left).taints, *flat(right).taints))
            return Value(None, head, taints, _union(gaps, (*flat(left).gaps, *flat(right).gaps)))
        whole = left if left.kind else right
        return replace(whole, constants=None, head=head, taints=taints, gaps=gaps)
    fields = dict(left.fields)
    for key, value in right.fields:
        fields[key] = join(fields[key], value) if key in fields else value
    rests = [value.rest for value in (left, right) if value.rest is not None]
    ref = left.ref if left.ref is right.ref else None
    kept = tuple(fields.items())[:MAX_FIELDS]
    return Value(constants, head, taints, gaps, left.kind, kept, join(*rests) if rests else None, ref)


def _distinct(constants: tuple[Constant, ...]) -> tuple[Constant, ...] | None:
    kept = {(type(value), value): value for value in constants}
    return tuple(kept.values()) if len(kept) <= MAX_CONSTANTS else None


def _union(left: tuple[_Mark, ...], right: tuple[_Mark, ...]) -> tuple[_Mark, ...]:
    if not right or left == right:
        return left
    return tuple(dict.fromkeys((*left, *right)))[:_MAX_MARKS] if left else right[:_MAX_MARKS]


def flat(value: Value, depth: int = 4) -> Value:
    """Return the value with its parts' taints and gaps as its own, and no parts: what printing it would show."""
    if not value.fields and value.rest is None:
        return value if not value.kind else Value(taints=value.taints, gaps=value.gaps)
    taints, gaps = value.taints, value.gaps
    for part in value.parts() if depth else ():
        inner = flat(part, depth - 1)
        taints, gaps = _union(taints, inner.taints), _union(gaps, inner.gaps)
    return Value(taints=taints, gaps=gaps)


def derived(*values: Value) -> Value:
    """Return what a function that is not followed makes of these: not constant, and it may hold any of them."""
    taints: tuple[Taint, ...] = ()
    gaps: tuple[Gap, ...] = ()
    for value in values:
        inner = flat(value)
        taints, gaps = _union(taints, inner.taints), _union(gaps, inner.gaps)
    return Value(taints=taints, gaps=gaps)


def with_part(container: Value, key: Key, value: Value) -> Value:
    """Return the container with this key set."""
    fields = dict(container.fields)
    if key not in fields and len(fields) >= MAX_FIELDS:
        return with_some_part(container, value)
    fields[key] = value
    return replace(container, constants=None, fields=tuple(fields.items()), kind=container.kind or "dict")


def with_some_part(container: Value, value: Value) -> Value:
    """Return the container after a key that is not known was set, or an item was added."""
    rest = value if container.rest is None else join(container.rest, value)
    return replace(container, constants=None, rest=rest, kind=container.kind or "dict")


def element(container: Value) -> Value:
    """Return what iterating over the container gives."""
    if container.kind in {"dict", "model"}:
        return keys(container)
    if container.constants is not None:
        return CLEAN
    parts = list(container.parts())
    own = (
        []
        if parts and not (container.taints or container.gaps)
        else [derived(replace(container, fields=(), rest=None))]
    )
    return join(*parts, *own)


def keys(container: Value) -> Value:
    """Return a value that may be any key of the container."""
    if container.kind not in {"dict", "model"}:
        return derived(replace(container, fields=(), rest=None)) if container.kind != "list" else CLEAN
    named = Value(constants=_distinct(tuple(key for key, _ in container.fields)))
    own = Value(taints=container.taints, gaps=container.gaps)
    if container.taints or container.gaps or container.rest is not None:
        return join(named, own) if container.fields else own
    return named


def retain(value: Value, change: Callable[[Taint], Taint | None]) -> Value:
    """Return the value with each taint changed, or dropped where ``change`` gives None; parts too."""
    taints = tuple(taint for old in value.taints if (taint := change(old)) is not None)
    fields = tuple((key, retain(part, change)) for key, part in value.fields)
    rest = None if value.rest is None else retain(value.rest, change)
    return replace(value, taints=taints, fields=fields, rest=rest)


def stepped(value: Value, place: Place) -> Value:
    """Return the value with this place noted as one that its taints passed."""
    if not value.taints:
        return value
    taints = tuple(_step(taint, place) for taint in value.taints)
    if all(new is old for new, old in zip(taints, value.taints, strict=True)):
        return value
    return replace(value, taints=taints)


def _step(taint: Taint, place: Place) -> Taint:
    lines = {(step.path, step.start_line) for step in (taint.source, *taint.steps)}
    if (place.path, place.start_line) in lines or len(taint.steps) >= _MAX_STEPS:
        return taint
    return replace(taint, steps=(*taint.steps, place))
