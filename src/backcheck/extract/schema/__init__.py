"""Tables, their foreign keys and indexes, from ORM models, Prisma schemas, migrations and SQL files.

Each source gives drafts. They are then unified: one table for each name, and a foreign key is served by an index of
whichever source declares one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.backend import Backend
from backcheck.extract.schema import (
    alembic,
    drizzle,
    embedded,
    knex,
    prisma,
    sequelize,
    sequelize_typescript,
    sqlalchemy,
    typeorm,
)
from backcheck.extract.schema.draft import unify
from backcheck.extract.schema.sql import Schema
from backcheck.findings import Place
from backcheck.source import Role, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backcheck.extract.schema.draft import Draft
    from backcheck.program import Program
    from backcheck.program.form import Module

_READ = frozenset({Role.APPLICATION, Role.MIGRATION, Role.GENERATED})
_STEP = re.compile(r"(?:^|/)(?:migration|up)\.sql$")
"""A migration that has a folder of its own, as Prisma and Diesel write them."""
_UNDO = re.compile(r"(?:^|[/._-])(?:down|undo|rollback)\.sql$", re.IGNORECASE)
_MYSQL = re.compile(rb"mysql2?\b|mariadb|aiomysql|MySQLdb", re.IGNORECASE)
_OTHERS = re.compile(rb"postgres|psycopg|asyncpg|sqlite|mssql|\bpg\b|cockroach|oracledb", re.IGNORECASE)


def extract(program: Program) -> Backend:
    """Return the tables of the code base."""
    roles = {file.path: file.role for file in program.tree.files}
    read = [module for path, module in sorted(program.modules.items()) if roles.get(path) in _READ]
    python = tuple(module for module in read if module.language == "python")
    script = tuple(module for module in read if module.language != "python")
    found = [
        *sqlalchemy.drafts(program, python),
        *alembic.drafts(program, python),
        *sequelize.drafts(program, script),
        *sequelize_typescript.drafts(script),
        *typeorm.drafts(script),
        *drizzle.drafts(script),
        *knex.drafts(script),
        *embedded.drafts(tuple(read)),
        *_prisma(program),
        *_sql(program),
    ]
    return Backend(tables=unify(found, self_indexing=bool(found) and _only_mysql(program, read)))


def _texts(program: Program, language: str) -> Iterator[tuple[str, str]]:
    for file in sorted(program.tree.files, key=lambda file: _natural(file.path)):
        if file.language == language and file.role in _READ:
            try:
                yield file.path, program.tree.read(file.path).decode("utf-8", "replace")
            except Unreadable:
                continue  # the tree lists it as unread


def _natural(path: str) -> list[tuple[int, str]]:
    """Sort `2_b` before `10_a`: the order in which migration tools apply numbered files."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", path)]


def _prisma(program: Program) -> Iterator[Draft]:
    for path, text in _texts(program, "prisma"):
        yield from prisma.drafts(path, text)


def _sql(program: Program) -> Iterator[Draft]:
    """Give the tables of the SQL files; the files of one folder are one sequence."""
    schemas: dict[str, Schema] = {}
    mysql: set[str] = set()
    for path, text in _texts(program, "sql"):
        if _UNDO.search(path):
            continue
        folder = path.rpartition("/")[0]
        if _STEP.search(path):
            folder = folder.rpartition("/")[0]
        schemas.setdefault(folder, Schema()).replay(text, _placer(path, text))
        if re.search(
            r"ENGINE\s*=|\bAUTO_INCREMENT\b|^\s*CREATE TABLE (?:IF NOT EXISTS )?`", text, re.IGNORECASE | re.MULTILINE
        ):
            mysql.add(folder)
    for folder, schema in schemas.items():
        for draft in schema.drafts.values():
            if folder in mysql:
                draft.index_keys()
            yield draft


def _placer(path: str, text: str) -> Callable[[int, int], Place]:
    def place(start: int, end: int) -> Place:
        lines = (text.count("\n", 0, at) + 1 for at in (start, end))
        columns = (at - text.rfind("\n", 0, at) for at in (start, end))
        return Place(path, next(lines), next(columns), next(lines), next(columns))

    return place


def _only_mysql(program: Program, modules: list[Module]) -> bool:
    """Whether every trace of a database is one of MySQL: its InnoDB indexes foreign keys by itself."""
    sources = [module.source for module in modules]
    for file in program.tree.files:
        if (
            file.path.rpartition("/")[2] in {"package.json", "requirements.txt", "pyproject.toml"}
            or file.language == "prisma"
        ):
            try:
                sources.append(program.tree.read(file.path))
            except Unreadable:
                continue  # the tree lists it as unread
    return any(_MYSQL.search(source) for source in sources) and not any(_OTHERS.search(source) for source in sources)
