"""Tables as migrations, SQL files and ORM classes declare them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.findings import Subject

if TYPE_CHECKING:
    from backcheck.findings import Place


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    """As written; empty where nothing states it."""
    nullable: bool
    place: Place


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference from columns of one table to another table."""

    table: str
    columns: tuple[str, ...]
    references: str
    """Name of the table referred to; empty where it could not be read."""
    place: Place
    indexed_by: Place | None = None
    """The index, unique constraint or primary key whose leading columns are these; None where there is none."""

    @property
    def subject(self) -> Subject:
        """The foreign key as a subject: its table and columns."""
        return Subject("foreign-key", f"{self.table}({', '.join(self.columns)})", self.place)


@dataclass(frozen=True, slots=True)
class Table:
    """One table or collection."""

    name: str
    source: str
    """`sql`, `sqlalchemy`, `prisma`, `typeorm`, `sequelize`, `drizzle`, `mongoose` …"""
    place: Place
    columns: tuple[Column, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    """Columns of each index, unique constraint and primary key, in order."""

    @property
    def subject(self) -> Subject:
        """The table as a subject."""
        return Subject("table", self.name, self.place)
