"""What members of a value are worth: of a package, an object, a class, an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.extract.express.values import (
    ClassValue,
    Closure,
    External,
    Frame,
    Instance,
    Items,
    Known,
    Native,
    Record,
    Unknown,
    Value,
)
from backcheck.program.form import Assign, Define, Name

if TYPE_CHECKING:
    from backcheck.program.form import Attribute, Expr

MAX_CALLS = 24
"""Depth of calls that are followed."""


class Members:
    """Reads members. How an initial value is evaluated is a subclass's."""

    def evaluate(self, expr: Expr, frame: Frame) -> Value:
        """Return an expression's value."""
        raise NotImplementedError

    def attribute(self, expr: Attribute, value: Value, frame: Frame) -> Value:
        """Return what `value.name` gives."""
        del frame
        return self.member(value, expr.name)

    def member(self, value: Value, name: str) -> Value:
        """Return a member of a value."""
        match value:
            case External(symbol):
                if symbol == "process.env":
                    return Unknown(f"config:{name}")
                return value if name == "default" else External(f"{symbol}.{name}", base=value)
            case Record(fields):
                if name in fields:
                    return fields[name]
                return Known(None) if name != "default" else value
            case Instance():
                return self._instance_member(value, name)
            case ClassValue():
                return self._class_member(value, value, name) or Unknown(name)
            case Items(values) if name == "default":
                return Items([self.member(each, name) for each in values])
            case Items(values) if name == "length":
                return Known(len(values))
            case Unknown(why):
                return Unknown(f"{why}.{name}" if why and not why.startswith("config:") else name)
        return Unknown(name)

    def _instance_member(self, value: Instance, name: str) -> Value:
        if name in value.fields:
            return value.fields[name]
        return self._class_member(value.cls, value, name) or Unknown(f"this.{name}")

    def _class_member(self, cls: ClassValue, this: Value, name: str, depth: int = 0) -> Value | None:
        for statement in cls.node.body:
            match statement:
                case Define(function) if function.name == name:
                    return Closure(function, Frame(cls.frame.module, cls.frame, cls=cls), this, name)
                case Assign(targets=(Name(id=bound),), value=expr) if bound == name and expr is not None:
                    if name not in cls.fields:
                        cls.fields[name] = self.evaluate(expr, Frame(cls.frame.module, cls.frame, this=this))
                    return cls.fields[name]
        for base in self.bases(cls) if depth < MAX_CALLS else ():
            found = self._class_member(base, this, name, depth + 1)
            if found is not None:
                return found
        return None

    def bases(self, cls: ClassValue) -> list[ClassValue]:
        """Return the base classes that are of this code base."""
        found = [self.evaluate(base, cls.frame) for base in cls.node.bases]
        return [base for base in found if isinstance(base, ClassValue)]

    def subscript(self, value: Value, index: Value) -> Value:
        """Return what `value[index]` gives."""
        match index:
            case Known(str(name)):
                return self.member(value, name)
            case Known(int(position)):
                return self.item(value, position)
        return Unknown() if not isinstance(value, Native) else self.member(value, "")

    def item(self, value: Value, position: int) -> Value:
        """Return an element of an array."""
        match value:
            case Items(values):
                return values[position] if 0 <= position < len(values) else Known(None)
            case Native():
                return self.member(value, str(position))
        return Unknown()
