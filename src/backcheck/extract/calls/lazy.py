"""Queries that nobody wrote: SQLAlchemy loads a relation when a loop over rows reads it, once for each row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Call, CallKind
from backcheck.extract.calls.frames import unchained
from backcheck.extract.calls.repetition import loop_around
from backcheck.program import Constant
from backcheck.program.form import Assign, Attribute, Class, Comprehension, Loop, Name, walk
from backcheck.program.form import Call as CallNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.calls.frames import Frame
    from backcheck.program import Definition
    from backcheck.program.form import Expr, Node

_RELATIONS = frozenset({"sqlalchemy.orm.relationship()", "sqlmodel.Relationship()", "sqlmodel.main.Relationship()"})
_ONCE = frozenset(
    {"joined", "selectin", "subquery", "immediate", "noload", "raise", "raise_on_sql", "dynamic", "write_only"}
)
"""Values of `lazy=` with which reading the relation runs no query for each row."""
_EAGER = re.compile(r"\b(?:joinedload|selectinload|subqueryload|contains_eager|immediateload)\(")


def lazy_loads(frame: Frame) -> Iterator[Call]:
    """Give each first reading of a lazy relation in a loop over the rows of a query that stands in the same function."""
    if frame.module.language != "python" or frame.function is None:
        return
    seen: set[tuple[int, str]] = set()
    for target, iterable, body in _loops(frame):
        models = tuple(_models(frame, iterable))
        for node in walk(*body) if models else ():
            match node:
                case Attribute(value=Name(id=name), name=relation) if (
                    name == target and (id(body), relation) not in seen
                ):
                    if any(_is_lazy(frame, model, relation) for model in models) and not _is_loaded(frame, relation):
                        seen.add((id(body), relation))
                        yield _call(frame, node, relation)


def _loops(frame: Frame) -> Iterator[tuple[str, Expr, tuple[Node, ...]]]:
    """Give the variable, the collection and what is repeated, of every loop over a collection."""
    for node in frame.nodes():
        match node:
            case Loop(target=Name(id=name), iterable=iterable, body=body) if iterable is not None:
                yield name, iterable, body
            case Comprehension(clauses=((Name(id=name), iterable),), element=element, conditions=conditions):
                yield name, iterable, (element, *conditions)


def _models(frame: Frame, iterable: Expr) -> Iterator[Definition]:
    """Give the classes that a collection's rows are of: what `query(X)` or `select(X)` names, through local names."""
    queue: list[Expr] = [iterable]
    seen: set[str] = set()
    while queue:
        root, chain = unchained(queue.pop())
        for name, call in chain:
            if name == "query":
                yield from _classes(frame, call)
            queue.extend(call.args if name in {"scalars", "execute", "exec"} else ())
        match root:
            case Name(id=name) if name not in seen:
                seen.add(name)
                queue.extend(frame.bound_to(root))
            case CallNode(callee=Name(id="select")):
                yield from _classes(frame, root)
            case CallNode(callee=Name(id="list" | "sorted" | "reversed"), args=(inner, *_)):
                queue.append(inner)


def _classes(frame: Frame, call: CallNode) -> Iterator[Definition]:
    if len(call.args) == 1:
        found = frame.program.definition(frame.scope, call.args[0])
        if found is not None and isinstance(found.node, Class):
            yield found


def _is_lazy(frame: Frame, model: Definition, relation: str) -> bool:
    """Whether the class, or a base of it, declares a relation of this name that nothing loads with the row."""
    for base in frame.program.ancestry(model):
        if isinstance(base, str) or not isinstance(base.node, Class):
            continue
        for part in base.node.body:
            match part:
                case Assign(targets=(Name(id=name),), value=CallNode() as call) if name == relation:
                    scope = frame.program.scope(base.module)
                    if frame.program.symbol(scope, call) not in _RELATIONS:
                        return False
                    lazy = dict(call.keywords).get("lazy")
                    value = None if lazy is None else frame.program.constant(scope, lazy)
                    return lazy is None or (isinstance(value, Constant) and value.value not in _ONCE)
    return False


def _is_loaded(frame: Frame, relation: str) -> bool:
    """Whether the function asks for relations with the rows, and names this one."""
    assert frame.function is not None
    text = frame.module.text(frame.function)
    return _EAGER.search(text) is not None and re.search(rf"[.\"']{re.escape(relation)}[\"')\s,]", text) is not None


def _call(frame: Frame, node: Attribute, relation: str) -> Call:
    return Call(
        CallKind.QUERY,
        f"SQLAlchemy load of {relation}",
        frame.module.place(node),
        frame.name,
        frame.module.text(node),
        loop=loop_around(frame, node),
    )
