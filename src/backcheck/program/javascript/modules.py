"""Where a JavaScript or TypeScript module lies that an import names.

Follows Node's and TypeScript's rules as far as files of the code base go: relative paths, extensions left out or written
for the compiled file, folders with an index or a package's entry, `imports` of `package.json`, `paths` and `baseUrl` of
`tsconfig.json`, and packages of the same workspace by their name.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Read = Callable[[str], bytes]

_EXTENSIONS = (".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs")
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_CONFIGS = ("tsconfig.json", "jsconfig.json", "tsconfig.base.json", "tsconfig.app.json")
_BUILT = re.compile(r"^(?:\./)?(?:dist|build|lib|out)/(?:src/)?")
_MAX_EXTENDS = 8
_NOISE = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|//[^\n]*|,(?=\s*[}\]])', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Paths:
    """What one `tsconfig.json` says of names that are not relative."""

    base: str | None
    patterns: tuple[tuple[str, tuple[str, ...]], ...]
    """Pattern with at most one `*`, and its substitutes from the repository's root."""


class Locator:
    """Finds modules among these files. Answers are paths of ``paths``, or None for a module that is not among them."""

    def __init__(self, paths: Iterable[str], read: Read) -> None:
        """Look among ``paths`` (POSIX, relative to the root); ``read`` gives the bytes of `package.json` and the like."""
        self._paths = frozenset(paths)
        self._read = read
        self._configs: dict[str, _Paths | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._contents: dict[str, dict[str, Any]] = {}

    def locate(self, importer: str, specifier: str) -> str | None:
        """Return the file that ``specifier`` names in the file ``importer``."""
        folder = posixpath.dirname(importer)
        key = (folder, specifier)
        if key not in self._found:
            self._found[key] = next(filter(None, self._candidates(folder, specifier)), None)
        return self._found[key]

    def _candidates(self, folder: str, specifier: str) -> Iterator[str | None]:
        if specifier in {".", ".."} or specifier.startswith(("./", "../")):
            path = _join(folder, specifier)
            yield self._folder(path) if specifier.endswith("/") and path else self._file(path)
            return
        for above in _ancestors(folder):
            if config := self._config(above):
                for path in _substitutes(config, specifier):
                    yield self._file(path)
        root, package = self._package(folder)
        for field in ("imports", "_moduleAliases"):
            for target in _mapped(package.get(field), specifier):
                yield self._file(_join(root, target))
        yield self._workspace(specifier)
        if specifier.partition("/")[0] not in _dependencies(package):
            yield self._file(_join(root, specifier))

    def _file(self, path: str | None) -> str | None:
        if path is None:
            return None
        stem, extension = posixpath.splitext(path)
        tries = [path, *(stem + other for other in _COMPILED.get(extension, ())), *(path + end for end in _EXTENSIONS)]
        for candidate in tries:
            if candidate in self._paths and candidate.endswith(_EXTENSIONS):
                return candidate
        return self._folder(path)

    def _folder(self, path: str) -> str | None:
        entry = self._entry(path)
        if entry is not None:
            return entry
        indexes = (posixpath.join(path, f"index{end}") for end in _EXTENSIONS)
        return next((index for index in indexes if index in self._paths), None)

    def _entry(self, folder: str) -> str | None:
        """Return what a folder's `package.json` calls its entry; where that is compiled, the source beside it."""
        package = self._json(posixpath.join(folder, "package.json"))
        exports = package.get("exports")
        main = next(_strings(exports.get(".", exports) if isinstance(exports, dict) else exports), None)
        for entry in (package.get("source"), main, package.get("module"), package.get("main")):
            if isinstance(entry, str) and entry.strip("./"):
                for path in (entry, _BUILT.sub("src/", entry), _BUILT.sub("", entry)):
                    stem = _join(folder, path)
                    found = None if stem is None or stem == folder else self._file(stem)
                    if found is not None:
                        return found
        return None

    def _workspace(self, specifier: str) -> str | None:
        parts = specifier.split("/")
        length = 2 if specifier.startswith("@") else 1
        folder = self._packages.get("/".join(parts[:length]))
        if folder is None:
            return None
        inside = "/".join(parts[length:])
        if not inside:
            return self._file(folder) or self._file(_join(folder, "src"))
        return self._file(_join(folder, inside)) or self._file(_join(folder, f"src/{inside}"))

    @cached_property
    def _packages(self) -> dict[str, str]:
        """Folder of each package of the code base, by its name."""
        manifests = sorted(path for path in self._paths if posixpath.basename(path) == "package.json")
        named = ((self._json(path).get("name"), posixpath.dirname(path)) for path in manifests)
        return {name: folder for name, folder in named if isinstance(name, str) and folder}

    def _package(self, folder: str) -> tuple[str, dict[str, Any]]:
        for above in _ancestors(folder):
            path = posixpath.join(above, "package.json")
            if path in self._paths:
                return above, self._json(path)
        return "", {}

    def _config(self, folder: str) -> _Paths | None:
        if folder not in self._configs:
            found = (posixpath.join(folder, name) for name in _CONFIGS)
            read = (self._read_config(path) for path in found if path in self._paths)
            self._configs[folder] = next((config for config in read if config is not None), None)
        return self._configs[folder]

    def _read_config(self, path: str) -> _Paths | None:
        base: str | None = None
        patterns: dict[str, tuple[str, ...]] = {}
        following: list[str] = [path]
        for _ in range(_MAX_EXTENDS):
            if not following:
                break
            path = following.pop(0)
            config, folder = self._json(path), posixpath.dirname(path)
            options = config.get("compilerOptions")
            if isinstance(options, dict):
                url = options.get("baseUrl")
                here = _join(folder, url) if isinstance(url, str) else None
                base = here if base is None else base
                if not patterns:
                    patterns = dict(_patterns(options.get("paths"), folder if here is None else here))
            following += [found for each in _strings(config.get("extends")) if (found := self._extended(folder, each))]
        return _Paths(base, tuple(patterns.items())) if patterns or base is not None else None

    def _extended(self, folder: str, specifier: str) -> str | None:
        path = _join(folder, specifier) if specifier.startswith(".") else None
        return next((each for each in (path, f"{path}.json") if each in self._paths), None)

    def _json(self, path: str) -> dict[str, Any]:
        """Read JSON with comments; what cannot be read says nothing, as a missing file would."""
        if path not in self._paths:
            return {}
        if path not in self._contents:
            self._contents[path] = self._parsed(path)
        return self._contents[path]

    def _parsed(self, path: str) -> dict[str, Any]:
        try:
            text = _NOISE.sub(lambda match: match[1] or "", self._read(path).decode("utf-8-sig", "replace"))
            content = json.loads(text)
        except (OSError, ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}


def _join(folder: str, path: str) -> str | None:
    """Return the joined path from the root; None for one that leaves it. The root itself is the empty string."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    if joined.startswith(("../", "/")) or joined == "..":
        return None
    return "" if joined == "." else joined


def _ancestors(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _substitutes(config: _Paths, specifier: str) -> Iterator[str]:
    for pattern, targets in config.patterns:
        rest = _matched(pattern, specifier)
        if rest is not None:
            yield from (target.replace("*", rest) for target in targets)
    if config.base is not None:
        yield posixpath.join(config.base, specifier)


def _patterns(paths: object, base: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern, targets in paths.items() if isinstance(paths, dict) else ():
        joined = (_join(base, target) for target in _strings(targets))
        yield pattern, tuple([path for path in joined if path is not None])


def _matched(pattern: str, specifier: str) -> str | None:
    """Return what the pattern's `*` stands for, empty for an exact match; None where it does not match."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if specifier == pattern else None
    if specifier.startswith(before) and specifier.endswith(after) and len(specifier) >= len(pattern) - 1:
        return specifier[len(before) : len(specifier) - len(after)]
    return None


def _mapped(table: object, specifier: str) -> Iterator[str]:
    """Give what `imports` or `_moduleAliases` of a package put in place of the specifier."""
    for pattern, target in table.items() if isinstance(table, dict) else ():
        rest = _matched(pattern, specifier)
        if rest is None and not pattern.startswith("#"):
            rest = _matched(f"{pattern}/*", specifier)
            yield from (f"{each}/{rest}" for each in _strings(target) if rest is not None)
        elif rest is not None:
            yield from (each.replace("*", rest) for each in _strings(target))


def _strings(value: object) -> Iterator[str]:
    """Give the strings of a string, a list, or nested conditions (`{"import": …, "require": …}`)."""
    stack = [value]
    while stack:
        match stack.pop():
            case str(text):
                yield text
            case list(items):
                stack.extend(reversed(items))
            case dict(conditions):
                stack.extend(reversed(conditions.values()))


def _dependencies(package: dict[str, Any]) -> frozenset[str]:
    tables = (package.get(name) for name in ("dependencies", "devDependencies", "peerDependencies"))
    return frozenset(name.partition("/")[0] for table in tables if isinstance(table, dict) for name in table)
