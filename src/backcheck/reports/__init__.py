"""An audit's result as text, one file a format: the file's name is the format's.

Each has `render(result, items)`, where items maps the id of every item to its page's content: plain data in, text out.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backcheck.definitions.items import Item
    from backcheck.findings import AuditResult


def formats() -> tuple[str, ...]:
    """Return the names of all formats, sorted."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_")))


def render(name: str, result: AuditResult, items: Mapping[str, Item]) -> str:
    """Return the result in the format of that name. Raises `UsageError` for a name that is none."""
    check_format(name)
    text: str = import_module(f"{__name__}.{name}").render(result, items)
    return text


def check_format(name: str) -> None:
    """Raise `UsageError` for a name that is no format: asked before a long audit, not after it."""
    known = formats()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise UsageError(f"no report format {name!r}", help=f"{hint}there are: {', '.join(known)}")
