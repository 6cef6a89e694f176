"""Calls that leave the process or hold it up, with the circumstances that the performance items ask about.

`extract` recognises them by what they resolve to; `reach.link` says afterwards which routes make them, on the event loop or
off it, and in which loop of a caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Backend, Call, CallKind
from backcheck.extract.calls import catalogue
from backcheck.extract.calls.browser import for_browsers
from backcheck.extract.calls.frames import Frame
from backcheck.extract.calls.lazy import lazy_loads
from backcheck.extract.calls.outgoing import Requests
from backcheck.extract.calls.queries import Queries
from backcheck.extract.calls.repetition import loop_around
from backcheck.extract.calls.rows import rows
from backcheck.program.form import Attribute, Name
from backcheck.program.form import Call as Expression
from backcheck.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Program, form
    from backcheck.program.form import Module

__all__ = ["extract"]


def extract(program: Program) -> Backend:
    """Return the calls of the application's files, in order of path and line."""
    reader = _Reader(program)
    browser = for_browsers(program)
    roles = {file.path: file.role for file in program.tree.files}
    found = [
        call
        for path, module in program.modules.items()
        if roles.get(path) is Role.APPLICATION and path not in browser
        for frame in _frames(program, module)
        for call in (*reader.calls(frame), *lazy_loads(frame))
    ]
    return Backend(calls=tuple(sorted(found, key=lambda call: call.place)))


def _frames(program: Program, module: Module) -> Iterator[Frame]:
    yield Frame(program, module, program.scope(module), None, "")
    for function, scope, name in program.functions(module):
        yield Frame(program, module, scope, function, name)


class _Reader:
    """Recognises the calls of one program."""

    def __init__(self, program: Program) -> None:
        self._queries = Queries(program)
        self._requests = Requests(program)
        self._waits = catalogue.waits()
        self._names = frozenset(name.rpartition(".")[2] for name in self._waits)

    def calls(self, frame: Frame) -> Iterator[Call]:
        """Give what the calls of one function are, where they are anything."""
        for node in frame.calls():
            if (query := self._queries.recognise(frame, node)) is not None:
                many, bounded = rows(frame, query)
                yield _call(
                    frame,
                    node,
                    CallKind.QUERY,
                    _target(frame, node, query.library),
                    blocking=query.blocking,
                    reads_many=many,
                    bounded=bounded,
                )
            elif (request := self._requests.recognise(frame, node)) is not None:
                yield _call(
                    frame, node, CallKind.HTTP, request.target, blocking=request.blocking, deadline=request.deadline
                )
            elif (wait := self._wait(frame, node)) is not None:
                kind, target, blocking = wait
                yield _call(frame, node, kind, target, blocking=blocking)

    def _wait(self, frame: Frame, call: form.Call) -> tuple[CallKind, str, bool] | None:
        """Return kind, name and whether it blocks, of a call that waits; None for another and for one whose result is kept."""
        match call.callee:
            case Attribute(name=name) if name in self._names:
                symbol = frame.symbol(call.callee)
            case Name():  # may be an alias: `from time import sleep as pause`
                symbol = frame.symbol(call.callee)
            case _:
                return None
        if (symbol or "").removeprefix("node:") == "util.promisify()":
            symbol = _promised(frame, call.callee)
        target = (symbol or "").removeprefix("node:").replace("fs.promises.", "fs/promises.")
        if target not in self._waits or (target == "open" and frame.module.language != "python"):
            return None
        kind, blocking = self._waits[target]
        if blocking and (frame.is_awaited(call) or frame.is_kept(call)):
            return None
        return kind, target.replace("()", ""), blocking


def _promised(frame: Frame, callee: form.Expr) -> str | None:
    """Return what `promisify` was given: `const run = promisify(exec)`."""
    made = frame.program.definition(frame.scope, callee)
    match made.node if made is not None else None:
        case Expression(args=(function, *_)) if made is not None:
            return frame.program.symbol(made.scope, function)
    return None


def _target(frame: Frame, call: form.Call, library: str) -> str:
    """Return what a person calls the query's method: the code's own words, without arguments."""
    method = call.callee.name if isinstance(call.callee, Attribute) else frame.module.text(call.callee)
    return f"{library} {method}()"


def _call(
    frame: Frame,
    call: form.Call,
    kind: CallKind,
    target: str,
    *,
    blocking: bool,
    **facts: object,
) -> Call:
    function = frame.function
    return Call(
        kind,
        target,
        frame.module.place(call),
        frame.name,
        " ".join(frame.module.text(call).split()),
        awaited=frame.is_awaited(call),
        blocking=blocking,
        in_async=function is not None and function.is_async and frame.module.language == "python",
        loop=loop_around(frame, call),
        **facts,  # type: ignore[arg-type] # deadline, reads_many, bounded
    )
