"""Foreign keys that no index of their own table begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Table
    from backcheck.findings import Judgement


def check(tables: tuple[Table, ...]) -> Iterator[Judgement]:
    """One judgement for each foreign key: an index's leading columns or not."""
    for table in tables:
        for key in table.foreign_keys:
            if key.indexed_by is not None:
                yield passed(key, at=(key.indexed_by,))
                continue
            columns = ", ".join(key.columns)
            other = key.references or "the other table"
            yield failed(
                key, f"no index of {table.name} begins with {columns}: a join or a delete in {other} scans it all"
            )
