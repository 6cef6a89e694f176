"""SQL sinks: calls that take the text of a statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.findings import Confidence
from backcheck.flow import passwords
from backcheck.flow.flow import Flow, Origin
from backcheck.flow.frame import last_name
from backcheck.flow.sighting import Sighting
from backcheck.flow.value import Value, derived, flat
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.arguments import Arguments
    from backcheck.flow.classes import Classes
    from backcheck.flow.frame import Frame

_SQL = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?(?:IGNORE\s+)?INTO\s|UPDATE\s+\S|DELETE\s+FROM\s|WITH\s+\w|CREATE\s+(?:\w+\s+)*"
    r"(?:TABLE|INDEX|VIEW|SCHEMA|DATABASE|EXTENSION|TRIGGER|FUNCTION|USER|ROLE|TYPE)\s|DROP\s+\w+\s|ALTER\s+\w+\s|REPLACE\s+INTO\s|TRUNCATE\s|MERGE\s+INTO\s|PRAGMA\s|"
    r"EXPLAIN\s|CALL\s+\w|EXEC(?:UTE)?\s+\w|SET\s+\w+|GRANT\s|COPY\s|LOCK\s+TABLE|BEGIN\b|COMMIT\b|ROLLBACK\b|VACUUM\b|SHOW\s|USE\s+\w)",
    re.IGNORECASE | re.DOTALL,
)
_PLACEHOLDER = re.compile(r"\?|%s|%\(\w+\)s|\$\d|(?<![:\w]):[A-Za-z_]\w*|@\w+")
_LONGEST_STATEMENT = 160


def statement(source: str) -> str:
    """Return source text on one line, cut to a readable length."""
    folded = " ".join(source.split())
    return folded if len(folded) <= _LONGEST_STATEMENT else folded[: _LONGEST_STATEMENT - 1] + "…"


def sighting(flow: Flow, parameter: str) -> Sighting:
    """Return the flow as one that a caller decides."""
    return Sighting(flow, parameter)


def looks_like_sql(text: str) -> bool:
    """Whether a text begins as a statement of SQL does."""
    return bool(_SQL.match(text))


def examine(machine: Classes, node: form.Call, symbol: str | None, arguments: Arguments, frame: Frame) -> None:
    """Note the flow into this call where it takes SQL text."""
    name = machine.tables.real_name(symbol, last_name(node.callee))
    if name not in machine.tables.sink_names:
        return
    sink = machine.tables.sql_sink(
        symbol, name, _chain(node.callee) if name in {"where", "andWhere", "orWhere", "having"} else frozenset()
    )
    if sink is None:
        return
    value = arguments.at(sink.position, *machine.tables.keywords)
    expr = arguments.expression(sink.position, *machine.tables.keywords)
    if value is None or expr is None:
        return
    value, expr = _text_of(machine, value, expr)
    if value.kind in {"function", "instance", "list", "dict", "class", "request", "model", "regex", "statement"}:
        return
    visible = looks_like_sql(value.beginning)
    if value.kind == "builder":
        flow = _flow(node, expr, frame, Origin.PARAMETERISED, "built by a query builder")
    elif not sink.certain and not visible:
        return
    else:
        bound = _binds(machine, sink.position, arguments)
        flow = _judged(value, node, expr, frame, bound=bound, certain=sink.certain)
        passwords.bound(machine, node, value, arguments, sink.position, frame)
    machine.sight(flow, expr, frame)


def _text_of(machine: Classes, value: Value, expr: form.Expr) -> tuple[Value, form.Expr]:
    """`query({text: 'SELECT …', values})` carries its text in a member."""
    if value.kind == "dict":
        for key in machine.tables.keywords:
            inner = value.get(key)
            if inner is not None:
                return inner, expr
    return value, expr


def _binds(machine: Classes, position: int, arguments: Arguments) -> bool:
    given = arguments.at(position + 1, *machine.tables.parameters)
    return given is not None and given.kind != "function"


def _judged(value: Value, node: form.Call, expr: form.Expr, frame: Frame, *, bound: bool, certain: bool) -> Flow:
    value = flat(value) if value.kind else value
    sent = [taint for taint in value.taints if not taint.state.startswith(("hashed", "weak"))]
    if sent:
        taint = min(sent, key=lambda one: one.state)
        sure = certain and not taint.state
        why = f"`{taint.name}` of the request becomes part of the statement's text"
        if taint.state.startswith("call:"):
            why += f", after `{taint.state[5:]}`, which could not be followed"
        confidence = Confidence.HIGH if sure else Confidence.MEDIUM
        made = _flow(node, expr, frame, Origin.TAINTED, why)
        return Flow(
            made.kind, made.sink, made.statement, made.function, made.origin, taint.source, taint.steps, why, confidence
        )
    if value.gaps:
        return _flow(node, expr, frame, Origin.UNKNOWN, value.gaps[0].why)
    texts = [text for text in value.constants or (value.head,) if isinstance(text, str)]
    if bound or any(_PLACEHOLDER.search(text) for text in texts):
        return _flow(node, expr, frame, Origin.PARAMETERISED, "values are bound to placeholders")
    why = (
        "the text is constant"
        if value.constants is not None
        else "what is put into the text cannot carry a caller's text"
    )
    return _flow(node, expr, frame, Origin.CONSTANT, why)


def _flow(node: form.Call, expr: form.Expr, frame: Frame, origin: Origin, why: str) -> Flow:
    text = statement(frame.module.text(expr))
    return Flow("sql", frame.module.place(node), text, frame.name, origin, why=why)


def tagged(machine: Classes, node: form.Call, frame: Frame) -> Value:
    """Evaluate a tagged template; a tag that binds its holes makes a parameterised statement."""
    name = last_name(node.callee)
    value = machine.evaluate(node.args[0], frame)
    if name not in machine.tables.tagged and not name.lower().endswith("sql"):
        return derived(value)
    if name != "raw":
        machine.sightings.add(
            _flow(node, node.args[0], frame, Origin.PARAMETERISED, f"the tag `{name}` binds its values")
        )
    return Value(kind="builder")


def _chain(callee: form.Expr) -> frozenset[str]:
    names: set[str] = set()
    while isinstance(callee, form.Attribute | form.Call):
        if isinstance(callee, form.Attribute):
            names.add(callee.name)
            callee = callee.value
        else:
            callee = callee.callee
    return frozenset(names)
