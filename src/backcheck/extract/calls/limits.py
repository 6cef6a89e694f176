"""Whether something limits the rows of a query: a method, an option, or a function that is handed the query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Unresolved
from backcheck.extract.calls.frames import unchained
from backcheck.program.form import (
    Assign,
    Attribute,
    Await,
    Call,
    Conditional,
    Function,
    Literal,
    Mapping,
    Name,
    Operation,
    Sequence,
    Spread,
    Subscript,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.calls.frames import Frame
    from backcheck.extract.calls.queries import Query
    from backcheck.program.form import Expr, Node

LIMITS = frozenset(
    {"limit", "take", "slice", "fetch", "top", "first", "paginate", "page", "perPage", "per_page", "pageSize", "page_size",
     "last", "yield_per", "sample"}
)  # fmt: skip
"""Methods and option keys that bound a query."""


def bounded_by(frame: Frame, query: Query, material: tuple[Expr, ...]) -> bool | Unresolved:
    """Return whether a limit stands in the query, in its options, or in a function of this code base that adds one."""
    for part in material:
        for node in walk(part):
            if _limits(frame, node):
                return True
    if _passed_on(frame, query.call) or _set_later(frame, query.call):
        return True
    return next(_unread(frame, query, material), False)


def _set_later(frame: Frame, call: Call) -> bool:
    """Whether the function writes a limit into the options that it hands over: `options.limit = 50`."""
    given = {argument.id for argument in call.args if isinstance(argument, Name)}
    return any(
        isinstance(target, Attribute)
        and target.name in LIMITS
        and isinstance(target.value, Name)
        and target.value.id in given
        for node in frame.nodes()
        if isinstance(node, Assign)
        for target in node.targets
    )


def _limits(frame: Frame, node: Node) -> bool:
    match node:
        case Call(callee=Attribute(name=name)) if name in LIMITS:
            return True
        case Call(callee=Attribute(name="to_list")):  # of Motor: how many at most, None for all
            given = (*node.args, *dict(node.keywords).values())
            return any(not (isinstance(value, Literal) and value.value is None) for value in given)
        case Call(callee=Name() | Attribute() as callee):
            return _adds_limit(frame, callee)
        case Mapping(entries=entries):
            return any(isinstance(key, Literal) and key.value in LIMITS for key, _ in entries)
        case Subscript(index=index):
            return getattr(index, "kind", "") == "slice"
    return False


def _adds_limit(frame: Frame, callee: Expr) -> bool:
    """Whether a function of this code base limits the query that it is given."""
    definition = frame.program.definition(frame.scope, callee)
    if definition is None or not isinstance(definition.node, Function):
        return re.search(r"paginat", frame.module.text(callee), re.IGNORECASE) is not None
    return (
        re.search(
            r"\b(?:limit|take|paginate|slice|fetch)\(|\b(?:limit|take)\b\s*[:,}]",
            definition.module.text(definition.node),
        )
        is not None
    )


def _passed_on(frame: Frame, call: Call) -> bool:
    """Whether who is given the unfinished query limits it: `new Features(Post.find(), req.query).paginate()`."""
    inside = False
    for parent, child in frame.outward(call):
        match parent:
            case Await() if not inside:
                return False
            case Call(callee=callee) if callee is not child:
                inside = True
            case Call(callee=Attribute(name=name)) if inside and re.search(r"(?i)limit|paginat|page", name):
                return True
    return False


def _unread(frame: Frame, query: Query, material: tuple[Expr, ...]) -> Iterator[Unresolved]:
    """Give what may hold a limit and cannot be read from here."""
    options = query.call.args if frame.module.language != "python" or query.gives == "statement" else ()
    for argument in options:
        if frame.is_parameter(argument):
            yield Unresolved(f"{frame.module.text(argument)!r} comes from the caller", frame.module.place(argument))
    root, _ = unchained(query.call)
    if frame.is_parameter(root) and query.gives == "many" and query.library == "SQLAlchemy" and not _begins(query):
        yield Unresolved("the query is begun by the caller", frame.module.place(query.call))
    for part in material:
        for node in walk(part):
            match node:
                case Spread(value=value) | Mapping(entries=((None, value), *_)) if not isinstance(
                    value, Mapping | Conditional | Operation | Sequence
                ):
                    if frame.is_parameter(value) or isinstance(value, Call):
                        yield Unresolved(
                            f"what {frame.module.text(value)!r} adds could not be read", frame.module.place(value)
                        )


def _begins(query: Query) -> bool:
    return any(name in {"query", "createQueryBuilder"} for name, _ in unchained(query.call)[1])
