"""Calls that somebody makes for the caller: `run_in_threadpool(hash_password, password)` is `hash_password(password)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.flow.frame import last_name
from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.flow.frame import Frame
    from backcheck.flow.tables import Tables
    from backcheck.program import Program


def handed(program: Program, tables: Tables, node: form.Call, frame: Frame) -> form.Call | None:
    """Return the call that is made on a thread, or later, when this one is made; None where it hands nothing over."""
    position = tables.handing.get(last_name(node.callee))
    if position is None or len(node.args) <= position:
        return None
    kept = frame.scope.cache.get(
        (handed, id(node))
    )  # what is known of a node is kept by its id: the node has to live on
    if isinstance(kept, form.Call):
        return kept
    function, *rest = node.args[position:]
    keywords = node.keywords
    if isinstance(function, form.Call) and function.args and program.symbol(frame.scope, function) is not None:
        if last_name(function.callee) != "partial":
            return None
        rest = [*function.args[1:], *rest]
        keywords = (*function.keywords, *keywords)
        function = function.args[0]
    made = form.Call(function, tuple(rest), node.at, keywords)
    frame.scope.cache[(handed, id(node))] = made
    return made
