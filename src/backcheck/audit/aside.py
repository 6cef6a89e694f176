"""Applications that stand aside: among tests or generated files, where nothing that is read imports them.

Tests make applications of their own, and those are nobody's concern. But where there is no other, or where a change brings
a new one, whoever reads the report is told which file was not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.findings import Unread
from backcheck.source import Role, Unreadable
from backcheck.source.roles import is_minified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Program

ASIDE = frozenset({Role.TEST, Role.GENERATED})
"""Roles of files that are not read unless something imports or starts them."""
_PYTHON = re.compile(
    rb"^[ \t]*(?:from|import)[ \t]+(?:fastapi|starlette|flask|sanic|quart|litestar|aiohttp|tornado|bottle|falcon)\b",
    re.MULTILINE,
)
_MADE = re.compile(rb"\b(?:FastAPI|Starlette|Flask|Sanic|Quart|Litestar|Application|Bottle|App)[ \t]*\(")
_PACKAGE = re.compile(rb"""["'](?:express|fastify|koa|hono)["']""")
_CALLED = re.compile(rb"""\b(?:express|[fF]astify)\s*\(|["'](?:express|fastify)["']\s*\)\s*\(|\bnew\s+(?:Koa|Hono)\b""")


def standing_aside(program: Program) -> Iterator[Unread]:
    """Give the files aside that make an application, by the words that they hold."""
    for file in program.tree.files:
        if file.role not in ASIDE or file.path in program.modules:
            continue
        try:
            source = program.tree.read(file.path) if file.language else b""
        except Unreadable:
            continue
        if _makes_application(file.language, source):
            where = "tests" if file.role is Role.TEST else "generated files"
            yield Unread(file.path, f"it makes an application, lies among {where}, and nothing that is read imports it")


def _makes_application(language: str, source: bytes) -> bool:
    if language == "python":
        return bool(_PYTHON.search(source) and _MADE.search(source))
    if language in {"javascript", "typescript"} and _PACKAGE.search(source):
        return is_minified(source) or bool(_CALLED.search(source))
    return False
