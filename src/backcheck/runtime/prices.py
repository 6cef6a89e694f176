"""Which model a definition means, and what its tokens cost, from the dated list in `models.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from backcheck.runtime.model import Usage


@cache
def _list() -> dict[str, Any]:
    text = files("backcheck.runtime").joinpath("models.yaml").read_text(encoding="utf-8")
    listed: dict[str, Any] = yaml.safe_load(text)
    return listed


def model_id(name: str | None) -> str:
    """Return the model that ``name`` stands for: an alias resolved, `inherit` and None the default, else as it is."""
    if name is None or name.casefold() in {"", "inherit"}:
        return str(_list()["default"])
    return str(_list()["aliases"].get(name.casefold(), name))


def cost(model: str, usage: Usage) -> float | None:
    """Return the cost in USD; None where the model has no listed price: unknown is never 0, but no tokens cost nothing."""
    if not usage.total:
        return 0.0
    price = _list()["prices"].get(model)
    if price is None:
        return None
    tokens = {
        "input": usage.input,
        "output": usage.output,
        "cache_read": usage.cache_read,
        "cache_write": usage.cache_write,
    }
    return float(sum(count * price[kind] for kind, count in tokens.items()) / 1_000_000)
