"""The modules of a program: how they find each other, what they export, and their scopes, each made when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program import languages
from backcheck.program.form import Attribute, Call, Export, Import, Literal, Name
from backcheck.program.scopes import Scope, module_scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.program.form import Class, Expr, Function, Module, Node
    from backcheck.source import SourceTree


class Modules:
    """Every module by its path, with the links between them."""

    def __init__(self, tree: SourceTree, modules: Mapping[str, Module]) -> None:
        """Link ``modules``; the tree says which other files (`package.json`) there are."""
        self.by_path = modules
        self._tree = tree
        self._locators: dict[str, languages.Locator] = {}
        self._exports: dict[str, dict[str, list[Export]] | None] = {}
        self._scopes: dict[str, Scope] = {}
        self._inner: dict[int, Scope] = {}

    def locate(self, importer: Module, source: str) -> Module | None:
        """Return the module that ``source`` names in the module ``importer``; None for a foreign one."""
        path = self.path(importer, source)
        return None if path is None else self.by_path.get(path)

    def path(self, importer: Module, source: str) -> str | None:
        """Return the path of the file that ``source`` names, be it a module or not; None for a foreign one."""
        return self._locator(importer).locate(importer.path, source)

    def imported(self, module: Module) -> Iterator[str]:
        """Give the path of every file of the code base that the module imports, at any depth of its code."""
        locator = self._locator(module)
        nodes: tuple[Node, ...] = (*module.every(Import), *module.every(Export), *module.every(Call))
        for node in nodes:
            tries = _sources(module, node)
            yield from (path for each in tries if (path := locator.locate(module.path, each)) is not None)

    def named(self, importer: str, dotted: str) -> Module | None:
        """Return the module of this dotted name as the file ``importer`` sees it."""
        return self.locate(self.by_path[importer], dotted)

    def submodule(self, importer: Module, source: str, name: str) -> Module | None:
        """Return the module that `from source import name` gives, where the name is a module. Only Python has such."""
        if importer.language != "python":
            return None
        if source == "." and not importer.path.endswith("__init__.py"):
            folder_of = importer.path.rpartition("/")[0]
            if not folder_of and name == importer.path.removesuffix(".py"):
                return None
        return self.locate(importer, f"{source}{name}" if source.endswith(".") else f"{source}.{name}")

    def exports(self, module: Module) -> Mapping[str, list[Export]] | None:
        """Return the module's explicit exports by name; None in a language where every name is exported."""
        if module.path not in self._exports:
            plug = languages.plug(languages.family(module.language) or "")
            found: dict[str, list[Export]] | None = None
            if plug.exports is not None:
                found = {}
                for export in plug.exports(module):
                    found.setdefault(export.name, []).append(export)
            self._exports[module.path] = found
        return self._exports[module.path]

    def scope(self, module: Module) -> Scope:
        """Return the module's own scope."""
        if module.path not in self._scopes:
            self._scopes[module.path] = module_scope(module)
            for scope in self._scopes[module.path].walk():
                self._inner[id(scope.node)] = scope
        return self._scopes[module.path]

    def scope_of(self, module: Module, node: Function | Class | Expr) -> Scope:
        """Return the scope inside a function or class; for anything else the module's."""
        top = self.scope(module)
        return self._inner.get(id(node), top)

    def _locator(self, module: Module) -> languages.Locator:
        family = languages.family(module.language) or ""
        if family not in self._locators:
            paths = [file.path for file in self._tree.files]
            self._locators[family] = languages.plug(family).locator(paths, self._tree.read)
        return self._locators[family]


def _sources(module: Module, node: Node) -> tuple[str, ...]:
    """Return the names of the modules that a node may import: by a statement, or by a call with a constant name."""
    match node:
        case Import(source=str(source), name=str(name)) if source and module.language == "python":
            return source, f"{source}{name}" if source.endswith(".") else f"{source}.{name}"
        case Import(source=str(source)) | Export(source=str(source)) if source:
            return (source,)
        case Call(Name("require" | "import" | "__import__" | "import_module"), (Literal(str(source)), *_)):
            return (source,)
        case Call(Attribute(_, "import_module"), (Literal(str(source)), *_)):
            return (source,)
    return ()
