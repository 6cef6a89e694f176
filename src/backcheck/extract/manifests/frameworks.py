"""Which web frameworks a code base builds on, by what its manifests name and its code imports."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from backcheck import data
from backcheck.backend import Framework
from backcheck.program.form import Call, Import, Literal, Name
from backcheck.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.backend import Manifest
    from backcheck.extract.manifests.folder import Folder
    from backcheck.program import Program
    from backcheck.program.form import Node


@dataclass(frozen=True, slots=True)
class Known:
    """One framework of `frameworks.yaml`."""

    name: str
    ecosystem: str
    packages: tuple[str, ...]
    """Names of dependencies; a trailing `*` stands for any rest."""
    imports: tuple[str, ...]
    """Modules; what lies below them counts too."""
    only_with: tuple[str, ...]
    """Paths of files of which one must exist: what makes a front-end framework serve requests."""

    @property
    def read(self) -> bool:
        """Whether an extractor of that name exists."""
        return self.name.replace("-", "_") in {
            module.name for module in iter_modules([str(files("backcheck.extract"))])
        }

    def packaged_as(self, name: str, paths: Iterable[str]) -> bool:
        """Whether the dependency is this framework, in a repository with these files."""
        return any(fnmatchcase(name.casefold(), form) for form in self.packages) and (
            not self.only_with or any(fnmatchcase(f"/{path}", form) for path in paths for form in self.only_with)
        )

    def may_be_imported_by(self, source: bytes) -> bool:
        """Whether the source holds the name of one of its modules, as whatever."""
        return not self.only_with and any(name.split(".")[0].encode() in source for name in self.imports)

    def imported_as(self, source: str) -> bool:
        """Whether the module is this framework's."""
        return any(source == name or source.startswith((f"{name}.", f"{name}/")) for name in self.imports)


@cache
def known() -> tuple[Known, ...]:
    """Return every framework that we know by name."""
    table = data.table("backcheck.extract", "frameworks.yaml")
    return tuple(
        Known(
            name,
            entry["ecosystem"],
            tuple(package.casefold() for package in entry.get("packages", ())),
            tuple(entry.get("imports", ())),
            tuple(entry.get("only_with", ())),
        )
        for name, entry in table.items()
    )


def named_in_manifests(manifests: Iterable[Manifest], folder: Folder) -> Iterator[Framework]:
    """Give the frameworks among the dependencies, where each is named."""
    for manifest in manifests:
        for name, _ in manifest.dependencies:
            for framework in known():
                if framework.ecosystem == manifest.ecosystem and framework.packaged_as(name, folder.paths):
                    yield Framework(framework.name, folder.line_of(manifest.place.path, name), framework.read)


def imported(program: Program) -> Iterator[Framework]:
    """Give the frameworks that application code imports, where each is imported first."""
    application = {file.path for file in program.tree.files if file.role is Role.APPLICATION}
    for path in sorted(application & set(program.modules)):
        module = program.modules[path]
        ecosystem = "pypi" if module.language == "python" else "npm"
        # Walking every module of a large code base takes as long as parsing it; most do not hold any of the words.
        candidates = [one for one in known() if one.ecosystem == ecosystem and one.may_be_imported_by(module.source)]
        for node in module.nodes if candidates else ():
            sources = _sources(node)
            for framework in candidates if sources else ():
                if any(framework.imported_as(source) for source in sources):
                    yield Framework(framework.name, module.place(node), framework.read)


def _sources(node: Node) -> tuple[str, ...]:
    """Return the modules that a node may import: `from aiohttp import web` is of `aiohttp` or of `aiohttp.web`."""
    match node:
        case Import(type_only=False):
            return (node.source, f"{node.source}.{node.name}")
        case Call(callee=Name("require"), args=(Literal(str(source)), *_)):
            return (source,)
    return ()
