"""How a file counts: application, test, migration, generated, vendored; told by where it lies and what it says.

A role is a first word, not the last: code that the application imports is in scope wherever it lies.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Role(StrEnum):
    """How a file counts."""

    APPLICATION = "application"
    TEST = "test"
    MIGRATION = "migration"
    GENERATED = "generated"
    VENDORED = "vendored"


_VENDORED = frozenset(
    {"node_modules", "vendor", "vendored", "_vendor", "third_party", "third-party", "bower_components", "jspm_packages",
     "site-packages", ".venv", "venv", "virtualenv", ".tox", ".nox", ".yarn", ".pnpm-store"}
)  # fmt: skip
_GENERATED = frozenset({"__generated__", "generated", "dist", ".next", ".nuxt", ".svelte-kit", "__pycache__"})
_TESTS = frozenset(
    {"test", "tests", "__tests__", "__mocks__", "testing", "spec", "specs", "e2e", "fixtures", "cypress"}
)
_MIGRATIONS = frozenset({"migrations", "migration", "migrate", "alembic"})

_TEST_FILE = re.compile(
    r"^(test_.*\.py|.*_tests?\.(py|go)|conftest\.py|.*[.-](test|spec|e2e-spec)\.[cm]?[jt]sx?|.*Tests?\.java)$"
)
_GENERATED_FILE = re.compile(
    r"^(.*_pb2(_grpc)?\.pyi?|.*\.pb\.go|.*[.-]min\.(js|css|mjs)|.*\.bundle\.js|.*\.generated\.[a-z]+|.*\.d\.[cm]?ts|.*\.gen\.[a-z]+)$"
)
_MINIFIED_LINE = 5_000
"""Bytes. A file whose lines are as long as this was not written by a person."""


def role_of(path: str) -> Role:
    """Return how a file counts by its path alone."""
    *folders, name = path.lower().split("/")
    within = set(folders)
    if within & _VENDORED:
        return Role.VENDORED
    if within & _GENERATED or _GENERATED_FILE.match(name):
        return Role.GENERATED
    if within & _TESTS or _TEST_FILE.match(path.rpartition("/")[2]):
        return Role.TEST
    if within & _MIGRATIONS:
        return Role.MIGRATION
    return Role.APPLICATION


def is_minified(source: bytes) -> bool:
    """Whether a script's lines are so long that only a minifier writes them."""
    return len(source) > _MINIFIED_LINE * (source.count(b"\n") + 1) // 4 and len(source) > _MINIFIED_LINE
