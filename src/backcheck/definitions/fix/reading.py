"""How strict readers take a block of front matter: YAML 1.1, as PyYAML reads it."""

from __future__ import annotations

from typing import Any

import yaml

from backcheck.definitions.clients.strict_loader import StrictError, load_strictly


def quickly(block: str) -> dict[str, Any] | None:
    """Return the mapping that the block is, the end of its last line included, its keys as texts; None where strict YAML 1.1 refuses it."""
    try:
        found = load_strictly(block)
    except StrictError:
        return None
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else None


def strictly(block: str) -> dict[str, Any] | None:
    """Return the same by `yaml.safe_load` itself: slower, and the last word. None also where mappings are merged.

    Only YAML 1.1 merges, and one kilobyte of merges can hold a billion entries.
    """
    try:
        found = None if "<<" in block and _merges(block) else yaml.safe_load(block)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else None


def _merges(block: str) -> bool:
    return any(
        isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]
        for event in yaml.parse(block, Loader=yaml.SafeLoader)
    )
