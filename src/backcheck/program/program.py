"""A program: every module of a code base in the common form, and what its names are."""

from __future__ import annotations

import codecs
import gc
import re
from collections import deque
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from backcheck.findings import Unread
from backcheck.program import constants, languages
from backcheck.program.alternatives import Alternatives
from backcheck.program.meanings import Definition
from backcheck.program.modules import Modules
from backcheck.program.names import Names
from backcheck.source import Role, Unreadable, parse
from backcheck.source.roles import is_minified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.backend import Unresolved
    from backcheck.program.constants import Constant
    from backcheck.program.form import Call, Class, Expr, Function, Module
    from backcheck.program.meanings import Meaning
    from backcheck.program.scopes import Scope
    from backcheck.source import SourceFile, SourceTree

_MAX_REGIONS = 5
_SERVES = re.compile(rb"""["'](?:node:)?(?:express|fastify|koa|hono|https?)["']""")
_COOKIE = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
"""Where a Python file names its encoding: in a comment on its first or second line (PEP 263)."""
_ASCII = bytes(range(32, 127))
"""An encoding that does not keep these as they are would show other code than what runs."""


class Program:
    """The modules of a code base with names, imports and constants resolved on demand."""

    def __init__(self, tree: SourceTree, modules: Mapping[str, Module], unread: tuple[Unread, ...]) -> None:
        """Hold what `load` found."""
        self.tree = tree
        self.modules = modules
        """Every module by its path, in order of path."""
        self.unread = unread
        """Source files, or parts of them, that could not be read, and why."""
        self._links = Modules(tree, modules)
        self._names = Names(self._links)
        self._alternatives = Alternatives(self._names, self._links)

    def locate(self, module: Module, source: str) -> str | None:
        """Return the path of the file that an import of ``source`` in the module names; None for a foreign one."""
        return self._links.path(module, source)

    def scope(self, module: Module, *inner: Function | Class) -> Scope:
        """Return the module's scope, or the one inside the last of ``inner`` (outermost first)."""
        return self._links.scope_of(module, inner[-1]) if inner else self._links.scope(module)

    def functions(self, module: Module) -> Iterator[tuple[Function, Scope, str]]:
        """Give every function with its own inner scope and its qualified name (`Class.method`, `outer.<anonymous>`)."""
        for scope in self._links.scope(module).walk():
            if scope.function is not None:
                yield scope.function, scope, scope.name

    def calls(self, module: Module) -> Iterator[tuple[Scope, Call]]:
        """Give every call with the scope in which it is evaluated, scope by scope."""
        for scope in self._links.scope(module).walk():
            for call in scope.calls:
                yield scope, call

    def classes(self, module: Module) -> Iterator[Definition]:
        """Give every class of the module."""
        for scope in self._links.scope(module).walk():
            if scope.parent is not None and scope.function is None and scope.node is not None:
                yield Definition(module, scope.node, scope.parent, scope.name)

    def symbol(self, scope: Scope, expr: Expr) -> str | None:
        """Return the dotted name of what the expression is; None where it cannot be known.

        `()` stands for the result of a call and for an instance: `fastapi.FastAPI()`. Things of this code base are
        `path:qualified.name`. A name that nothing binds (`open`, `fetch`) is its own symbol.
        """
        found = self._names.meaning(scope, expr)
        return None if found is None else found.symbol

    def annotated(self, scope: Scope, annotation: Expr) -> str | None:
        """Return the symbol of a value that has this annotation: `Optional[Session]` → `sqlalchemy.orm.Session()`."""
        found = self._names.annotations.instance(scope, annotation)
        return None if found is None else found.symbol

    def meaning(self, scope: Scope, expr: Expr) -> Meaning | None:
        """Return symbol, definition and class of what the expression is, all at once."""
        return self._names.meaning(scope, expr)

    def choices(self, scope: Scope, expr: Expr) -> Iterator[Meaning]:
        """Give everything that the expression may be (`a if test else b`, several assignments); the likeliest comes first."""
        return self._names.choices(scope, expr)

    def alternatives(self, scope: Scope, expr: Expr) -> list[Meaning | None]:
        """Return each different thing that the expression can be at run time, through imports and calls too; None for the unknown.

        A branch that only type checkers read (`if TYPE_CHECKING:`) does not count, and what is bound anew in any case has gone.
        """
        return self._alternatives.of(scope, expr)

    def definition(self, scope: Scope, expr: Expr) -> Definition | None:
        """Return where in this code base it is made: the function, the class, or the expression (`FastAPI()`)."""
        found = self._names.meaning(scope, expr)
        return None if found is None else found.definition

    def ancestry(self, cls: Definition) -> Iterator[Definition | str]:
        """Give a class and its bases, depth first: those of this code base as definitions, foreign ones as symbols."""
        return self._names.members.ancestry(cls)

    def constant(self, scope: Scope, expr: Expr) -> Constant | Unresolved:
        """Return the expression's value, folded through names, imports and operators; or why it has none."""
        return constants.fold(self, scope, expr)

    def member(self, of: Meaning, name: str) -> Meaning | None:
        """Return what `of.name` is."""
        return self._names.member(of, name)


def load(tree: SourceTree) -> Program:
    """Lower every Python, JavaScript and TypeScript file. Bad source never raises: it is in `Program.unread`.

    Vendored files, scripts from a minifier, and what lies in a folder of generated files are left out, and so are tests: nothing of them answers a request, unless what is
    read imports them.
    """
    files = {file.path: file for file in tree.files if languages.family(file.language) is not None}
    modules: dict[str, Module] = {}
    unread: list[Unread] = list(tree.unread)
    waiting = deque(path for path, file in files.items() if file.role in {Role.APPLICATION, Role.MIGRATION})
    seen, asked, minified, serving = set(waiting), set[str](), set[str](), set[str]()
    links = Modules(tree, modules)
    with _collector_off():
        while waiting:
            path = waiting.popleft()
            try:
                source = tree.read(path)
            except Unreadable as error:
                unread.append(Unread(path, error.why))
                continue
            if why := _illegible(files[path].language, source):
                unread.append(Unread(path, why))
            elif path not in asked and files[path].language != "python" and is_minified(source):
                minified.add(path)
                if _SERVES.search(source):
                    serving.add(path)
            else:
                module = modules[path] = _lower(files[path], source)
                imported = {found for found in links.imported(module) if found in files and found not in modules}
                asked |= imported
                waiting.extend(sorted(imported - (seen - minified)))
                minified -= imported
                seen |= imported
    unread.extend(Unread(path, "it is minified, and names what serves requests") for path in serving - set(modules))
    unread.extend(entry for module in modules.values() for entry in _problems(module))
    return Program(tree, dict(sorted(modules.items())), tuple(unread))


def _illegible(language: str, source: bytes) -> str:
    """Return why a file's bytes are not the text of a program; empty where they are."""
    if b"\0" in source[:1024]:
        return "it is binary, in spite of its name"
    cookie = _COOKIE.match(source) if language == "python" else None
    if cookie is None:
        return ""
    name = cookie[1].decode("ascii", "replace")
    try:
        plain = codecs.lookup(name).decode(_ASCII)[0] == _ASCII.decode("ascii")
    except (LookupError, ValueError, TypeError, AssertionError):
        plain = False
    return "" if plain else f"it is encoded as {name!r}, which is not read"


def _lower(file: SourceFile, source: bytes) -> Module:
    grammar = "tsx" if PurePosixPath(file.path).suffix == ".tsx" else file.language
    plug = languages.plug(languages.family(file.language) or "")
    return plug.lower(file.path, file.language, source, parse(grammar, source))


def _problems(module: Module) -> Iterator[Unread]:
    if not module.problems:
        return
    places = [module.place(span) for span in module.problems[:_MAX_REGIONS]]
    lines = ", ".join(dict.fromkeys(str(place.start_line) for place in places))
    more = "" if len(module.problems) <= _MAX_REGIONS else " …"
    yield Unread(module.path, f"does not parse, or is nested too deeply, at line {lines}{more}")


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep the garbage collector out: lowering makes millions of nodes and no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
