"""Tables from SQL that stands in the code: `knex.raw("CREATE INDEX …")`, `db.exec("CREATE TABLE …")`, raw migrations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.extract.schema.sql import Schema
from backcheck.program.form import Assign, Attribute, Define, Evaluate, Literal, Mapping, Name, Template, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backcheck.extract.schema.draft import Draft
    from backcheck.findings import Place
    from backcheck.program.form import Expr, Module, Node

_DEFINES = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)|ALTER\s+TABLE|DROP\s+(?:TABLE|INDEX))\b",
    re.IGNORECASE,
)
_MAY_DEFINE = re.compile(rb"(?:CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)|ALTER\s+TABLE)\b", re.IGNORECASE)
_UNDO = frozenset({"down", "downgrade", "rollback", "revert", "undo"})


def drafts(modules: tuple[Module, ...]) -> Iterator[Draft]:
    """Give the tables that the statements of these modules leave behind; those of separate folders do not mix.

    Alembic's migrations are left to their own reader, which knows their order.
    """
    schemas: dict[str, Schema] = {}
    for module in modules:
        if not _MAY_DEFINE.search(module.source) or (module.language == "python" and b"alembic" in module.source):
            continue
        schema = schemas.setdefault(module.path.rpartition("/")[0], Schema())
        undone = {id(node) for undo in _undoing(module) for node in walk(undo)}
        undone |= {id(node.value) for node in walk(*module.body) if isinstance(node, Evaluate)}  # documentation
        for node in walk(*module.body):
            if isinstance(node, Literal | Template) and id(node) not in undone and _DEFINES.match(text := _text(node)):
                schema.replay(text, _placer(module, node, text))
    for schema in schemas.values():
        yield from schema.drafts.values()


def _placer(module: Module, node: Expr, text: str) -> Callable[[int, int], Place]:
    """Return what makes a place of offsets in the text: the line in the source where the text stands there as it is, else the whole."""
    written = module.text(node)
    before = written.find(text)

    def place(start: int, end: int) -> Place:
        if before < 0:
            return module.place(node)
        begin, stop = (node.at[0] + len(written[: before + at].encode()) for at in (start, end))
        return module.place((begin, stop))

    return place


def _text(expr: Expr) -> str:
    """Return the text of a string; a hole in it is left out, as an optional word (`IF NOT EXISTS`) would be."""
    match expr:
        case Literal(value=str(value)):
            return value
        case Template(parts=parts):
            return "".join(
                part.value if isinstance(part, Literal) and isinstance(part.value, str) else " " for part in parts
            )
    return ""


def _undoing(module: Module) -> Iterator[Node]:
    """Give the functions that take a migration back."""
    for node in walk(*module.body):
        match node:
            case Define(function=function) if function.name in _UNDO:
                yield node
            case Assign(targets=targets, value=value) if value is not None:
                if any(isinstance(target, Name | Attribute) and _name(target) in _UNDO for target in targets):
                    yield value
            case Mapping(entries=entries):
                yield from (value for key, value in entries if isinstance(key, Literal) and key.value in _UNDO)


def _name(target: Name | Attribute) -> str:
    return target.id if isinstance(target, Name) else target.name
