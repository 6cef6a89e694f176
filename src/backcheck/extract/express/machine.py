"""A small interpreter of registration code: it runs modules in order of import, on values that may be unknown.

Routes are registered by running code: factories, loops over lists, classes with a router in a field, routers passed as
arguments. Looking names up does not show that; running does. Nothing of the repository is executed: these are
our own semantics over the common form, bounded in depth and in steps. Where a condition is unknown, both branches run.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from backcheck.extract.express.evaluation import Evaluation, Thrown
from backcheck.extract.express.operators import operate
from backcheck.extract.express.values import (
    ClassValue,
    Closure,
    External,
    Frame,
    Instance,
    Items,
    Known,
    Record,
    Unknown,
    Value,
    truth,
)
from backcheck.program.form import (
    Assign,
    Attribute,
    Class,
    Define,
    Evaluate,
    Export,
    If,
    Import,
    Literal,
    Loop,
    Mapping,
    Module,
    Name,
    Opaque,
    Raise,
    Return,
    Sequence,
    Spread,
    Subscript,
    Try,
    With,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Readable

    from backcheck.extract.express.entries import Locate
    from backcheck.program.form import Expr, Stmt

MAX_REPEATS = 400
"""Turns of one loop that are run."""


class Machine(Evaluation):
    """Runs modules and functions of one program."""

    def __init__(self, modules: Readable[str, Module], locate: Locate) -> None:
        super().__init__()
        self.modules = modules
        self.locate = locate
        self.loaded: dict[str, Frame] = {}

    # Modules

    def begin(self, module: Module) -> None:
        """Run a module that nothing is running yet. Raises `Exhausted`, and `RecursionError` for code nested too deeply."""
        self.steps, self.uncertain = 0, 0
        self._active.clear()
        self.load(module)

    def load(self, module: Module) -> Frame:
        """Run a module once and return its frame; in a cycle, the frame as far as it got."""
        if module.path in self.loaded:
            return self.loaded[module.path]
        exports = Record()
        frame = Frame(module, names={"module": Record({"exports": exports}), "exports": exports}, this=exports)
        self.loaded[module.path] = frame
        uncertain, self.uncertain = self.uncertain, 0
        with suppress(Thrown):  # the module ends there, as it would when run
            self.run(module.body, frame)
        self.uncertain = uncertain
        return frame

    def imported(self, frame: Frame, source: str, name: str | None) -> Value:
        """Return what an import of this name binds; the whole module for None."""
        path = self.locate(frame.module, source)
        module = self.modules.get(path) if path is not None else None
        if module is None:
            if source.startswith((".", "/")):
                return Unknown(source)
            root = External(source.removeprefix("node:"))
            return root if name in {None, "default"} else External(f"{root.symbol}.{name}", base=root)
        return self.exported(self.load(module), name)

    def exported(self, frame: Frame, name: str | None) -> Value:
        """Return an export of a module that ran; its default is `module.exports` where it has no other."""
        holder = frame.names["module"]
        exports = holder.fields["exports"] if isinstance(holder, Record) else holder
        if name is None:
            return exports
        if isinstance(exports, Record) and name in exports.fields:
            return exports.fields[name]
        return exports if name == "default" else self.member(exports, name)

    # Statements

    def run(self, body: Iterable[Stmt], frame: Frame) -> bool:
        """Run statements; return whether they end the function (`return`) before what follows."""
        statements = tuple(body)
        for statement in statements:
            if isinstance(statement, Define):
                frame.names[statement.function.name] = Closure(statement.function, frame, None, statement.function.name)
            elif isinstance(statement, Class) and not statement.bases:
                frame.names[statement.name] = ClassValue(statement, frame)
            elif isinstance(statement, Import) and frame.parent is None and not statement.type_only:
                self._import(statement, frame)
        return any(self._statement(statement, frame) for statement in statements)

    def _statement(self, statement: Stmt, frame: Frame) -> bool:
        self.step()
        match statement:
            case Evaluate(value):
                self.evaluate(value, frame)
            case Assign():
                self._assign(statement, frame)
            case Return(value):
                frame.results.append(Known(None) if value is None else self.evaluate(value, frame))
                return True
            case If():
                return self._if(statement, frame)
            case Loop():
                self._loop(statement, frame)
            case Try():
                return self._try(statement, frame)
            case Raise(value):
                raise Thrown(Unknown() if value is None else self.evaluate(value, frame))
            case Class():
                frame.names[statement.name] = ClassValue(statement, frame)
            case Import() if frame.parent is not None:
                self._import(statement, frame)
            case Export():
                self._export(statement, frame)
            case With(body=body):
                return self.run(body, frame)
        return False

    def _import(self, statement: Import, frame: Frame) -> None:
        value = self.imported(frame, statement.source, statement.name)
        if statement.local:
            frame.names[statement.local] = value

    def _export(self, statement: Export, frame: Frame) -> None:
        exports = frame.names["exports"]
        if not isinstance(exports, Record):
            return
        match statement:
            case Export(name="*", source=str(source)):
                everything = self.imported(frame, source, None)
                if isinstance(everything, Record):
                    exports.fields = {**everything.fields, **exports.fields}
            case Export(name=name, value=Name(id=inner), source=str(source)):
                exports.fields[name] = self.imported(frame, source, inner)
            case Export(name=name, value=value) if value is not None:
                exports.fields[name] = self.evaluate(value, frame)

    def _assign(self, statement: Assign, frame: Frame) -> None:
        if statement.value is None:
            for target in statement.targets:
                if isinstance(target, Name):
                    frame.names[target.id] = Known(None)
            return
        value = self.evaluate(statement.value, frame)
        if statement.operator:
            before = self.evaluate(statement.targets[0], frame)
            value = operate(statement.operator, before, value)
        declares = _declares(statement, frame.module)
        for target in statement.targets:
            if declares and isinstance(target, Name):
                frame.names[target.id] = Unknown(target.id)  # shadows a name of an outer function
            self.bind(target, value, frame)

    def bind(self, target: Expr, value: Value, frame: Frame) -> None:
        """Bind a name, a member or the parts of a pattern."""
        match target:
            case Name(name):
                if isinstance(value, Closure) and not value.name:
                    value.name = name
                (frame.find(name) or frame).names[name] = value
            case Attribute(of, name):
                self.set_member(self.evaluate(of, frame), name, value)
            case Subscript(of, Literal(str(name))):
                self.set_member(self.evaluate(of, frame), name, value)
            case Mapping(entries):
                self._take_apart(entries, value, frame)
            case Sequence(items=items):
                for index, item in enumerate(items):
                    self.bind(item, self.item(value, index), frame)
            case Opaque("default", (inner, default)):
                missing = isinstance(value, Known) and value.value is None
                self.bind(inner, self.evaluate(default, frame) if missing else value, frame)
            case Spread(inner):
                self.bind(inner, Unknown(), frame)

    def _take_apart(self, entries: tuple[tuple[Expr | None, Expr], ...], value: Value, frame: Frame) -> None:
        for key, part in entries:
            match key:
                case Literal(str(name)):
                    self.bind(part, self.member(value, name), frame)
                case _:
                    self.bind(part, value if key is None else Unknown(), frame)

    def set_member(self, owner: Value, name: str, value: Value) -> None:
        """Set a field."""
        if isinstance(owner, Instance | Record):
            owner.fields[name] = value

    # Branches

    def _if(self, statement: If, frame: Frame) -> bool:
        match truth(self.evaluate(statement.test, frame)):
            case True:
                return self.run(statement.body, frame)
            case False:
                return self.run(statement.otherwise, frame)
            case _:
                return self.both(lambda: self.run(statement.body, frame), lambda: self.run(statement.otherwise, frame))

    def _loop(self, statement: Loop, frame: Frame) -> None:
        items: list[Value] = [Unknown()]
        known = False
        if statement.iterable is not None:
            iterable = self.evaluate(statement.iterable, frame)
            if isinstance(iterable, Items):
                items, known = iterable.values[:MAX_REPEATS], True
        for item in items:
            if statement.target is not None:
                self.bind(statement.target, item, frame)
            if known:
                ended = self.run(statement.body, frame)
            else:
                ended = self.both(lambda: self.run(statement.body, frame), lambda: False)
            if ended:
                return

    def _try(self, statement: Try, frame: Frame) -> bool:
        try:
            ended = self.run(statement.body, frame)
        except Thrown as thrown:
            ended = False
            for handler in statement.handlers:
                if handler.name:
                    frame.names[handler.name] = thrown.value
                ended = self.run(handler.body, frame)
        else:
            self._maybe_caught(statement, frame)
        return self.run(statement.final, frame) or ended

    def _maybe_caught(self, statement: Try, frame: Frame) -> None:
        """Run the handlers of a body that did not fail for sure, as something that may happen."""
        for handler in statement.handlers:
            if handler.name:
                frame.names[handler.name] = Unknown(handler.name)
            self.both(lambda: self.run(handler.body, frame), lambda: False)  # noqa: B023 - called at once


_DECLARATIONS = (b"const", b"let", b"var")


def _declares(statement: Assign, module: Module) -> bool:
    """Return whether an assignment is a declaration, which the form does not tell: by the word before it."""
    start = statement.at[0]
    return module.source[max(0, start - 16) : start].rstrip().endswith(_DECLARATIONS)
