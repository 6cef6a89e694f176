"""Servers that nobody here reads and no manifest names: a standard library's, a platform's, a notebook's.

They are told by words in the source, which may say too much and never too little: beside one of them, that every route
which we read is in order proves nothing about those which we do not.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from backcheck import data
from backcheck.backend import Backend, Framework
from backcheck.findings import Place
from backcheck.source import Role, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.program import Program
    from backcheck.source import SourceFile


def extract(program: Program) -> Backend:
    """Return the servers that application code starts without a framework that we know by name."""
    found = (
        server for file in program.tree.files if file.role is Role.APPLICATION for server in _servers(program, file)
    )
    return Backend(frameworks=tuple(found))


def _servers(program: Program, file: SourceFile) -> Iterator[Framework]:
    known = _known().get(file.language or PurePosixPath(file.path).suffix)
    if known is None:
        return
    source = _source(program, file.path)
    for name, words in known.items():
        if seen := words.search(source):
            line = source.count(b"\n", 0, seen.start()) + 1
            yield Framework(name, Place(file.path, line, 1, line, 1), read=False)


def _source(program: Program, path: str) -> bytes:
    module = program.modules.get(path)
    if module is not None:
        return module.source
    try:
        return program.tree.read(path)
    except Unreadable:
        return b""  # `program` lists it as unread, where it is source


@cache
def _known() -> Mapping[str, Mapping[str, re.Pattern[bytes]]]:
    table = data.table("backcheck.extract", "servers.yaml")
    return {
        language: {name: re.compile(words.encode(), re.MULTILINE) for name, words in entries.items()}
        for language, entries in table.items()
    }
