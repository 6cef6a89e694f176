"""Which files make up a code base, how each counts, their bytes, and their parse trees."""

from backcheck.findings import Unread
from backcheck.source.parse import GRAMMARS, damage, parse
from backcheck.source.reading import MAX_BYTES, Unreadable
from backcheck.source.roles import Role
from backcheck.source.tree import SourceFile, SourceTree, collect

__all__ = [
    "GRAMMARS",
    "MAX_BYTES",
    "Role",
    "SourceFile",
    "SourceTree",
    "Unread",
    "Unreadable",
    "collect",
    "damage",
    "parse",
]
