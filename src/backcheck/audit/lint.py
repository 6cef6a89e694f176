"""Linting: agent definitions judged by the items of the area `definitions`, with evidence like any audit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck import repository
from backcheck.audit.judging import judge
from backcheck.audit.quotes import Quotes, secret_lines
from backcheck.audit.read_definitions import ReadDefinitions
from backcheck.audit.verdicts import verdict
from backcheck.checks import DefinitionFacts
from backcheck.definitions.clients import CLAUDE_CODE
from backcheck.definitions.items import Area, load_items, unknown_item
from backcheck.definitions.roster.gathering import gather
from backcheck.errors import UsageError
from backcheck.findings import AuditResult, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from backcheck.definitions.items import Item
    from backcheck.definitions.roster.gathering import Definitions


def lint(
    paths: Sequence[Path],
    *,
    client: str = CLAUDE_CODE,
    rules: Collection[str] = (),
    severities: Collection[Severity] = (),
    debug: bool = False,
) -> AuditResult:
    """Judge the definitions in files and below folders, as one client loads them, by all rules or by some.

    Paths in the result are relative to the one folder given, else to what all paths share. Raises `UsageError` for a path that
    is missing, a client that nobody measured and a rule that does not exist.
    """
    items = [item for item in _chosen(rules) if not severities or item.severity in severities]
    if not items:
        raise UsageError("no rule is left to judge by", help="name another severity or rule")
    wanted = [_found(path) for path in paths]
    root = Path(os.path.commonpath([path if path.is_dir() else path.parent for path in wanted]))
    definitions = gather(root, wanted, client)
    judged = judge(items, DefinitionFacts(definitions), (), debug=debug)
    quotes = Quotes(definitions.read, secret_lines(judged.every))
    coverage = ReadDefinitions(definitions)
    return AuditResult(
        root=os.path.relpath(root),
        commit=repository.head(root),
        dirty=repository.is_dirty(root),
        checklist=f"definitions:{client}",
        verdicts=tuple(verdict(item, judged, quotes, coverage) for item in items),
        unread=definitions.unread,
        notes=tuple(_notes(definitions)),
        prefix=repository.prefix(root),
    )


def rules() -> tuple[Item, ...]:
    """Return the items by which definitions are judged, worst first."""
    items = [item for item in load_items().values() if item.area is Area.DEFINITIONS]
    return tuple(sorted(items, key=lambda item: (list(Severity).index(item.severity), item.id)))


def _chosen(wanted: Collection[str]) -> tuple[Item, ...]:
    known = {item.id: item for item in rules()}
    for name in wanted:
        if name not in known:
            raise unknown_item(name, known)
    return tuple(item for item in known.values() if not wanted or item.id in wanted)


def _found(path: Path) -> Path:
    """Return where a path lies, a link as the link that it is."""
    if not path.exists():
        raise UsageError(f"there is no file or folder {str(path)!r}", help="name definitions, or folders of them")
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def _notes(definitions: Definitions) -> Iterator[str]:
    if definitions.aside:
        count = len(definitions.aside)
        files = f"{count} .md files are" if count > 1 else "1 .md file is"
        yield f"{files} no definition for {definitions.client} and not judged, such as {definitions.aside[0]}"
