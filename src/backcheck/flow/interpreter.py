"""The interpreter with its entries: handlers and their guards first, then what no route reaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.flow import passwords
from backcheck.flow.frame import Frame, last_name
from backcheck.flow.handlers import FastapiHandlers, express_parameters, has_express_shape
from backcheck.flow.hooks import Hooks
from backcheck.flow.statements import Statements
from backcheck.flow.tables import Tables
from backcheck.flow.typed import Slot, Typed
from backcheck.flow.value import NOTHING, Value, join, unknown
from backcheck.program import form
from backcheck.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Backend
    from backcheck.findings import Place
    from backcheck.flow.flow import Flow
    from backcheck.program import Module, Program

_SQL_WORD = re.compile(
    rb"\b(?:select|insert\s+into|update|delete\s+from|create|alter|drop|truncate)\b|Raw|\btext\(", re.IGNORECASE
)
_MIGRATION = re.compile(rb"^down_revision\b", re.MULTILINE)
"""A migration of Alembic, in whatever folder it lies: it runs before anybody calls."""
_WEAK = frozenset(
    {
        "get",
        "all",
        "run",
        "any",
        "one",
        "none",
        "many",
        "each",
        "fetch",
        "where",
        "exec",
        "scalar",
        "scalars",
        "having",
        "cursor",
        "sql",
        "SQL",
        "result",
        "copy",
    }
)


class Interpreter(Statements):
    """Follows a whole program once."""

    def __init__(self, program: Program, backend: Backend) -> None:
        tables = Tables()
        super().__init__(program, tables, Hooks(program, backend, tables))
        self._backend = backend
        self._fastapi = FastapiHandlers(self)
        self._unrouted = Typed(self, _unrouted)
        self._entered: set[int] = set()

    def analyse(self) -> tuple[Flow, ...]:
        """Return the flow into every sink that was found."""
        for module, function in self._handlers():
            self._enter(function, module)
        if any(framework.name == "express" for framework in self._backend.frameworks) or any(
            route.framework == "express" for route in self._backend.routes
        ):
            for module in self._modules():
                if module.language != "python":
                    for function, _, _ in self.program.functions(module):
                        if has_express_shape(function):
                            self._enter(function, module)
        for flow in passwords.in_hooks(self.hooks):
            self.sightings.add(flow)
        self.sightings.settle()
        self._rest()
        return self.sightings.flows()

    def _modules(self) -> Iterator[Module]:
        roles = {file.path: file.role for file in self.program.tree.files}
        for path, module in self.program.modules.items():
            if roles.get(path) is Role.APPLICATION and not _MIGRATION.search(module.source):
                yield module

    def _handlers(self) -> Iterator[tuple[Module, form.Function]]:
        for route in self._backend.routes:
            places = [guard.definition for guard in route.guards] + [route.handler_place]
            for place in places:
                found = None if place is None else self._function_at(place)
                if found is not None:
                    yield found

    def _function_at(self, place: Place) -> tuple[Module, form.Function] | None:
        module = self.program.modules.get(place.path)
        if module is None:
            return None
        best: tuple[int, form.Function] | None = None
        for function, _, _ in self.program.functions(module):
            own = module.place(function)
            if place.start_line <= own.start_line and own.end_line <= max(place.end_line, place.start_line):
                inside = (own.end_line - own.start_line, function)
                if best is None or inside[0] > best[0]:
                    best = inside
        return None if best is None else (module, best[1])

    def _enter(self, function: form.Function, module: Module) -> None:
        if id(function) in self._entered:
            return
        self._entered.add(id(function))
        self.steps = 0
        if module.language == "python":
            self._fastapi.dependency(function, module)
        else:
            self.run(function, module, express_parameters(self, function))

    def run(self, function: form.Function, module: Module, values: dict[str, Value], *, result: str = "") -> Value:
        """Follow a function that nobody of this code base calls, and return its result, or one of its variables."""
        self.visited.add(id(function))
        scope, name = self.home(function, module)
        frame = Frame(
            module, scope, name, function, {key: value for key, value in values.items() if not key.startswith("\0")}
        )
        owner = self.owner(function, module)
        if owner is not None:
            frame.env.setdefault("self" if module.language == "python" else "this", self.instance_of(owner))
        for index, parameter in enumerate(function.parameters):
            if parameter.pattern is not None:
                self.assign(parameter.pattern, values.get(f"\0{index}", NOTHING), frame)
        self.active.add(id(function))
        falls = self.execute(function.body, frame)
        self.active.discard(id(function))
        if falls:
            frame.exits.append(frame.env)
        if result:
            return join(*(env[result] for env in frame.exits if result in env)) if frame.exits else NOTHING
        return join(*frame.results) if frame.results else NOTHING

    # What no route reaches

    def _rest(self) -> None:
        for module in self._modules():
            if not _SQL_WORD.search(module.source):
                continue
            self._top_level(module)
            for function, scope, _ in self.program.functions(module):
                if id(function) in self.visited or not self._unreached(function.body, module):
                    continue
                self.steps = 0
                values: dict[str, Value] = {}
                for index, parameter in enumerate(function.parameters):
                    outside = scope.parent or scope
                    value = self._unrouted.value(Slot(parameter.name, parameter, module, outside), parameter.annotation)
                    values[parameter.name or f"\0{index}"] = (
                        self.parameter(parameter, module) if value is None else value
                    )
                values.pop("self", None)
                values.pop("cls", None)
                self.run(function, module, values)

    def _top_level(self, module: Module) -> None:
        plain = tuple(one for one in module.body if not isinstance(one, form.Define | form.Class | form.Export))
        if self._unreached(plain, module):
            self.steps = 0
            self.execute(plain, Frame(module, self.program.scope(module), ""))

    def _unreached(self, body: tuple[form.Stmt, ...], module: Module) -> bool:
        for node in form.walk(*body):
            if isinstance(node, form.Call) and (name := last_name(node.callee)) in self.tables.sink_names:
                if name in _WEAK and not (node.args and _SQL_WORD.search(module.text(node.args[0])[:40].encode())):
                    continue
                if not self.sightings.at(module.place(node)):
                    return True
        return False


def _unrouted(name: str, at: form.Parameter | form.Stmt, module: Module) -> Value:
    return unknown(f"no route is known that gives `{name}`", module.place(at))
