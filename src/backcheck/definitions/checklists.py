"""Checklists: named selections of items, one YAML file each in `checklists/`."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from reprlib import repr as shown  # aliases can make a small file's value huge
from typing import TYPE_CHECKING, Any

import yaml

from backcheck import data
from backcheck.definitions.items import load_items, unknown_item
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from backcheck.definitions.items import Item

_MAX_BYTES = 1 << 20
_KEYS = {"title", "items"}


@dataclass(frozen=True, slots=True)
class Checklist:
    """A named selection of items, in the order of its file."""

    name: str
    title: str
    items: tuple[str, ...]
    """Ids of items, each once."""


def load_checklist(name: str, items: Mapping[str, Item] | None = None) -> Checklist:
    """Return the shipped checklist of that name; ``items`` are those that exist, the shipped ones if not given.

    Raises `UsageError` for a name that is not shipped, a file that is not of the form, or an id that no item has.
    """
    names = checklist_names()
    if name not in names:
        close = get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names)}"
        raise UsageError(f"no checklist {name!r}", help=hint)
    return read_checklist(data.root() / "checklists" / f"{name}.yaml", items)


def read_checklist(path: Path, items: Mapping[str, Item] | None = None) -> Checklist:
    """Return the checklist in a file, named by the file's stem; raises as `load_checklist` does."""
    meta = _mapping(path)
    known = load_items() if items is None else items
    for item in meta["items"]:
        if item not in known:
            error = unknown_item(item, known)
            raise UsageError(f"{path}: {error}", help=error.help)
    return Checklist(path.stem, meta["title"], tuple(dict.fromkeys(meta["items"])))


def checklist_names() -> tuple[str, ...]:
    """Return the names of the shipped checklists, sorted."""
    return tuple(sorted(path.stem for path in (data.root() / "checklists").glob("*.yaml")))


def _mapping(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        meta = yaml.safe_load(content.decode("utf-8")) if len(content) <= _MAX_BYTES else None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", help="name a file that can be read") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not YAML: {error}", help="write `title:` and `items:`") from error
    if not isinstance(meta, dict) or set(meta) != _KEYS:
        raise UsageError(f"{path}: a checklist has exactly the keys title and items", help="write those two")
    if not isinstance(meta["title"], str):
        raise UsageError(f"{path}: 'title' cannot be {shown(meta['title'])}", help="write a text")
    if not isinstance(meta["items"], list) or not all(isinstance(item, str) for item in meta["items"]):
        raise UsageError(f"{path}: 'items' is not a list of ids", help="write one id a line, `- login-not-throttled`")
    return meta
