"""What a name, or any expression, is: its symbol and its definition, followed through assignments, imports and classes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.program.form import (
    Assign,
    Attribute,
    Await,
    Call,
    Class,
    Conditional,
    Function,
    Handler,
    Import,
    Literal,
    Mapping,
    Name,
    Opaque,
    Operation,
    Parameter,
    Return,
    Sequence,
    Subscript,
    With,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.form import Expr, Module, Node
    from backcheck.program.modules import Modules
    from backcheck.program.scopes import Binding, Scope

MAX_DEPTH = 40
"""Steps from a name to what it is. A step costs up to six Python frames, of a thousand that callers need as well."""
_MAX_BASES = 24

_TYPING = ("typing.", "typing_extensions.")
_WRAPPERS = frozenset({"Annotated", "Optional", "Union", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly"})
_GENERATORS = frozenset({"Generator", "AsyncGenerator", "Iterator", "AsyncIterator", "Iterable", "AsyncIterable"})


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """Where in this code base something is made."""

    module: Module
    node: Function | Class | Expr
    """The function, the class, or the expression that makes the value (`FastAPI()`)."""
    scope: Scope
    """Where the node stands; its own names are in `Program.scope(module, node)`."""
    name: str
    """Qualified name of a function or class; empty for an expression."""


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """What an expression is, as far as it could be followed."""

    symbol: str | None
    definition: Definition | None = None
    cls: Definition | None = None
    """For an instance of a class of this code base: the class."""
    module: Module | None = None
    """For a module of this code base: itself."""
    package: tuple[str, str] | None = None
    """For `a` after `import a.b`: the importing file and the dotted name so far."""


class Names:
    """Answers what expressions are, each question once."""

    def __init__(self, modules: Modules) -> None:
        """Resolve among these modules."""
        self._modules = modules
        self._active: set[tuple[int, int]] = set()
        self._cuts = 0

    def meaning(self, scope: Scope, expr: Expr) -> Meaning | None:
        """Return what the expression is; None where nothing is known. Cycles end in None."""
        key = id(expr)
        if key in scope.cache:
            return scope.cache[key]  # type: ignore[return-value]
        if (key, id(scope)) in self._active or len(self._active) > MAX_DEPTH:
            self._cuts += 1
            return None
        before = self._cuts
        self._active.add((key, id(scope)))
        try:
            found = self._meaning(scope, expr)
        finally:
            self._active.discard((key, id(scope)))
        # What a cycle or the limit cut short may have an answer when it is asked for from elsewhere.
        if self._cuts == before or not self._active:
            scope.cache[key] = found
        return found

    def _meaning(self, scope: Scope, expr: Expr) -> Meaning | None:
        match expr:
            case Name():
                return self._name(scope, expr)
            case Attribute(value, name):
                return self.member(self._super(scope, value) or self.meaning(scope, value), name)
            case Call():
                return self._call(scope, expr)
            case Await(value) | Opaque("assignment", (_, value)):
                return self.meaning(scope, value)
            case Subscript():
                return self._subscript(scope, expr)
            case Conditional(then=then, other=other):
                return self._first(self.meaning(scope, part) for part in (then, other))
            case Operation("or" | "||" | "??", operands):
                return self._first(self.meaning(scope, part) for part in operands)
        return Meaning(None, Definition(scope.module, expr, scope, ""))

    @staticmethod
    def _first(found: Iterator[Meaning | None]) -> Meaning | None:
        """Return the first that has a symbol, else the first at all."""
        weak: Meaning | None = None
        for meaning in found:
            if meaning is not None and meaning.symbol is not None:
                return meaning
            weak = weak or meaning
        return weak

    # Names and what binds them

    def _name(self, scope: Scope, name: Name) -> Meaning | None:
        if name.id == "this":
            return self._instance(scope.cls)
        found = scope.lookup(name.id)
        if found is None:
            return self._starred(scope, name.id) or Meaning(name.id)
        holder, bindings = found
        return self._first(
            self._bound(holder, binding) for binding in _latest_first(bindings, scope, holder, name.at[0])
        )

    def _starred(self, scope: Scope, name: str) -> Meaning | None:
        """Return what a star import of this code base gives the name; a foreign one may give any name, so it gives none."""
        top = scope
        while top.parent is not None:
            top = top.parent
        for binding in reversed(top.bindings.get("*", ())):
            if isinstance(binding.node, Import):
                module = self._modules.locate(scope.module, binding.node.source)
                if module is not None and (found := self.exported(module, name)) is not None:
                    return found
        return None

    def _bound(self, scope: Scope, binding: Binding) -> Meaning | None:
        match binding.node:
            case Import() as imported:
                return self._import(scope, imported)
            case Function() | Class() as node:
                return self._defined(scope, node)
            case Parameter() as parameter:
                return self._parameter(scope, parameter) if not binding.steps else None
            case Handler(catches=catches) if catches is not None:
                return self.instance(scope, catches)
            case Assign(annotation=annotation):
                found = self._taken_apart(scope, binding)
                if annotation is not None and (found is None or found.symbol is None):
                    return self.instance(scope, annotation) or found
                return found
            case Opaque() | With():
                return self._taken_apart(scope, binding)
        return None

    def _taken_apart(self, scope: Scope, binding: Binding) -> Meaning | None:
        if binding.value is None:
            return None
        found = self.meaning(scope, binding.value)
        for step in binding.steps:
            match step:
                case Literal(str(key)):
                    found = self.member(found, key)
                case int(index) if index >= 0 and found is not None:
                    found = self._item(found, index)
                case _:
                    return None
        return found

    def _item(self, found: Meaning, index: int) -> Meaning | None:
        match found.definition:
            case Definition(node=Sequence(items=items), scope=inside) if -len(items) <= index < len(items):
                return self.meaning(inside, items[index])
        return Meaning(f"{found.symbol}[{index}]") if found.symbol is not None else None

    def _defined(self, scope: Scope, node: Function | Class) -> Meaning:
        name = f"{scope.name}.{node.name}".lstrip(".")
        return Meaning(f"{scope.module.path}:{name}", Definition(scope.module, node, scope, name))

    def _parameter(self, scope: Scope, parameter: Parameter) -> Meaning | None:
        outside = scope.parent or scope
        if parameter.annotation is not None:
            return self.instance(outside, parameter.annotation)
        function = scope.function
        if function is not None and isinstance(outside.node, Class) and function.parameters[:1] == (parameter,):
            decorators = {decorator.id for decorator in function.decorators if isinstance(decorator, Name)}
            if "staticmethod" not in decorators:
                cls = self._instance(outside)
                return self._class_of(cls) if "classmethod" in decorators else cls
        return None if parameter.default is None else self.meaning(outside, parameter.default)

    def _instance(self, cls: Scope | None) -> Meaning | None:
        if cls is None or cls.parent is None or not isinstance(cls.node, Class):
            return None
        defined = self._defined(cls.parent, cls.node)
        return Meaning(f"{defined.symbol}()", cls=defined.definition)

    @staticmethod
    def _class_of(meaning: Meaning | None) -> Meaning | None:
        if meaning is None or meaning.cls is None:
            return None
        return Meaning((meaning.symbol or "").removesuffix("()"), meaning.cls)

    # Imports and modules

    def _import(self, scope: Scope, imported: Import) -> Meaning | None:
        source, name = imported.source, imported.name
        module = self._modules.locate(scope.module, source)
        if name is None:
            if module is None:
                top = source.partition(".")[0] if imported.local == source.partition(".")[0] else source
                return None if source.startswith(".") else Meaning(top if scope.module.language == "python" else source)
            if scope.module.language == "python" and "." in source and imported.local == source.partition(".")[0]:
                return Meaning(None, package=(scope.module.path, imported.local))
            return self.module(module)
        if module is not None and (found := self.exported(module, name)) is not None:
            return found
        submodule = self._modules.submodule(scope.module, source, name)
        if submodule is not None:
            return self.module(submodule)
        if module is not None:
            return Meaning(f"{module.path}:{name}")
        if source.startswith("."):
            return None
        return Meaning(source if name == "default" else f"{source}.{name}")

    def module(self, module: Module) -> Meaning | None:
        """Return what importing the whole module gives: the module, or what it puts in its own place."""
        exports = self._modules.exports(module)
        if exports is not None and "=" in exports:
            return self.exported(module, "=")
        return Meaning(module.path, module=module)

    def exported(self, module: Module, name: str) -> Meaning | None:
        """Return what the module gives under this name; None where it has no such name."""
        scope = self._modules.scope(module)
        key = ("export", name)
        if key in scope.cache:
            return scope.cache[key]  # type: ignore[return-value]
        if (hash(key), id(scope)) in self._active or len(self._active) > MAX_DEPTH:
            self._cuts += 1
            return None
        before = self._cuts
        self._active.add((hash(key), id(scope)))
        try:
            found = self._exported(module, scope, name)
        finally:
            self._active.discard((hash(key), id(scope)))
        if self._cuts == before or not self._active:
            scope.cache[key] = found
        return found

    def _exported(self, module: Module, scope: Scope, name: str) -> Meaning | None:
        exports = self._modules.exports(module)
        if exports is None:
            bindings = scope.bindings.get(name, ())
            if bindings:
                return self._first(self._bound(scope, binding) for binding in reversed(bindings))
            return self._starred(scope, name)
        for export in reversed(exports.get(name, ())):
            if export.source is not None:
                match export.value:
                    case Name(original):
                        return self._import(scope, Import(export.source, original, name, export.at))
            elif export.value is not None:
                return self.meaning(scope, export.value)
        if name == "default" and "=" in exports:
            return self.exported(module, "=")
        if name not in {"default", "="} and "=" in exports:
            return self.member(self.exported(module, "="), name)
        for export in exports.get("*", ()):
            inner = None if export.source is None else self._modules.locate(module, export.source)
            if inner is not None and (found := self.exported(inner, name)) is not None:
                return found
        return None

    # Members

    def member(self, of: Meaning | None, name: str) -> Meaning | None:
        """Return what `of.name` is."""
        if of is None:
            return None
        if of.module is not None:
            return self._module_member(of.module, name)
        if of.package is not None:
            return self._package_member(*of.package, name)
        if of.cls is not None:
            return self._class_member(of.cls, name, of, instance=True)
        match of.definition:
            case Definition(node=Class()):
                return self._class_member(of.definition, name, of, instance=False)
            case Definition(node=Mapping(entries), scope=scope):
                for key, value in reversed(entries):
                    if isinstance(key, Literal) and key.value == name:
                        return self.meaning(scope, value)
        return None if of.symbol is None else Meaning(f"{of.symbol}.{name}")

    def _module_member(self, module: Module, name: str) -> Meaning | None:
        found = self.exported(module, name)
        if found is not None:
            return found
        inner = self._modules.submodule(module, ".", name)
        return self.module(inner) if inner is not None else Meaning(f"{module.path}:{name}")

    def _package_member(self, importer: str, dotted: str, name: str) -> Meaning | None:
        module = self._modules.named(importer, dotted)
        if module is not None and (found := self.exported(module, name)) is not None:
            return found
        inner = self._modules.named(importer, f"{dotted}.{name}")
        if inner is not None and not inner.path.endswith("__init__.py"):
            return self.module(inner)
        return Meaning(None, package=(importer, f"{dotted}.{name}"))

    def _class_member(self, cls: Definition, name: str, of: Meaning, *, instance: bool) -> Meaning | None:
        foreign: str | None = None
        for base in self.ancestry(cls):
            if isinstance(base, str):
                foreign = foreign or base
            elif (found := self._own_member(base, name, of, instance=instance)) is not None:
                return found
        if foreign is not None and foreign != "object":
            return Meaning(f"{foreign}{'()' if instance else ''}.{name}")
        return Meaning(f"{of.symbol}.{name}")

    def ancestry(self, cls: Definition) -> Iterator[Definition | str]:
        """Give the class, then its bases depth first: of this code base as definitions, foreign ones as symbols."""
        stack: list[Definition | str] = [cls]
        seen: set[int] = set()
        while stack and len(seen) < _MAX_BASES:
            base = stack.pop()
            yield base
            if isinstance(base, str) or id(base.node) in seen or not isinstance(base.node, Class):
                continue
            seen.add(id(base.node))
            for expr in reversed(base.node.bases):
                plain = expr.value if isinstance(expr, Subscript) else expr
                found = self.meaning(base.scope, plain)
                if found is not None and found.definition is not None and isinstance(found.definition.node, Class):
                    stack.append(found.definition)
                elif found is not None and found.symbol is not None:
                    stack.append(found.symbol)

    def _own_member(self, cls: Definition, name: str, of: Meaning, *, instance: bool) -> Meaning | None:
        inside = self._modules.scope_of(cls.module, cls.node)
        bindings = inside.bindings.get(name, ())
        for binding in reversed(bindings):
            found = self._bound(inside, binding)
            if isinstance(binding.node, Function):
                if instance and _is_property(binding.node):
                    return self._result(found) or Meaning(f"{of.symbol}.{name}")
                return replace(found, symbol=f"{of.symbol}.{name}") if found is not None else None
            if found is not None:
                return found
        if instance:
            found = self._first(self._assigned(inside, name))
            return found if found is not None else Meaning(f"{of.symbol}.{name}") if bindings else None
        return Meaning(f"{of.symbol}.{name}") if bindings else None

    def _assigned(self, cls: Scope, name: str) -> Iterator[Meaning | None]:
        """Give what methods of the class put into `self.name`."""
        for scope, statement in self._fields(cls).get(name, ()):
            if statement.value is not None:
                yield self.meaning(scope, statement.value)
            if statement.annotation is not None:
                yield self.instance(scope, statement.annotation)

    def _fields(self, cls: Scope) -> dict[str, list[tuple[Scope, Assign]]]:
        if "fields" not in cls.cache:
            found: dict[str, list[tuple[Scope, Assign]]] = {}
            for method in cls.inner.values():
                if (function := method.function) is not None:
                    own = "this" if cls.module.language != "python" else next((p.name for p in function.parameters), "")
                    for name, statement in _field_assignments(function, own):
                        found.setdefault(name, []).append((method, statement))
            cls.cache["fields"] = found
        return cls.cache["fields"]  # type: ignore[return-value]

    # Calls, subscripts, annotations

    def _super(self, scope: Scope, value: Expr) -> Meaning | None:
        match value:
            case Name("super") | Call(Name("super")) if scope.cls is not None:
                own = self._instance(scope.cls)
                bases = list(self.ancestry(own.cls))[1:] if own is not None and own.cls is not None else []
                for base in bases:
                    return Meaning(f"{base}()") if isinstance(base, str) else self._of_class(base)
        return None

    @staticmethod
    def _of_class(defined: Definition) -> Meaning:
        return Meaning(f"{defined.module.path}:{defined.name}()", cls=defined)

    def _call(self, scope: Scope, call: Call) -> Meaning | None:
        match call:
            case Call(Name("require"), (Literal(str(source)),)) if scope.module.language != "python":
                return self._import(scope, Import(source, None, "", call.at))
        callee = self.meaning(scope, call.callee)
        if callee is None or (callee.symbol is None and callee.definition is None):
            return None
        here = Definition(scope.module, call, scope, "")
        match callee.definition:
            case Definition(node=Class()) if callee.cls is None:
                return Meaning(f"{callee.symbol}()", here, cls=callee.definition)
            case Definition(node=Function()):
                return self._result(callee) or (Meaning(f"{callee.symbol}()", here) if callee.symbol else None)
        if callee.cls is not None:
            called = self.member(callee, "__call__")
            return self._result(called) if called is not None and called.definition is not None else None
        return Meaning(f"{callee.symbol}()", here) if callee.symbol is not None else None

    def _result(self, function: Meaning | None) -> Meaning | None:
        """Return what a function of this code base gives: by what it returns, else by its annotation."""
        match function:
            case Meaning(definition=Definition(node=Function() as node, module=module, scope=outside)):
                inside = self._modules.scope_of(module, node)
                found = self._first(self.meaning(inside, value) for value in returned(node))
                if (found is None or found.symbol is None) and node.returns is not None:
                    return self.instance(outside, node.returns) or found
                return found
        return None

    def _subscript(self, scope: Scope, expr: Subscript) -> Meaning | None:
        here = Meaning(None, Definition(scope.module, expr, scope, ""))
        of = self.meaning(scope, expr.value)
        if of is None or _typing(of.symbol) is not None:
            return here
        match expr.index:
            case Literal(str(key)) if of.definition is not None and isinstance(of.definition.node, Mapping):
                return self.member(of, key)
            case Literal(str(key)) if scope.module.language != "python":
                return self.member(of, key)
            case Literal(int(index)) if not isinstance(index, bool):
                return self._item(of, index)
        if of.definition is not None and isinstance(of.definition.node, Class):
            return of
        return here

    def instance(self, scope: Scope, annotation: Expr, depth: int = 0) -> Meaning | None:
        """Return what a value with this annotation is: `X`, `Annotated[X, …]`, `Optional[X]` and `X | None` are an `X`."""
        if depth > _MAX_BASES:
            return None
        match annotation:
            case Subscript(value, index):
                return self._generic(scope, value, index, depth)
            case Operation("|", operands):
                parts = (self.instance(scope, part, depth + 1) for part in operands)
                return self._first(parts)
            case Name() | Attribute():
                return self._typed(self.meaning(scope, annotation), depth)
        return None

    def _generic(self, scope: Scope, value: Expr, index: Expr, depth: int) -> Meaning | None:
        of = self.meaning(scope, value)
        name = None if of is None else _typing(of.symbol)
        inner = index.items if isinstance(index, Sequence) and index.kind == "tuple" else (index,)
        if name in _WRAPPERS:
            parts = inner if name == "Union" else inner[:1]
            return self._first(self.instance(scope, part, depth + 1) for part in parts)
        if (name == "Type" or (of is not None and of.symbol == "type")) and inner:
            return self._class_of(self.instance(scope, inner[0], depth + 1))
        return self._typed(of, depth)

    def _typed(self, found: Meaning | None, depth: int) -> Meaning | None:
        match found:
            case None | Meaning(symbol=None, definition=None):
                return None
            case Meaning(definition=Definition(node=Class()) as cls, cls=None):
                return self._of_class(cls)
            case Meaning(symbol=None, definition=Definition(node=node, scope=scope)) if not isinstance(node, Class):
                return self.instance(scope, node, depth + 1)
        return None if found.symbol is None or found.definition is not None else Meaning(f"{found.symbol}()")


def _typing(symbol: str | None) -> str | None:
    """Return the name in `typing`, if it is one."""
    if symbol is None or not symbol.startswith(_TYPING):
        return None
    return symbol.rpartition(".")[2]


def _latest_first(bindings: tuple[Binding, ...], scope: Scope, holder: Scope, use: int) -> Iterator[Binding]:
    """Give the bindings that stand before the use, latest first, then the others; from inside a function all, latest first."""
    if scope is not holder or len(bindings) == 1:
        yield from reversed(bindings)
        return
    yield from (binding for binding in reversed(bindings) if binding.node.at[1] <= use or _encloses(binding, use))
    yield from (binding for binding in bindings if binding.node.at[1] > use and not _encloses(binding, use))


def _encloses(binding: Binding, use: int) -> bool:
    """Whether the use stands in a block that the binding opens (`with x as y:`), not in the value that it binds."""
    start, end = binding.node.at
    if isinstance(binding.node, Function | Class):
        return start <= use < end
    return isinstance(binding.node, With | Handler) and start < use < end


def _is_property(function: Function) -> bool:
    names = {part.id if isinstance(part, Name) else getattr(part, "name", "") for part in function.decorators}
    return bool(names & {"property", "cached_property", "computed_field"})


def returned(function: Function) -> Iterator[Expr]:
    """Give the values that a function returns, not those of functions inside it."""
    stack: list[Node] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        if isinstance(node, Return):
            if node.value is not None:
                yield node.value
        elif not isinstance(node, Function | Class):
            stack.extend(reversed(list(children(node))))


def _field_assignments(function: Function, own: str) -> Iterator[tuple[str, Assign]]:
    stack: list[Node] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        match node:
            case Assign(targets=targets):
                for target in targets:
                    match target:
                        case Attribute(Name(id=owner), name) if owner == own:
                            yield name, node
            case Function() | Class():
                continue
            case _:
                stack.extend(reversed(list(children(node))))
