"""YAML as clients read it: `yes` and dates are text, as in YAML 1.2's core schema, and nesting is bounded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.nodes import Node

_MAX_DEPTH = 40
_BOOLEAN = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")


def read_mapping(text: str, loader: type[yaml.SafeLoader] | None = None) -> dict[str, Any] | None:
    """Return the mapping that the text is, its keys as text; None where it is none, or is no YAML."""
    try:
        found = yaml.load(text, Loader=loader or CoreLoader)  # noqa: S506 - `CoreLoader` and its kind are safe loaders
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else None


class CoreLoader(yaml.SafeLoader):
    """PyYAML's safe loader with the core schema's booleans, without dates."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Compose one node; deeper than any definition needs is refused, before Python's own stack ends."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise yaml.YAMLError("nested too deeply")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class TagBlindLoader(CoreLoader):
    """Drops tags that it does not know, as Claude Code's reader does: `!important do` is `do`."""


def _resolvers() -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
        kept = [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        yield first, [(tag, _BOOLEAN if tag.endswith(":bool") else pattern) for tag, pattern in kept]


def _untagged(loader: TagBlindLoader, node: Node) -> object:
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


CoreLoader.yaml_implicit_resolvers = dict(_resolvers())
TagBlindLoader.add_constructor(None, _untagged)
