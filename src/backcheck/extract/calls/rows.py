"""How many rows a query may give: any number or not, and whether something limits it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Unresolved
from backcheck.extract.calls.builders import added, holds
from backcheck.extract.calls.frames import unchained
from backcheck.extract.calls.limits import LIMITS, bounded_by
from backcheck.extract.calls.queries import asked_of, hands_on, sql_text
from backcheck.extract.calls.sql_rows import classify
from backcheck.program.form import (
    Attribute,
    Await,
    Call,
    Literal,
    Loop,
    Name,
    Subscript,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.calls.frames import Frame
    from backcheck.extract.calls.queries import Query
    from backcheck.program.form import Expr

_SINGLE = frozenset(
    {"first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "fetchone", "findOne", "rowcount", "first_or_404",
     "inserted_primary_key", "lastrowid", "one_or_404", "count", "getOne", "del", "delete", "insert", "update", "countDocuments"}
)  # fmt: skip
"""What a result is asked for where one row, or none, is wanted."""
_MANY = frozenset({"all", "fetchall", "scalars", "mappings", "partitions", "tuples", "unique", "columns"})
_KEYS_AT_HAND = re.compile(r"\.in_\(|\bin_\(|\bOp\.in\b|\$in\b|\bwhereIn\b|\bIn\(|\bin:\s|\.any_\(|findByIds|inArray\(")
_BY_KEY = re.compile(r"\beq\(\s*[\w.$]+\.(?:id|uuid|_id)\s*,|\bwhere:\s*\{\s*(?:id|uuid|_id)\b\s*(?::[^,{}]*)?,?\s*\}")
_WRITES = re.compile(r"\b(?:insert|update|delete)\(")
_GROUPS = re.compile(r"\.group_by\(|\.groupBy\(")


def rows(frame: Frame, query: Query) -> tuple[bool, bool | Unresolved]:
    """Return whether the query may give any number of rows, and if so whether something limits them."""
    material = tuple(_material(frame, query.call))
    text = " ".join(frame.module.text(part) for part in material)
    match query.gives:
        case "sql":
            return _sql(frame, query)
        case "many" if (
            _KEYS_AT_HAND.search(text)
            or _BY_KEY.search(text)
            or _GROUPS.search(text)
            or _is_single(frame, query.call, material)
        ):
            return False, True
        case "many":
            later = added(frame, query.call)
            return not later & _SINGLE, bool(later & (LIMITS | _SINGLE)) or bounded_by(frame, query, material)
        case "statement":
            return _statement(frame, query, material, text)
        case "page":
            return True, True
    return False, True


def _statement(frame: Frame, query: Query, material: tuple[Expr, ...], text: str) -> tuple[bool, bool | Unresolved]:
    asked = asked_of(query.call)
    if asked is not None and (sql := sql_text(frame, asked)):
        many, bounded = classify(sql)
        return many and not _is_single(frame, query.call, material), bounded
    if _KEYS_AT_HAND.search(text) or _GROUPS.search(text) or _WRITES.search(text) or _is_aggregate(text):
        return False, True
    if _is_single(frame, query.call, material):
        return False, True
    return _is_consumed(frame, query.call), bounded_by(frame, query, material)


def _is_aggregate(text: str) -> bool:
    """Whether a `select` asks for aggregates alone: one row."""
    selected = re.search(r"\bselect\(((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*)\)", text)
    return (
        selected is not None
        and re.fullmatch(
            r"\s*(?:(?:sa\.|sqlalchemy\.)?(?:func\.\w+|exists|count|literal)\(.*\)(?:\.label\([^)]*\))?\s*,?\s*)+",
            selected[1],
            re.DOTALL,
        )
        is not None
    )


def _material(frame: Frame, call: Call) -> Iterator[Expr]:
    """Give the expressions that say what is asked: the outermost chain around the call, and what its names are bound to."""
    top: Expr = call
    for parent, child in frame.outward(call):
        if (isinstance(parent, Attribute) and parent.value is child) or (
            isinstance(parent, Call) and parent.callee is child
        ):
            top = parent if isinstance(parent, Call) else top
        elif not isinstance(parent, Await):
            break
    yield top
    seen: set[str] = set()
    queue: list[Expr] = [top]
    while queue and len(seen) < _MAX_NAMES:
        for node in walk(queue.pop(0)):
            if isinstance(node, Name) and node.id not in seen:
                seen.add(node.id)
                for value in frame.bound_to(node):
                    if not any(inner is call for inner in walk(value)):
                        yield value
                        queue.append(value)


_MAX_NAMES = 60


def _is_single(frame: Frame, call: Call, material: tuple[Expr, ...]) -> bool:
    """Whether the result is asked for one row: in its chain, through the name it is given, or by taking element 0."""
    after = {name for name, inner in unchained(material[0])[1] if not any(node is inner for node in walk(call))}
    if after & _SINGLE:
        return True
    for parent, child in frame.outward(call):
        match parent:
            case Subscript(index=Literal(value=0)) if parent.value is child:
                return True
            case Await() | Attribute() | Call() if getattr(parent, "value", getattr(parent, "callee", None)) is child:
                continue
        break
    uses = _uses(frame, call)
    return bool(uses & _SINGLE) and not uses & _MANY


def _is_consumed(frame: Frame, call: Call) -> bool:
    """Whether somebody takes all rows of a result: `.all()`, a loop, `return` …; not where it is thrown away."""
    for parent, child in frame.outward(call):
        match parent:
            case Await():
                continue
            case Attribute(name=name) if parent.value is child:
                return name in _MANY or name == "fetchmany"
            case Loop():
                return parent.iterable is child
        break
    return bool(_uses(frame, call) & (_MANY | {""})) or _is_value(frame, call)


def _is_value(frame: Frame, call: Call) -> bool:
    """Whether the call's value goes on: returned, given to a function, taken apart by a comprehension."""
    parent = next((parent for parent, _ in frame.outward(call) if not isinstance(parent, Await)), None)
    return parent is not None and type(parent).__name__ in {"Return", "Call", "Comprehension", "Sequence", "Mapping"}


def _uses(frame: Frame, call: Call) -> set[str]:
    """Return what the variable that holds the call's value is asked for; the empty string where it is iterated."""
    local = next(
        (
            name
            for name in frame.scope.bindings
            if any(holds(value, call) for value in frame.bound_to(Name(name, (0, 0))))
        ),
        None,
    )
    if local is None:
        return set()
    found: set[str] = set()
    for node in frame.nodes():
        match node:
            case Attribute(value=Name(id=name), name=asked) if name == local:
                found.add(asked)
            case Loop(iterable=Name(id=name)) if name == local:
                found.add("")
            case Subscript(value=Name(id=name), index=Literal(value=0)) if name == local:
                found.add("first")
            case _ if hasattr(node, "clauses") and any(
                isinstance(part, Name) and part.id == local for _, part in node.clauses
            ):
                found.add("")
    return found


def _sql(frame: Frame, query: Query) -> tuple[bool, bool | Unresolved]:
    if hands_on(frame, query.call):
        return False, True
    asked = asked_of(query.call)
    sql = "" if asked is None else sql_text(frame, asked)
    many, bounded = classify(sql) if sql else (True, False)
    if not many or bounded:
        return many, bounded
    if frame.module.language == "python" and not _takes_all(frame, query.call):
        return False, True
    unread = Unresolved("the text of its statement cannot be read from here", frame.module.place(query.call))
    return not _first_row(frame, query.call), bounded if sql else unread


def _first_row(frame: Frame, call: Call) -> bool:
    """Whether JavaScript takes one row of a result: `rows[0]`, `const [user] = …`, `const { rows: [user] } = …`."""
    for name, bindings in frame.scope.bindings.items():
        for binding in bindings:
            if binding.value is None or not holds(binding.value, call):
                continue
            if re.search(
                rf"\b{re.escape(name)}(?:\.rows)?\??\.?\[0\]|\b{re.escape(name)}\.rows\.at\(0\)", _body(frame)
            ):
                return True
            if len(binding.steps) > 1 and binding.steps[-1] == 0:
                return True
    return False


def _body(frame: Frame) -> str:
    return (
        frame.module.text(frame.function)
        if frame.function is not None
        else frame.module.source.decode("utf-8", "replace")
    )


def _takes_all(frame: Frame, call: Call) -> bool:
    """Whether Python fetches all rows of a cursor: `fetchall`, `fetch`, or a loop over it."""
    callee = call.callee.name if isinstance(call.callee, Attribute) else ""
    if callee in {"fetch", "fetch_all", "execute_fetchall", "iterate"}:
        return True
    if _is_consumed(frame, call):
        return True
    receiver = frame.module.text(call.callee.value) if isinstance(call.callee, Attribute) else ""
    return re.search(rf"\b{re.escape(receiver)}\.fetchall\(|\bin\s+{re.escape(receiver)}\b", _body(frame)) is not None
