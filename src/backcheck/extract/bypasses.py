"""Code that changes an application in ways that no extractor follows: each such line is listed as not read.

Text that is run as code, a route table that is written to, a dependency that is replaced, a method of the framework
that is exchanged: after any of them, what the rest of the code says of routes and guards may not be what happens.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from backcheck.backend import Backend
from backcheck.findings import Unread
from backcheck.program.form import Assign, Attribute, Call, Literal, Name, Subscript
from backcheck.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Program
    from backcheck.program.form import Expr, Module, Node

_HINT = re.compile(
    rb"\bgetattr\s*\(|\bexec\s*\(|\beval\s*\(|\bFunction\s*\(|\broutes\.(?:append|insert|extend)\b|\bdependency_overrides\b|\bstack\."
    rb"|\b__import__\s*\(|\bimport_module\s*\(|^[\w.]*\b[A-Z]\w*\.\w+\s*=[^=]",
    re.MULTILINE,
)
"""Walking every module takes as long as parsing it; hardly any holds one of these."""
_FRAMEWORKS = ("fastapi.", "starlette.", "express.")
_SERVING = frozenset({"fastapi", "flask", "django", "starlette", "aiohttp", "tornado", "sanic", "bottle", "falcon"})
_ADDING = frozenset({"append", "insert", "extend", "push", "unshift", "splice"})


def extract(program: Program) -> Backend:
    """Return, as unread, the lines of application code after which routes and guards may not be what they seem."""
    application = {file.path for file in program.tree.files if file.role is Role.APPLICATION}
    unread = [
        Unread(path, f"line {module.place(node).start_line}: {why}")
        for path, module in program.modules.items()
        if path in application and (_HINT.search(module.source) or not module.source.isascii())
        for node in module.nodes
        if (why := next(_bypasses(program, module, node), ""))
    ]
    return Backend(unread=tuple(dict.fromkeys(unread)))


def _bypasses(program: Program, module: Module, node: Node) -> Iterator[str]:
    python = module.language == "python"
    match node:
        case Name(name) | Attribute(_, name) if python and not name.isascii() and normalize("NFKC", name) != name:
            yield f"Python reads the name {name!r} as {normalize('NFKC', name)!r}"
        case Call(Name("getattr"), (of, attribute, *_)) if python and not isinstance(attribute, Literal):
            symbol = program.symbol(program.scope(module), of) or ""
            if symbol.startswith(_FRAMEWORKS) and symbol.endswith("()"):
                yield "which method of the application is meant shows at run time"
        case Call(Name("exec")) if python:
            yield "text is run as code"
        case Call(Name("eval" | "Function")) if not python:
            yield "text is run as code"
        case Call(Attribute(Attribute(_, "routes"), name)) if python and name in _ADDING and _serves(module):
            yield "a table of routes is written to"
        case Call(Attribute(Attribute(_, "stack"), name)) if (
            not python and name in _ADDING and b"express" in module.source
        ):
            yield "a router's own table is written to"
        case Call(Attribute(Attribute(_, "dependency_overrides"), "update")):
            yield "dependencies are replaced"
        case Assign(targets=targets):
            yield from (why for target in targets if (why := _replaced(program, module, target)))
        case Call(Name("__import__") | Attribute(_, "import_module"), (Literal(str(name)), *_)) if python:
            if name.split(".")[0] in _SERVING:
                yield f"{name} is imported by its name in a string"


def _replaced(program: Program, module: Module, target: Expr) -> str:
    match target:
        case Subscript(Attribute(_, "dependency_overrides")) | Attribute(_, "dependency_overrides"):
            return "dependencies are replaced"
        case Attribute(of, name):
            symbol = program.symbol(program.scope(module), of) or ""
            # `app.state = …` sets an attribute of an object; a class or a module is everybody's.
            if symbol.startswith(_FRAMEWORKS) and "()" not in symbol:
                return f"{symbol}.{name} is replaced by code of its own"
    return ""


def _serves(module: Module) -> bool:
    return b"fastapi" in module.source or b"starlette" in module.source
