"""Python's manifests: pyproject.toml (PEP 621, Poetry), requirements files, setup.cfg, Pipfile."""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from typing import TYPE_CHECKING, Any

from backcheck.extract.manifests.form import Form, Malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.manifests.folder import Folder
    from backcheck.extract.manifests.form import Dependencies

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]{0,200})\s*(?:\[[^\]]{0,200}\])?\s*([^;#]{0,500})")
_INCLUDE = re.compile(r"\s*(-r|--requirement|-c|--constraint)[ =]\s*(\S{1,300})")
_EXACT = re.compile(r"\(?\s*={2,3}\s*[^*,\s]+\s*\)?|@ .*[0-9a-f]{40}.*|@ .*sha256[=:].*")
_DEEPEST_INCLUDE = 5


def parse_toml(text: str) -> dict[str, Any]:
    """Return the parsed TOML. Raises `Malformed` for what is none, or is nested deeper than the parser goes."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed(f"not TOML: {str(error)[:200]}") from error


def table(value: object) -> dict[str, Any]:
    """Return the value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def _normalised(name: str) -> str:
    """Return the name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirement(line: object) -> Iterator[tuple[str, str]]:
    match = _REQUIREMENT.match(line) if isinstance(line, str) else None
    if match:
        yield _normalised(match[1]), re.split(r"\s--", match[2])[0].strip().rstrip("\\").strip()


def _pyproject(text: str, _path: str, _folder: Folder) -> Dependencies | None:
    data = parse_toml(text)
    project, poetry = table(data.get("project")), table(table(data.get("tool")).get("poetry"))
    if "dependencies" not in project and "dependencies" not in poetry:
        return None
    listed = project.get("dependencies")
    found = [pair for line in (listed if isinstance(listed, list) else []) for pair in _requirement(line)]
    return found + _versions(poetry.get("dependencies"))


def _pipfile(text: str, _path: str, _folder: Folder) -> Dependencies:
    return _versions(parse_toml(text).get("packages"))


def _versions(entries: object) -> Dependencies:
    found = []
    for name, constraint in table(entries).items():
        version = table(constraint).get("version", "") if isinstance(constraint, dict) else constraint
        if name.lower() != "python":
            found.append((_normalised(name), version if isinstance(version, str) else ""))
    return found


def _setup_cfg(text: str, _path: str, _folder: Folder) -> Dependencies | None:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
        listed = parser.get("options", "install_requires", fallback=None)
    except configparser.Error as error:
        raise Malformed(f"not an INI file: {str(error)[:200]}") from error
    return None if listed is None else [pair for line in listed.splitlines() for pair in _requirement(line)]


def _requirements(text: str, path: str, folder: Folder) -> Dependencies:
    own, constraints = _lines_of(text, path, folder, 0)
    fixed = dict(constraints)
    return [(name, constraint or fixed.get(name, "")) for name, constraint in own]


def _lines_of(text: str, path: str, folder: Folder, depth: int) -> tuple[Dependencies, Dependencies]:
    """Return the requirements of a file and of those it includes, and the constraints it is installed under."""
    own: Dependencies = []
    constraints: Dependencies = []
    for raw in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", raw)
        if include := _INCLUDE.match(line):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), include[2]))
            body = folder.text(target)
            if body is not None and target != path and depth < _DEEPEST_INCLUDE:
                more, under = _lines_of(body, target, folder, depth + 1)
                constraints += under
                (own if include[1] in {"-r", "--requirement"} else constraints).extend(more)
        elif not line.lstrip().startswith("-"):
            own.extend(_requirement(line))
    return own, constraints


_NOT_RUN_TIME = r"(?![^/]*(?:dev|test|doc|lint|typing|local|example|bench))"

FORMS = (
    Form("pypi", re.compile(r"(?:^|/)pyproject\.toml$"), _pyproject, ("poetry.lock", "uv.lock", "pdm.lock", "pylock.toml"), _EXACT),
    Form("pypi", re.compile(r"(?:^|/)Pipfile$"), _pipfile, ("Pipfile.lock",), _EXACT),
    Form("pypi", re.compile(r"(?:^|/)setup\.cfg$"), _setup_cfg, (), _EXACT),
    Form("pypi", re.compile(rf"(?:^|/){_NOT_RUN_TIME}requirements[^/]*\.txt$"), _requirements, (), _EXACT),
    Form("pypi", re.compile(rf"(?:^|/)requirements/{_NOT_RUN_TIME}[^/]*\.txt$"), _requirements, (), _EXACT),
)  # fmt: skip
