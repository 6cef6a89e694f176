"""What was looked at and what was not: whether a pass may be said, and whether an absence is proved.

Rule 1 of the house lives here. A pass needs that nothing was left unread that could hold a subject of the item; "not
applicable" needs more: that every source file was read by an extractor that knows its language, and that no manifest
or import names a framework that none of them reads.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from backcheck.audit.aside import ASIDE
from backcheck.backend import CallKind
from backcheck.extract.calls.catalogue import databases, read_modules, unread_databases, unread_modules
from backcheck.flow.passwords import is_password
from backcheck.source import Role
from backcheck.source.tree import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from backcheck.backend import Backend
    from backcheck.findings import Unread
    from backcheck.source import SourceFile, SourceTree

READ_LANGUAGES = frozenset({"python", "javascript", "typescript"})
"""Languages whose application files `program` lowers and `extract` reads."""
_SCHEMA_LANGUAGES = frozenset({"sql", "prisma"})
_SCHEMA_KINDS = frozenset({"table", "foreign-key"})
_WEB_KINDS = frozenset({"route", "application", "flow", "query", *_SCHEMA_KINDS})
"""Subjects that a framework which nobody reads could hold more of."""
_STATEMENT_KINDS = frozenset({"flow", "query"})
"""Subjects that are found by the database library that they are written with."""
_MEASURED_KINDS = frozenset({"measurement"})
_MANIFEST_NAMES = frozenset(
    {
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "Pipfile",
        "package.json",
        "go.mod",
        "pom.xml",
        "Gemfile",
        "composer.json",
    }
)
_PROGRAM_LANGUAGES = frozenset(
    {"python", "javascript", "typescript", "go", "java", "kotlin", "ruby", "php", "csharp", "rust", "scala", "elixir"}
)


@dataclass(frozen=True)
class Coverage:
    """What one look at a tree could and could not see."""

    tree: SourceTree
    backend: Backend
    unread: tuple[Unread, ...]
    imports: Mapping[str, str]
    """The foreign modules that application code imports, and all above them, each with the first file that does."""

    def gaps(self, kind: str) -> tuple[str, ...]:
        """Return why a pass over subjects of this kind could be wrong; empty where nothing relevant was left unread."""
        if kind in _MEASURED_KINDS:
            return ()
        return tuple(self._gaps(kind))

    def doubts(self, kind: str) -> tuple[str, ...]:
        """Return why the absence of subjects of this kind is not proved; empty where it is."""
        if kind in _MEASURED_KINDS:
            return ("no report was given that measures it (--evidence FILE)",)
        return tuple(self._doubts(kind))

    @property
    def proof(self) -> str:
        """What was read, for the reason of a "not applicable"."""
        languages = Counter(file.language for file in self._application if file.language in READ_LANGUAGES)
        counted = ", ".join(f"{count} {language}" for language, count in sorted(languages.items()))
        return f"every source file was read ({counted or 'no'} files) and no framework is named that is not read"

    @cached_property
    def _application(self) -> tuple[SourceFile, ...]:
        return tuple(file for file in self.tree.files if file.role is Role.APPLICATION)

    def _gaps(self, kind: str) -> Iterator[str]:
        languages = _languages(kind)
        for unread in self.unread:
            if self._counts(unread.path, kind) and _language(unread.path) in languages:
                yield f"{unread.path} was not read: {unread.why}"
        if kind in _WEB_KINDS:
            yield from self._unread_frameworks
        if kind in _STATEMENT_KINDS:
            for place, name in self._databases(unread_databases(), unread_modules()):
                yield f"{name} is named in {place}, and no extractor reads its queries"

    def _databases(self, known: Mapping[str, Collection[str]], modules: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Give path and name of the database libraries among the dependencies, then of those that are only imported."""
        named: set[str] = set()
        for manifest in self.backend.manifests:
            for name, _ in manifest.dependencies:
                if name.casefold() in known.get(manifest.ecosystem, ()):
                    named.add(name.casefold())
                    yield manifest.place.path, name
        for module, path in self.imports.items():
            if (library := modules.get(module)) is not None and library not in named:
                named.add(library)
                yield path, library

    @cached_property
    def _unread_frameworks(self) -> tuple[str, ...]:
        """Why each framework that nobody reads is one: by the first place that names it."""
        unread = {
            framework.name: framework.place for framework in reversed(self.backend.frameworks) if not framework.read
        }
        return tuple(
            f"{name} is named at {place}, and no extractor reads it" for name, place in reversed(unread.items())
        )

    def _counts(self, path: str, kind: str) -> bool:
        """Whether a file could hold subjects: application code, what it imports wherever that lies, migrations for tables."""
        match self._roles.get(path, Role.APPLICATION):
            case Role.APPLICATION:
                return True
            case Role.MIGRATION:
                return kind in _SCHEMA_KINDS
            case _:
                return path in self.backend.files

    @cached_property
    def _roles(self) -> dict[str, Role]:
        return {file.path: file.role for file in self.tree.files}

    def _doubts(self, kind: str) -> Iterator[str]:
        yield from self._gaps(kind)
        if not self.tree.files:
            yield "there is no source file to look at"
        if kind == "manifest":
            return
        yield from self._unfound(kind)
        if kind not in _WEB_KINDS:
            yield from self._unread_frameworks
        for unread in self.unread:
            if _language(unread.path) == "manifest":
                yield f"{unread.path} may name a framework, and was not read: {unread.why}"
        others: dict[str, list[str]] = {}
        for file in self._application:
            if file.language in _PROGRAM_LANGUAGES - READ_LANGUAGES:
                others.setdefault(file.language, []).append(file.path)
        for language, paths in sorted(others.items()):
            yield f"no extractor reads {language}: {len(paths)} files such as {paths[0]}"
        read = any(file.language in READ_LANGUAGES | _SCHEMA_LANGUAGES for file in self._application)
        if self.tree.files and not read and not others:
            yield "there is no source file to look at"

    def _unfound(self, kind: str) -> Iterator[str]:
        """Give what shows that subjects of this kind exist although none was found: then it is us who did not see them."""
        if kind in _WEB_KINDS - _SCHEMA_KINDS or kind == "call":
            if not self.backend.applications:
                for unread in self.unread:
                    if self._roles.get(unread.path) in ASIDE and unread.path not in self.backend.files:
                        yield f"{unread.path} was not read: {unread.why}"
            served = {application.framework for application in self.backend.applications}
            for framework in self.backend.frameworks:
                if framework.read and framework.name not in served:
                    yield f"{framework.name} is named at {framework.place}, and no application of it was found"
        queries = [call for call in self.backend.calls if call.kind is CallKind.QUERY]
        if kind == "query":
            unreached = [query for query in queries if not query.routes]
            yield from (f"no route was found that makes the query at {query.place}" for query in unreached)
        if kind == "flow":
            passwords = ((t, column) for t in self.backend.tables for column in t.columns if is_password(column.name))
            for table, column in passwords:
                yield f"what is written to {table.name}.{column.name} ({column.place}) was not found"
        if kind in _STATEMENT_KINDS and not queries:
            yield from self._unfound_statements()

    def _unfound_statements(self) -> Iterator[str]:
        for table in self.backend.tables:
            yield f"table {table.name} is declared at {table.place}, and no query was found"
        for place, name in self._databases(_packages(), read_modules()):
            yield f"{name} is named in {place}, and no query was found"


@cache
def _packages() -> dict[str, frozenset[str]]:
    """Return the packages of the database libraries whose queries are read: nearly all are named like their module."""
    names = frozenset(name for database in databases() for name in database.imports)
    return {"pypi": names, "npm": names}


def _languages(kind: str) -> frozenset[str]:
    """Return the languages in which subjects of a kind may stand; `manifest` stands for manifests."""
    if kind == "manifest":
        return frozenset({"manifest"})
    return READ_LANGUAGES | _SCHEMA_LANGUAGES if kind in _SCHEMA_KINDS else READ_LANGUAGES


def _language(path: str) -> str:
    """Return the language that a path's ending promises: a file that was never opened has no other."""
    name = PurePosixPath(path)
    if name.name in _MANIFEST_NAMES or (name.name.startswith("requirements") and name.suffix == ".txt"):
        return "manifest"
    return LANGUAGES.get(name.suffix.lower(), "")
