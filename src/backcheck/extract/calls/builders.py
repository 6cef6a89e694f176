"""Query builders that change in place, as JavaScript's do: what other statements add to the query that one began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.extract.calls.frames import unchained
from backcheck.program.form import Attribute, Await, Call, Evaluate, Loop, Name

if TYPE_CHECKING:
    from backcheck.extract.calls.frames import Frame
    from backcheck.program.form import Expr


def added(frame: Frame, call: Call) -> set[str]:
    """Return what other statements of the function add to a builder that changes in place: `query.limit(10)`."""
    if frame.module.language == "python" or frame.function is None:
        return set()
    root, _ = unchained(call)
    local = {
        name
        for name in frame.scope.bindings
        if (isinstance(root, Name) and root.id == name)
        or any(holds(value, call) for value in frame.bound_to(Name(name, (0, 0))) if not isinstance(value, Await))
    }
    found: set[str] = set()
    for node in frame.nodes() if local else ():
        if isinstance(node, Call):
            begun, chain = unchained(node)
            links = {name for name, _ in chain}
            if isinstance(begun, Name) and begun.id in local and "clone" not in links:
                found |= links
    return found


def only_adds(frame: Frame, call: Call) -> bool:
    """Whether a loop or a callback adds to a builder that stands outside: `filters.forEach(f => { query.where(f) })` runs nothing."""
    root, _ = unchained(call)
    if not isinstance(root, Name):
        return False
    for parent, child in frame.outward(call):
        match parent:
            case Attribute(value=begun) | Call(callee=begun) if begun is child:
                continue
            case Evaluate():
                break
        return False
    around = (parent for parent, _ in frame.outward(call))
    return root.id not in frame.scope.bindings or any(isinstance(parent, Loop) for parent in around)


def holds(value: Expr, call: Call) -> bool:
    """Whether a variable's value is the call's own: awaited, or with more calls of the same chain around it."""
    return any(inner is call for _, inner in unchained(value)[1]) or value is call
