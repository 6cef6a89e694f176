"""What calls do: functions and classes of the code base, arrays, objects, `require`, and packages."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from backcheck.extract.express.libraries import choose
from backcheck.extract.express.machine import MAX_REPEATS, Machine
from backcheck.extract.express.members import MAX_CALLS
from backcheck.extract.express.operators import of_text, text_of
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
)
from backcheck.program.form import Assign, Attribute, Call, Define, Function, Literal, Name, Subscript
from backcheck.program.javascript.imports import names_of

if TYPE_CHECKING:
    from backcheck.program.form import Parameter


class Calls(Machine):
    """Does calls, all but those of a package, which mean something to a subclass only."""

    def call(self, expr: Call, frame: Frame) -> Value:
        """Do a call and return its result."""
        self.step()
        match expr:
            case Call(Name("require" | "import"), (Literal(str(source)), *_)):
                return self.imported(frame, source, None)
            case Call(Name("require" | "import"), (source, *_)):
                return self._required(self.evaluate(source, frame), frame)
            case Call(Name("super")):
                self._super(self.spread(expr.args, frame), frame)
                return Known(None)
            case Call(Attribute(of, name)):
                receiver = self.evaluate(of, frame)
                return self.method(receiver, name, self.spread(expr.args, frame), expr, frame)
            case Call(Subscript(of, index)):
                receiver, key = self.evaluate(of, frame), self.evaluate(index, frame)
                if isinstance(key, Known) and isinstance(key.value, str):
                    return self.method(receiver, key.value, self.spread(expr.args, frame), expr, frame)
        callee = self.evaluate(expr.callee, frame)
        return self.invoke(callee, self.spread(expr.args, frame), expr, frame)

    def _required(self, computed: Value, frame: Frame) -> Value:
        """Return every module that a computed path may name: those of its folder, as autoloading does."""
        here = posixpath.dirname(frame.module.path) or "."
        text = text_of(_joined(computed)).replace("{?__dirname}", here)
        if text.startswith(("./", "../")) and text is not here:
            text = posixpath.join(here, text)
        folder, mark, _ = text.partition("{?")
        folder = posixpath.normpath(folder)
        if not mark or folder.startswith(".."):
            return Unknown(text)
        inside = [path for path in sorted(self.modules) if (posixpath.dirname(path) or ".") == folder]
        return Items(
            [self.exported(self.load(self.modules[path]), None) for path in inside if path != frame.module.path]
        )

    def method(self, receiver: Value, name: str, args: list[Value], expr: Call, frame: Frame) -> Value:
        """Call a method of a value."""
        match receiver:
            case Closure() if name == "bind":
                bound = args[0] if args else None
                return Closure(receiver.function, receiver.frame, bound, receiver.name, receiver.wraps)
            case Closure() if name == "call":
                return self.invoke(receiver, args[1:], expr, frame)
            case Closure() if name == "apply":
                return self.invoke(
                    receiver, args[1].values if len(args) > 1 and isinstance(args[1], Items) else [], expr, frame
                )
            case Items():
                return self._array(receiver, name, args)
            case Known(str(text)):
                return of_text(text, name, args)
            case External("Object") if args and isinstance(args[0], Record):
                return _object(name, args)
        return self.invoke(self.member(receiver, name), args, expr, frame)

    def invoke(self, callee: Value, args: list[Value], expr: Call, frame: Frame) -> Value:
        """Call a value."""
        match callee:
            case Closure() if expr.new:  # a constructor as it was before classes: `this.login = (req, res) => …`
                made = Record()
                self.apply(Closure(callee.function, callee.frame, made, callee.name), args)
                return made
            case Closure():
                return self.apply(callee, args)
            case Items(values):
                return Items([self.invoke(each, args, expr, frame) for each in values])
            case ClassValue() if expr.new:
                return self.construct(callee, args)
            case External():
                return self.external(callee, args, expr, frame)
        return self.unknown_call(callee, args)

    def external(self, callee: External, args: list[Value], expr: Call, frame: Frame) -> Value:
        """Call something of a package."""
        del expr, frame  # a subclass may ask
        if len(args) == 1 and isinstance(args[0], ClassValue):  # a container that makes it
            return self.construct(args[0], [])
        self.unknown_call(callee, args)
        return External(f"{callee.symbol}()", tuple(args), callee)

    def unknown_call(self, callee: Value, args: list[Value]) -> Value:
        """Call something unknown: it may call back the functions that it is given."""
        for arg in args:
            if isinstance(arg, Closure) and _is_called_back(arg.function):
                self.apply(arg, [Unknown() for _ in arg.function.parameters])
        return Unknown(callee.why + "()" if isinstance(callee, Unknown) and callee.why else "")

    # Functions

    def apply(self, closure: Closure, args: list[Value]) -> Value:
        """Run a function with these arguments; unknown where it is running already or lies too deep."""
        function = closure.function
        if len(self._active) >= MAX_CALLS or self._active.count(function) > 1:
            return Unknown(closure.name)
        self.step()
        frame = Frame(closure.frame.module, closure.frame, this=closure.this, cls=closure.frame.cls)
        self._bind_parameters(closure, args, frame)
        self._active.append(function)
        try:
            self.run(function.body, frame)
        finally:
            self._active.pop()
        result = choose(frame.results or [Known(None)])
        given = [value for value in args if isinstance(value, Closure)]
        if isinstance(result, Closure) and len(given) == 1 and result is not given[0] and result.wraps is None:
            result.wraps = given[0]
        return result

    def _bind_parameters(self, closure: Closure, args: list[Value], frame: Frame) -> None:
        for index, parameter in enumerate(closure.function.parameters):
            if parameter.kind == "rest":
                value: Value = Items(args[index:])
            elif index < len(args):
                value = args[index]
            else:
                value = Known(None)
            if isinstance(value, Known) and value.value is None:
                value = self.absent_argument(parameter, frame)
            if parameter.pattern is None:
                frame.names[parameter.name] = value
            else:
                for bound in names_of(parameter.pattern):
                    frame.names[bound.id] = Unknown(bound.id)
                self.bind(parameter.pattern, value, frame)

    # Classes

    def construct(self, cls: ClassValue, args: list[Value]) -> Instance:
        """Make an object: its fields, then its constructor."""
        instance = Instance(cls)
        self._initialise(cls, instance, args)
        return instance

    def _initialise(self, cls: ClassValue, instance: Instance, args: list[Value]) -> None:
        body = cls.node.body
        constructor = next(
            (s.function for s in body if isinstance(s, Define) and s.function.name == "constructor"), None
        )
        if constructor is None:
            for base in self.bases(cls):
                self._initialise(base, instance, args)
        frame = Frame(cls.frame.module, cls.frame, this=instance, cls=cls)
        for statement in body:
            match statement:
                case Assign(targets=(Name(id=name),), value=value) if value is not None:
                    instance.fields[name] = self.evaluate(value, frame)
        if constructor is not None:
            self.apply(Closure(constructor, frame, instance, cls.node.name), args)

    def _super(self, args: list[Value], frame: Frame) -> None:
        scope: Frame | None = frame
        while scope is not None and scope.cls is None:
            scope = scope.parent
        if scope is not None and scope.cls is not None and isinstance(scope.this, Instance):
            for base in self.bases(scope.cls):
                self._initialise(base, scope.this, args)

    def absent_argument(self, parameter: Parameter, frame: Frame) -> Value:
        """Return what a parameter without an argument holds: its default, or what a container would inject by type."""
        if parameter.default is None and parameter.annotation is not None:
            kind = self.evaluate(parameter.annotation, frame)
            if isinstance(kind, ClassValue):
                return self.construct(kind, [])
        return Known(None) if parameter.default is None else self.evaluate(parameter.default, frame)

    # Arrays and objects

    def _array(self, array: Items, name: str, args: list[Value]) -> Value:
        match name, args:
            case (("forEach" | "map" | "flatMap" | "filter"), [Closure() as each, *_]):
                results = [self.apply(each, [item, Known(i)]) for i, item in enumerate(array.values[:MAX_REPEATS])]
                if name == "filter":
                    return array
                return Items(_flat(results) if name == "flatMap" else results)
            case "push", _:
                array.values.extend(args)
                return Known(len(array.values))
            case "concat", _:
                return Items([*array.values, *_flat(args)])
            case (("slice" | "flat" | "reverse" | "sort"), _):
                return Items(_flat(array.values)) if name == "flat" else array
            case "join", _:
                parts = [value.value for value in array.values if isinstance(value, Known)]
                if len(parts) == len(array.values):
                    separator = args[0].value if args and isinstance(args[0], Known) else ","
                    return Known(str(separator).join(map(str, parts)))
            case (("includes" | "some" | "every" | "indexOf" | "find"), _):
                return self.ask(array, name, args)
        return Unknown()

    def ask(self, array: Items, name: str, args: list[Value]) -> Value:
        """Answer a question about an array's content."""
        del array, name, args
        return Unknown()


def _is_called_back(function: Function) -> bool:
    """Whether a function is one to call back when something is done, `() => …`, `(db) => …`, `(err, db) => …`; a handler is not."""
    names = [parameter.name for parameter in function.parameters]
    return len(names) <= 1 or (len(names) == 2 and names[0].lower() in {"err", "error", "e", "er"})


def _joined(path: Value) -> Value:
    """Return the path that `path.join` and `path.resolve` give."""
    match path:
        case External("path.join()" | "path.resolve()", args) if args:
            return Known(posixpath.join(*(text_of(_joined(arg)) for arg in args)))
    return path


def _flat(values: list[Value]) -> list[Value]:
    return [inner for value in values for inner in (value.values if isinstance(value, Items) else [value])]


def _object(name: str, args: list[Value]) -> Value:
    first = args[0]
    assert isinstance(first, Record)
    match name:
        case "keys":
            return Items([Known(key) for key in first.fields])
        case "values":
            return Items(list(first.fields.values()))
        case "entries":
            return Items([Items([Known(key), value]) for key, value in first.fields.items()])
        case "assign":
            for other in args[1:]:
                if isinstance(other, Record):
                    first.fields.update(other.fields)
    return first
