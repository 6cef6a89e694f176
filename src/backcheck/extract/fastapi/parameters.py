"""What a handler takes and gives: body, query, form, response, and what validates them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.backend import Schema, Unresolved
from backcheck.extract.fastapi import dependencies
from backcheck.program.form import Attribute, Call, Class, Function, Literal, Name, Operation, Sequence, Subscript, walk

if TYPE_CHECKING:
    from backcheck.program import Definition, Program, Scope
    from backcheck.program.form import Expr, Parameter

_BODY = frozenset({"Body()", "Form()", "File()"})
_NOT_BODY = frozenset({"Query()", "Path()", "Header()", "Cookie()"})
_SPECIAL = ("fastapi.Request", "starlette.", "fastapi.Response", "fastapi.BackgroundTasks", "fastapi.WebSocket",
            "fastapi.security.SecurityScopes", "fastapi.responses.", "fastapi.requests.", "fastapi.background.")  # fmt: skip
_MODELS = ("pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.RootModel", "pydantic.v1.BaseModel", "sqlmodel.SQLModel",
           "sqlmodel.main.SQLModel", "typing.TypedDict", "typing_extensions.TypedDict", "msgspec.Struct")  # fmt: skip
_LOOSE = frozenset(
    {"dict", "list", "object", "typing.Any", "typing.Dict", "typing.List", "typing.Mapping", "bytes", "set"}
)
_SCALARS = ("int", "str", "float", "bool", "bytes", "datetime.", "uuid.", "decimal.", "enum.", "pydantic.", "pathlib.",
            "ipaddress.", "typing.Literal", "complex")  # fmt: skip
_READS = frozenset({"json", "body", "form", "stream"})
_VALIDATES = frozenset(
    {"model_validate", "model_validate_json", "parse_obj", "parse_raw", "validate_python", "validate_json"}
)


@dataclass(slots=True)
class Taken:
    """What a handler and its dependencies take from a request."""

    takes_body: bool | Unresolved = False
    body: Schema | Unresolved | None = None
    query: Schema | None = None
    loose: bool = False
    """A part of the body is taken as it comes."""

    def add(self, found: Schema | Unresolved | None) -> None:
        """Add one part of the body, with what validates it."""
        if isinstance(found, Unresolved) and self.takes_body is False:
            self.takes_body = found
        elif not isinstance(found, Unresolved):
            self.takes_body = True
        self.loose = self.loose or found is None
        self.body = None if self.loose else self.body or found


class Parameters:
    """Reads handlers' parameters."""

    def __init__(self, program: Program) -> None:
        """Read in this program."""
        self._program = program

    def taken(self, scope: Scope, function: Function, path: frozenset[str]) -> Taken:
        """Return what the function takes; ``scope`` is where it stands, ``path`` the names of the path's parameters."""
        taken = Taken()
        self._read(scope, function, path, taken, set())
        return taken

    def _read(self, scope: Scope, function: Function, path: frozenset[str], taken: Taken, seen: set[int]) -> None:
        if id(function) in seen:
            return
        seen.add(id(function))
        skip_first = isinstance(scope.node, Class)
        for parameter in function.parameters[1 if skip_first else 0 :]:
            found = list(dependencies.of_parameter(self._program, scope, parameter))
            for dependency in found:
                self._dependency(dependency.scope, dependency.target, path, taken, seen)
            if not found and parameter.name not in path and parameter.kind not in {"rest", "keywords"}:
                self._parameter(scope, parameter, taken)
        self._raw(scope, function, taken)

    def _dependency(self, scope: Scope, target: Expr, path: frozenset[str], taken: Taken, seen: set[int]) -> None:
        meaning = self._program.meaning(scope, target)
        if meaning is None:
            return
        if (meaning.symbol or "").startswith("fastapi.security.OAuth2PasswordRequestForm"):
            taken.add(Schema((meaning.symbol or "").rpartition(".")[2], scope.module.place(target)))
            return
        definition = meaning.definition
        if meaning.cls is not None:
            called = self._program.member(meaning, "__call__")
            definition = None if called is None else called.definition
        if definition is not None and isinstance(definition.node, Function):
            self._read(definition.scope, definition.node, path, taken, seen)

    def _parameter(self, scope: Scope, parameter: Parameter, taken: Taken) -> None:
        place = scope.module.place(parameter)
        marks = self._marks(scope, parameter)
        annotation = parameter.annotation
        if marks & _NOT_BODY:
            if "Query()" in marks:
                taken.query = taken.query or Schema(parameter.name, place)
            return
        what = "loose" if annotation is None else self._type(scope, annotation)
        if isinstance(what, Schema):
            taken.add(what)
        elif marks & _BODY or what == "upload":
            taken.add(None if what == "loose" else Schema(parameter.name, place))
        elif what == "loose" and annotation is not None:
            taken.add(None)
        elif what == "typed list":
            taken.add(Schema(parameter.name, place))
        elif what == "foreign":
            taken.add(Unresolved(f"{scope.module.text(annotation)!r} is not of this code base", place))  # type: ignore[arg-type]
        elif what == "scalar" or annotation is None:
            taken.query = taken.query or Schema(parameter.name, place)

    def _marks(self, scope: Scope, parameter: Parameter) -> set[str]:
        """Return `Body()`, `Query()` … that the parameter bears, as its default or in its annotation."""
        found = [] if parameter.default is None else [self._program.symbol(scope, parameter.default)]
        if parameter.annotation is not None:
            pieces = dependencies.metadata(self._program, scope, parameter.annotation)
            found += [self._program.symbol(home, piece) for home, piece, _ in pieces]
        return {symbol.rpartition(".")[2] for symbol in found if symbol is not None and symbol.startswith("fastapi.")}

    def _type(self, scope: Scope, annotation: Expr, depth: int = 0) -> Schema | str:
        """Return the model that an annotation names, or `scalar`, `loose`, `typed list`, `upload`, `special`, `foreign`."""
        if depth > 8:
            return "foreign"
        match annotation:
            case Literal(None):
                return "none"
            case Operation("|", operands):
                return self._best(self._type(scope, operand, depth + 1) for operand in operands)
            case Subscript(value, index):
                return self._generic(scope, value, index, depth)
        meaning = self._program.meaning(scope, annotation)
        if meaning is None:
            return "foreign"
        definition = meaning.definition
        if definition is not None and isinstance(definition.node, Class):
            return self._class(scope, annotation, definition)
        if (
            definition is not None
            and definition.node is not annotation
            and isinstance(definition.node, Subscript | Operation)
        ):
            return self._type(definition.scope, definition.node, depth + 1)
        symbol = meaning.symbol or ""
        if symbol in _LOOSE and symbol != "bytes":
            return "loose"
        if symbol.endswith("UploadFile"):
            return "upload"
        if symbol.startswith(_SPECIAL):
            return "special"
        if symbol.startswith(_SCALARS):
            return "scalar"
        return "foreign"

    def _generic(self, scope: Scope, value: Expr, index: Expr, depth: int) -> Schema | str:
        symbol = self._program.symbol(scope, value) or ""
        items = index.items if isinstance(index, Sequence) and index.kind == "tuple" else (index,)
        name = symbol.rpartition(".")[2]
        if name in {"Annotated", "Optional", "Final", "Required"} and items:
            return self._type(scope, items[0], depth + 1)
        if name == "Union":
            return self._best(self._type(scope, item, depth + 1) for item in items)
        if name in {"list", "List", "Sequence", "set", "Set", "tuple", "Tuple", "Iterable", "frozenset"} and items:
            inner = self._type(scope, items[0], depth + 1)
            return inner if isinstance(inner, Schema) or inner in {"loose", "upload"} else "typed list"
        if name in {"dict", "Dict", "Mapping", "MutableMapping"}:
            inner = self._type(scope, items[-1], depth + 1)
            return inner if isinstance(inner, Schema) else "typed list" if inner == "scalar" else "loose"
        if name == "Literal":
            return "scalar"
        return self._type(scope, value, depth + 1)

    @staticmethod
    def _best(kinds: object) -> Schema | str:
        found = [kind for kind in kinds if kind != "none"]  # type: ignore[attr-defined]
        for kind in found:
            if kind == "loose":
                return "loose"
        return next((kind for kind in found if isinstance(kind, Schema)), found[0] if found else "none")

    def _class(self, scope: Scope, annotation: Expr, definition: Definition) -> Schema | str:
        bases = list(self._program.ancestry(definition))
        foreign = [base for base in bases if isinstance(base, str)]
        name = " ".join(scope.module.text(annotation).split())
        node = definition.node
        decorated = isinstance(node, Class) and any(
            (self._program.symbol(definition.scope, part) or "").rpartition(".")[2].startswith("dataclass")
            for part in node.decorators
        )
        if decorated or any(base in _MODELS or base.startswith(_MODELS) for base in foreign):
            return Schema(name, definition.module.place(node))
        if any(base.startswith(("enum.", "str", "int")) for base in foreign):
            return "scalar"
        return "special" if any(base.startswith(_SPECIAL) for base in foreign) else "foreign"

    def _raw(self, scope: Scope, function: Function, taken: Taken) -> None:
        """Note a body that the handler reads from the request itself, and whether it validates it."""
        inside = self._program.scope(scope.module, function)
        reads = validates = None
        for node in walk(*function.body):
            match node:
                case Call(Attribute(of, name)) if name in _READS and self._is_request(inside, of):
                    reads = node
                case Call(Attribute(_, name)) if name in _VALIDATES:
                    validates = node
                case Call(callee, (), keywords=((None, Name()), *_)) if isinstance(self._type(inside, callee), Schema):
                    validates = node
        if reads is not None:
            taken.add(
                None
                if validates is None
                else Schema(scope.module.text(validates.callee), scope.module.place(validates))
            )

    def _is_request(self, scope: Scope, expr: Expr) -> bool:
        symbol = self._program.symbol(scope, expr) or ""
        return symbol.endswith(("requests.Request()", "fastapi.Request()"))

    def response(self, scope: Scope, function: Function | None, decorator: Call) -> Schema | None:
        """Return what shapes the response: `response_model`, else the annotation of the handler's result."""
        stated = dict(decorator.keywords).get("response_model")
        if stated is not None:
            if isinstance(stated, Literal) and stated.value is None:
                return None
            return Schema(" ".join(scope.module.text(stated).split()), scope.module.place(stated))
        if function is None or function.returns is None:
            return None
        found = self._type(scope, function.returns)
        if isinstance(found, Schema) or found in {"typed list", "scalar"}:
            return Schema(" ".join(scope.module.text(function.returns).split()), scope.module.place(function.returns))
        return None
