"""Parse trees: tree-sitter, one grammar a language."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from tree_sitter import Language, Parser, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def damage(tree: Tree) -> Iterator[tuple[int, int]]:
    """Give the first and one past the last byte of each ERROR or MISSING region, outermost ones alone."""
    stack = [tree.root_node]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            yield node.byte_range
        elif node.has_error:
            stack.extend(reversed(node.children))


@cache
def _parser(language: str) -> Parser:
    module, function = GRAMMARS[language]
    return Parser(Language(getattr(import_module(module), function)()))
