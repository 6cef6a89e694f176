"""The only room that runs git. What it lets git do, and what not, is said in `backcheck.repository.git`."""

from backcheck.repository.hiding import hidden
from backcheck.repository.listing import alternates, committed_at, files, head, is_dirty, prefix, resolve, submodules
from backcheck.repository.objects import blob, export
from backcheck.repository.snapshot import patch, private_copy

__all__ = [
    "alternates",
    "blob",
    "committed_at",
    "export",
    "files",
    "head",
    "hidden",
    "is_dirty",
    "patch",
    "prefix",
    "private_copy",
    "resolve",
    "submodules",
]
