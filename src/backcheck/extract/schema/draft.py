"""Tables while they are being put together, and how drafts from several sources become one schema."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from backcheck.backend import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.backend import Column, ForeignKey
    from backcheck.findings import Place


@dataclass(frozen=True, slots=True)
class Index:
    """An index, unique constraint or primary key."""

    columns: tuple[str, ...]
    """In order; the empty string for an expression."""
    place: Place
    name: str = ""
    primary: bool = False
    """The primary key as its columns declare it, one by one."""


@dataclass(slots=True)
class Draft:
    """One table as one source describes it."""

    name: str
    source: str
    place: Place
    columns: dict[str, Column] = field(default_factory=dict)
    keys: dict[tuple[str, ...], ForeignKey] = field(default_factory=dict)
    """Foreign keys by their folded columns."""
    indexes: list[Index] = field(default_factory=list)

    def add_column(self, column: Column) -> None:
        """Add a column, or replace the one of this name."""
        self.columns[folded(column.name)] = column

    def add_key(self, key: ForeignKey) -> None:
        """Add a foreign key; a second one over the same columns changes nothing."""
        self.keys.setdefault(tuple(map(folded, key.columns)), key)

    def add_index(self, columns: Iterable[str], place: Place, name: str = "") -> None:
        """Add an index, unique constraint or primary key; one over no column is dropped."""
        if named := tuple(columns):
            self.indexes.append(Index(named, place, name))

    def add_primary(self, column: str, place: Place) -> None:
        """Add a column that says itself that it is of the primary key: several are one key, in the order of declaration."""
        for position, index in enumerate(self.indexes):
            if index.primary:
                self.indexes[position] = replace(index, columns=(*index.columns, column))
                return
        self.indexes.append(Index((column,), place, primary=True))

    def drop_column(self, name: str) -> None:
        """Remove a column with the keys and indexes that it is part of."""
        gone = folded(name)
        self.columns.pop(gone, None)
        self.keys = {columns: key for columns, key in self.keys.items() if gone not in columns}
        self.indexes = [index for index in self.indexes if gone not in map(folded, index.columns)]

    def drop_index(self, name: str) -> None:
        """Remove the index or constraint of this name."""
        self.indexes = [index for index in self.indexes if folded(index.name) != folded(name)]

    def index_keys(self) -> None:
        """Mark each foreign key as indexed by itself, as MySQL does."""
        self.keys = {columns: replace(key, indexed_by=key.place) for columns, key in self.keys.items()}


def folded(name: str) -> str:
    """Return the form in which names are compared: ORMs turn `authorId` into `author_id` and back."""
    return name.rpartition(".")[2].replace("_", "").casefold()


_MODELS_FIRST = (
    "sqlalchemy",
    "prisma",
    "typeorm",
    "sequelize",
    "drizzle",
    "alembic",
    "sequelize-migration",
    "knex",
    "sql",
)
"""Whose word counts where two describe one table: the first is where a mending edit goes."""


def unify(drafts: Iterable[Draft], *, self_indexing: bool) -> tuple[Table, ...]:
    """Return one table for each name, its foreign keys with the index that serves them, in order of path and line.

    Drafts of one source that share a name stay apart: they belong to different applications. `self_indexing` says that
    the database indexes foreign keys without being asked (MySQL).
    """
    named: dict[str, list[Draft]] = {}
    for draft in sorted(drafts, key=lambda draft: _MODELS_FIRST.index(draft.source)):
        named.setdefault(folded(draft.name), []).append(draft)
    tables = (table for group in named.values() for table in _tables(group, self_indexing=self_indexing))
    return tuple(sorted(tables, key=lambda table: table.place))


def _tables(group: list[Draft], *, self_indexing: bool) -> Iterator[Table]:
    leading = [draft for draft in group if draft.source == group[0].source]
    indexes = [index for draft in group for index in draft.indexes]
    for position, draft in enumerate(leading):
        others = [other for other in group if other.source != draft.source] if position == 0 else []
        keys = dict(draft.keys)
        for other in others:
            for columns, key in other.keys.items():
                if not any(set(columns) & set(known) for known in keys):
                    keys[columns] = key
        yield Table(
            draft.name,
            draft.source,
            draft.place,
            tuple(draft.columns.values()),
            tuple(
                replace(
                    key,
                    indexed_by=key.indexed_by or _index_for(columns, indexes) or (key.place if self_indexing else None),
                )
                for columns, key in keys.items()
            ),
            tuple(dict.fromkeys(index.columns for draft in (draft, *others) for index in draft.indexes)),
        )


def _index_for(columns: tuple[str, ...], indexes: list[Index]) -> Place | None:
    """Return the index whose first columns are these, in any order: a look-up of all of them can use it."""
    wanted = set(columns)
    for index in indexes:
        if {folded(name) for name in index.columns[: len(wanted)]} == wanted:
            return index.place
    return None
