"""Password sinks: places where a value becomes part of a stored record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.findings import Confidence
from backcheck.flow.flow import Flow, Origin
from backcheck.flow.frame import path_of
from backcheck.flow.members import ClassReference
from backcheck.flow.value import flat
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.flow.arguments import Arguments
    from backcheck.flow.classes import Classes
    from backcheck.flow.frame import Frame
    from backcheck.flow.hooks import Hooks
    from backcheck.flow.value import Taint, Value

_PASSWORD = re.compile(
    r"(?:.*[_.-])?(?:new|plain|raw|clear|user|temp|initial|hashed|encrypted)?[_-]?(?:password|passwd|passphrase|pwd|pass|passwordHash)(?:[_-]?(?:hash|digest|1|2))?",
    re.IGNORECASE,
)
_TABLE_BASES = frozenset(
    {"Base", "Model", "Document", "DeclarativeBase", "AsyncAttrs", "Entity", "BaseEntity", "DeclarativeModel"}
)
_WRITES = re.compile(r"\s*(?:INSERT|UPDATE|REPLACE|MERGE)\b", re.IGNORECASE)
_HASHED_BY_DATABASE = re.compile(r"crypt\s*\(|PASSWORD\s*\(|SHA2\s*\(|gen_salt", re.IGNORECASE)
_CONSULTS_PASSWORD = re.compile(r"\b(?:password|passwd|pwd)\w*\s*(?:=|LIKE)", re.IGNORECASE)
_BODIES = frozenset({"body", "json", "form"})
_HOLDERS = frozenset({"data", "create", "values", "record"})
"""Options under which a library takes the record."""
_DEPTH = 3
_WORST = (Origin.HASHED, Origin.UNKNOWN, Origin.WEAKLY_HASHED, Origin.TAINTED)


def is_password(name: str) -> bool:
    """Whether a value of this name is a password."""
    return bool(_PASSWORD.fullmatch(name))


def constructed(machine: Classes, target: ClassReference, arguments: Arguments, frame: Frame, node: form.Call) -> None:
    """Note passwords that an ORM class of this code base is made with."""
    if not is_table(machine, target):
        return
    columns = declared(machine, target)
    for name, value in arguments.keywords.items():
        if name in columns or not columns:
            _note(machine, _passwords(value), node, target.node.name, frame)


def stored(
    machine: Classes, node: form.Call, symbol: str | None, receiver: Value | None, arguments: Arguments, frame: Frame
) -> None:
    """Note passwords in the records that a library's method stores: `User.create({…})`, `user.save()`."""
    callee = node.callee
    if isinstance(callee, form.Attribute) and callee.name in machine.tables.storing:
        model = path_of(callee.value) or ""
    else:
        return
    if symbol is not None and symbol.split(".")[0].split("(")[0] in {
        "axios",
        "requests",
        "httpx",
        "fetch",
        "got",
        "superagent",
    }:
        return
    last = model.split(".")[-1]
    values = [value for value in arguments.positional if value.kind in {"dict", "list", "model"}]
    if receiver is not None and receiver.kind == "dict" and callee.name == "save":
        values.append(receiver)  # `new User({…})` and `.save()`
    taints = [taint for value in values for taint in _inside(value, _DEPTH)]
    whole = [taint for value in arguments.positional for taint in _whole(value, _DEPTH)]
    if receiver is not None and callee.name == "save":
        whole += _whole(receiver, 0)  # `new User(req.body)` and `.save()`
    if whole and machine.hooks.has_password(last):
        taints += whole
    _note(machine, taints, node, last, frame)


def bound(machine: Classes, node: form.Call, text: Value, arguments: Arguments, position: int, frame: Frame) -> None:
    """Note passwords bound to the placeholders of a statement that stores them, or compares them in clear."""
    statement = text.beginning
    if _HASHED_BY_DATABASE.search(statement):
        return
    if _WRITES.match(statement) or _CONSULTS_PASSWORD.search(statement):
        given = [value for value in arguments.positional[position + 1 :] if value.kind != "function"]
        given += [value for name, value in arguments.keywords.items() if name in machine.tables.parameters]
        taints = [taint for value in given for taint in flat(value).taints if is_password(taint.name)]
        _note(
            machine, taints, node, "", frame, "stored" if _WRITES.match(statement) else "compared with the stored one"
        )


def assigned(machine: Classes, target: form.Expr, value: Value, statement: form.Stmt, frame: Frame) -> None:
    """Note a password that is assigned to a column of a record."""
    if not isinstance(target, form.Attribute) or not is_password(target.name):
        return
    holder = machine.evaluate(target.value, frame)
    if holder.kind in {"model", "request", "dict"} or holder.taints:
        return
    if isinstance(holder.ref, ClassReference):
        if not is_table(machine, holder.ref):
            return
        name = holder.ref.node.name
    elif isinstance(target.value, form.Name) and target.value.id in {"self", "this"}:
        return
    else:
        name = (path_of(target.value) or "").split(".")[-1]
    _note(machine, _passwords(value), statement, name, frame)


def set_by_name(machine: Classes, node: form.Call, value: Value, frame: Frame) -> None:
    """Note a password that `setattr(user, key, value)` writes under a key that is read from a record.

    Whether another branch took it out of the record first is not known where some way hashes it: then nothing is said.
    """
    taints = _passwords(value)
    plain = all(_origin(taint) is Origin.TAINTED for taint in taints)
    if plain and not machine.hooks.found and any(taint.name in machine.hooks.columns for taint in taints):
        _note(machine, taints, node, "", frame)


def hashed(machine: Classes, node: form.Call, values: list[Value], frame: Frame) -> None:
    """Note that a password is hashed here: a subject of its own where its record is stored out of sight."""
    taints = [taint for value in values for taint in _passwords(value)]
    if taints:
        text = " ".join(frame.module.text(node).split())
        why = "it goes through a password hash"
        machine.sightings.add_hash(
            Flow(
                "password",
                frame.module.place(node),
                text[:160],
                frame.name,
                Origin.HASHED,
                taints[0].source,
                taints[0].steps,
                why,
            )
        )


def in_hooks(hooks: Hooks) -> Iterable[Flow]:
    """Give what models do to a password themselves: a subject each, whoever stores the record."""
    for hook, text in hooks.found:
        kind, _, name = hook.state.partition(":")
        if kind in {"weak", "reversible"}:
            why = f"the model puts it through {name}, which is no password hash, before it is saved"
            yield Flow("password", hook.place, text, "", Origin.WEAKLY_HASHED, why=why)
        elif kind == "hashed":
            yield Flow("password", hook.place, text, "", Origin.HASHED, why="the model hashes it before it is saved")


def _passwords(value: Value) -> list[Taint]:
    return [taint for taint in flat(value).taints if is_password(taint.name)]


def _inside(value: Value, depth: int) -> Iterable[Taint]:
    for key, part in value.fields:
        if part.kind in {"dict", "list", "model"} and depth:
            yield from _inside(part, depth - 1)
        elif is_password(str(key)) or isinstance(key, int):
            yield from (taint for taint in part.taints if is_password(taint.name))
    if value.rest is not None:
        yield from (taint for taint in flat(value.rest).taints if is_password(taint.name))


def _whole(value: Value, depth: int) -> Iterable[Taint]:
    """Give the bodies that are part of a record as they came; not where the record sets its password itself."""
    if any(is_password(str(key)) for key, _ in value.fields):
        return
    yield from (taint for taint in value.taints if taint.name in _BODIES)
    if depth and value.kind == "dict":
        if value.rest is not None:
            yield from _whole(value.rest, 0)
        yield from (taint for key, part in value.fields if key in _HOLDERS for taint in _whole(part, depth - 1))


def _note(
    machine: Classes, taints: list[Taint], node: form.Node, model: str, frame: Frame, done: str = "stored"
) -> None:
    if not taints:
        return
    judged = [(_origin(taint), taint) for taint in taints]
    origin, taint = max(judged, key=lambda pair: _WORST.index(pair[0]))
    why, confidence = _why(taint, origin, done)
    hook = machine.hooks.of(model) if origin in {Origin.TAINTED, Origin.UNKNOWN} and model else None
    if hook is not None:
        origin = Origin.WEAKLY_HASHED if hook.state.startswith("weak") else Origin.HASHED
        why, confidence = f"`{model}` hashes it before it is saved ({hook.place})", Confidence.HIGH
        if origin is Origin.WEAKLY_HASHED:
            why = f"`{model}` puts it through {hook.state.partition(':')[2]} before it is saved ({hook.place})"
    text = " ".join(frame.module.text(node).split())
    machine.sightings.add(
        Flow(
            "password",
            frame.module.place(node),
            text[:160],
            frame.name,
            origin,
            taint.source,
            taint.steps,
            why,
            confidence,
        )
    )


def _origin(taint: Taint) -> Origin:
    match taint.state.partition(":")[0]:
        case "hashed" | "hashed?":
            return Origin.HASHED
        case "weak" | "reversible":
            return Origin.WEAKLY_HASHED
        case "call":
            return Origin.UNKNOWN
    return Origin.TAINTED


def _why(taint: Taint, origin: Origin, done: str) -> tuple[str, Confidence]:
    kind, _, name = taint.state.partition(":")
    match origin:
        case Origin.TAINTED:
            return f"`{taint.name}` of the request is {done} as it came", Confidence.HIGH
        case Origin.UNKNOWN:
            return f"`{taint.name}` passes through `{name}`, which could not be followed", Confidence.MEDIUM
        case Origin.WEAKLY_HASHED if kind == "reversible":
            return f"`{taint.name}` is encrypted by {name}: whoever holds the key reads it", Confidence.HIGH
        case Origin.WEAKLY_HASHED:
            return f"`{taint.name}` goes through {name}, a fast digest, and no password hash", Confidence.HIGH
    return "", Confidence.HIGH if kind == "hashed" and "?" not in taint.state else Confidence.MEDIUM


def is_table(machine: Classes, target: ClassReference) -> bool:
    """Whether the class is one whose instances are rows or documents."""
    lineage = list(machine.lineage(target))
    bases = {(path_of(base) or "").split(".")[-1] for each in lineage for base in each.node.bases}
    if "SQLModel" in bases:
        return any(name == "table" for name, _ in target.node.keywords)
    if bases & _TABLE_BASES or machine.hooks.is_entity(target.node):
        return True
    return any(
        isinstance(part, form.Assign) and path_of(part.targets[0]) in {"__tablename__", "__table__"}
        for each in lineage
        for part in each.node.body
    )


def declared(machine: Classes, target: ClassReference) -> set[str]:
    """Return the names that the class and its bases declare."""
    names: set[str] = set()
    for each in machine.lineage(target):
        for part in each.node.body:
            if isinstance(part, form.Assign):
                names |= {(path_of(one) or "").split(".")[-1] for one in part.targets}
            elif isinstance(part, form.Define):
                names.add(part.function.name)
    return names
