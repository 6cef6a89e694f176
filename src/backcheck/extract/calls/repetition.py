"""Which loop repeats a call, once for each element of something that grows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.program import Constant
from backcheck.program.form import (
    Assign,
    Attribute,
    Call,
    Class,
    Comprehension,
    Function,
    Literal,
    Loop,
    Mapping,
    Name,
    Operation,
    Raise,
    Return,
    Sequence,
    Try,
    walk,
)

if TYPE_CHECKING:
    from backcheck.extract.calls.frames import Frame
    from backcheck.findings import Place
    from backcheck.program.form import Expr, Node

_EACH = frozenset(
    {"map", "forEach", "filter", "flatMap", "some", "every", "find", "findIndex", "reduce", "reduceRight", "each", "eachSeries",
     "eachLimit", "eachOf", "mapLimit", "mapSeries", "concatMap"}
)  # fmt: skip
"""Methods that run their callback once for each element."""
_COLLECTORS = frozenset({"_", "lodash", "async", "Promise", "Bluebird", "pMap"})
"""Libraries whose functions take the collection first: `_.map(xs, f)`."""
_PIECES = re.compile(r"chunk|batch|partition|slice|page|group", re.IGNORECASE)
_CUT = re.compile(r"chunk|batch", re.IGNORECASE)
_HANDLES = re.compile(r"(?i)(?:session|db|conn(?:ection)?|database|uow|client|transaction)(?:_?maker)?$")
_FILLING = frozenset({"append", "extend", "add", "insert", "update", "push", "unshift", "concat"})
_RECORDS = frozenset({"pydantic.BaseModel", "sqlmodel.SQLModel"})
_TRIES = re.compile(r"attempt|retr(?:y|ies)|tries\b", re.IGNORECASE)
_FEW = 10
"""Turns of a loop over a written-out range that cost no more than the same calls written one below the other."""


def loop_around(frame: Frame, node: Node) -> Place | None:
    """Return the loop of this function whose body repeats the node; None where there is none.

    The node's own `return` or `raise` ends the loop around it, so such a node runs once.
    """
    for parent, child in frame.outward(node):
        if _leaves(frame, parent, child):
            return None
        match parent:
            case Loop(body=body, test=test) if any(child is part for part in body) or child is test:
                if _repeats(frame, parent):
                    return frame.module.place(parent)
            case Comprehension(clauses=clauses) if child is not clauses[0][1]:
                if _grows(frame, clauses[0][1]):
                    return frame.module.place(parent)
    return None


def _leaves(frame: Frame, parent: Node, child: Node) -> bool:
    """Whether what follows the child ends the loop around it: `return`, `raise`, or a block that ends in one or in `break`."""
    if isinstance(parent, Return | Raise):
        return True
    blocks: tuple[tuple[Node, ...], ...] = (getattr(parent, "body", ()), getattr(parent, "otherwise", ()))
    for block in blocks:
        if any(child is statement for statement in block):
            last = block[-1]
            rest = frame.module.text((last.at[1], parent.at[1]))
            return isinstance(last, Return | Raise) or re.match(r"[\s;]*break\b", rest) is not None
    return False


def repeated_callback(frame: Frame, call: Call) -> Place | None:
    """Return the call that runs one of its arguments once for each element; None where it does not."""
    match call.callee:
        case Attribute(value=Name(id=library), name=name) if library in _COLLECTORS and name in _EACH:
            collection: Expr | None = call.args[0] if call.args else None
        case Attribute(value=value, name=name) if name in _EACH:
            collection = value
        case Name(id="map" | "filter") if frame.module.language == "python" and len(call.args) > 1:
            collection = call.args[1]
        case Name(id="pMap") if call.args:
            collection = call.args[0]
        case _:
            return None
    return frame.module.place(call) if collection is not None and _grows(frame, collection) else None


def _repeats(frame: Frame, loop: Loop) -> bool:
    if _is_retry(frame, loop):
        return False
    if loop.iterable is not None:
        return not (loop.is_async and _comes_in_pieces(frame, loop.iterable)) and _grows(frame, loop.iterable)
    return _counts_elements(frame, loop)


def _comes_in_pieces(frame: Frame, iterable: Expr) -> bool:
    """Whether an asynchronous loop reads batches, or has one turn: `async for session in get_session()`."""
    if frame.module.language != "python":
        return True
    callee = iterable.callee if isinstance(iterable, Call) else None
    return isinstance(callee, Name | Attribute) and _HANDLES.search(frame.module.text(callee)) is not None


def _is_retry(frame: Frame, loop: Loop) -> bool:
    """Whether a loop ends as soon as its body succeeds: it counts tries, with a way out inside."""
    target = loop.target.id if isinstance(loop.target, Name) else ""
    counted = isinstance(loop.iterable, Call) and frame.module.text(loop.iterable.callee) == "range"
    named = _TRIES.search(target) or (loop.test is not None and _TRIES.search(frame.module.text(loop.test)))
    leaves = any(isinstance(node, Return) for node in _own(loop)) or re.search(r"\bbreak\b", frame.module.text(loop))
    return bool(leaves and (named or counted or (target == "_"))) or bool(
        named and any(isinstance(part, Try) for part in loop.body)
    )


def _own(loop: Loop) -> list[Node]:
    inner = {id(node) for part in walk(*loop.body) if isinstance(part, Function) for node in walk(*part.body)}
    return [node for node in walk(*loop.body) if id(node) not in inner]


def _counts_elements(frame: Frame, loop: Loop) -> bool:
    """Whether a loop with a test alone is `for (i = 0; i < xs.length; i++)`. Other `while` loops read until something ends."""
    if not isinstance(loop.test, Operation) or loop.test.operator not in {"<", "<=", ">", ">=", "!=", "!=="}:
        return False
    sized = re.search(r"\.length\b|\.size\b|\blen\(", frame.module.text(loop.test))
    step = loop.body[-1] if loop.body else None
    pieces = (
        isinstance(step, Assign)
        and step.operator in {"+", "-"}
        and not (isinstance(step.value, Literal) and step.value.value == 1)
    )
    return bool(sized) and not pieces


def _grows(frame: Frame, iterable: Expr) -> bool:
    """Whether a collection may have any number of elements: it is not written out, counted, or cut into pieces."""
    match iterable:
        case Sequence(items=()):
            return True  # somebody fills it
        case Sequence(items=items):
            return any(frame.module.text(item).startswith(("*", "...")) for item in items)
        case Mapping() | Literal():
            return False
        case Call(callee=callee, args=args):
            return _call_grows(frame, iterable, frame.module.text(callee), args)
        case Name(id=name) if _CUT.search(name):
            return False
        case Name(id=name) if _is_filled(frame, name):
            return True
        case Attribute(value=Name() as owner) if _is_field(frame, owner):
            return True
        case Name() if len(values := list(frame.bound_to(iterable))) == 1 and isinstance(values[0], Call | Sequence):
            return _grows(frame, values[0])
        case Name() | Attribute():
            definition = frame.program.definition(frame.scope, iterable)
            if definition is not None and isinstance(definition.node, Class):
                return False  # an enumeration
    return not isinstance(frame.program.constant(frame.scope, iterable), Constant)


def _is_filled(frame: Frame, name: str) -> bool:
    """Whether the function adds to the collection of this name: what it is bound to is only its beginning."""
    return any(
        isinstance(node, Call)
        and isinstance(node.callee, Attribute)
        and node.callee.name in _FILLING
        and isinstance(node.callee.value, Name)
        and node.callee.value.id == name
        for node in frame.nodes()
    )


def _is_field(frame: Frame, owner: Name) -> bool:
    """Whether the owner is a record that somebody hands in: a field's default says nothing of what it holds."""
    if frame.is_parameter(owner):
        return owner.id not in {"self", "cls", "this"}
    found = frame.program.meaning(frame.scope, owner)
    return found is not None and found.cls is not None and bool(_RECORDS & set(frame.program.ancestry(found.cls)))


def _call_grows(frame: Frame, call: Call, callee: str, args: tuple[Expr, ...]) -> bool:
    last = callee.rpartition(".")[2]
    match last:
        case "range" if len(args) == 3:
            step = frame.program.constant(frame.scope, args[2])
            return isinstance(step, Constant) and step.value in (1, -1)
        case "range":
            counts = [frame.program.constant(frame.scope, arg) for arg in args]
            return not all(
                isinstance(count, Constant) and isinstance(count.value, int) and count.value <= _FEW for count in counts
            )
        case "enumerate" | "zip" | "sorted" | "reversed" | "list" | "set" | "tuple" | "iter" if args:
            return all(_grows(frame, arg) for arg in args)
        case "entries" | "keys" | "values" | "from" if callee.startswith(("Object.", "Array.")) and args:
            return _grows(frame, args[0])
        case "items" | "keys" | "values" if isinstance(call.callee, Attribute):
            return _grows(frame, call.callee.value)
        case "filter" | "map" | "sort" | "reverse" if isinstance(call.callee, Attribute):
            return _grows(frame, call.callee.value)
    return not _PIECES.search(last)
