"""Finding the check of an item: the module of its area and id. There is no list to keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TypeAlias

from backcheck.findings import Judgement

Check: TypeAlias = Callable[..., Iterator[Judgement]]
"""Takes what its parameters name (`subjects.Facts`), gives one judgement for each relevant subject."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def find(area: str, item: str) -> Check | None:
    """Return the function that judges an item; None where nobody wrote one, and the item is manual."""
    # Ids come from pages of anywhere, and become part of a module's name.
    if not (_ID.fullmatch(area) and _ID.fullmatch(item)):
        return None
    package = f"{__package__}.{area.replace('-', '_')}"
    name = f"{package}.{item.replace('-', '_')}"
    if find_spec(package) is None or find_spec(name) is None:
        return None
    check: Check = import_module(name).check
    return check
