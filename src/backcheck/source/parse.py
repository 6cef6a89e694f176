"""Parse trees: tree-sitter, one grammar a language."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from tree_sitter import Language, Parser, Tree

GRAMMARS = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    # The TSX grammar reads JSX and all of TypeScript but `<T>x` casts; a `.ts` file needs the other one.
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
}
"""Module and function of each language's grammar."""


def parse(language: str, source: bytes) -> Tree:
    """Return the parse tree; what does not parse is an ERROR or MISSING node in it. Raises `KeyError` for no grammar."""
    return _parser(language).parse(source)


@cache
def _parser(language: str) -> Parser:
    module, function = GRAMMARS[language]
    return Parser(Language(getattr(import_module(module), function)()))
