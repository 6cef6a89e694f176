"""What a definition's `model` means, and what that model costs, from the dated list in `models.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

INHERIT = "inherit"
"""The model of whoever starts the agent; a definition without `model` means the same."""

_LONG = "[1m]"
"""Asks for a context of a million tokens. Every listed model has one, so the ending changes nothing but the name."""


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a million tokens."""

    input: float
    output: float
    cache_read: float
    cache_write: float


@cache
def _list() -> dict[str, Any]:
    listed: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("models.yaml").read_text(encoding="utf-8"))
    return listed


def as_of() -> str:
    """Return the day of the list: `2026-11-21`."""
    return str(_list()["as_of"])


def default_model() -> str:
    """Return the model of our own runner where nobody names one."""
    return str(_list()["default"])


def aliases() -> tuple[str, ...]:
    """Return the short names that stand for models, `inherit` included."""
    return (*_list()["aliases"], INHERIT)


def is_inherited(name: str | None) -> bool:
    """Whether the caller's model is meant: no name, an empty one, or `inherit`."""
    return name is None or name.strip().casefold() in {"", INHERIT}


def model_id(name: str, *, planning: bool = False) -> str:
    """Return the id that ``name`` stands for, in any case: an alias resolved; what is none, as it is.

    ``planning`` tells of plan mode, in which `opusplan` means the larger model. An id that nobody listed (`gpt-5`) is
    sent to the server as it is: the server may know it.
    """
    name = name.strip()
    plain = name.casefold()
    if planning and plain in _list()["planning"]:
        plain = str(_list()["planning"][plain])
    plain = plain.removesuffix(_LONG)
    if plain in _list()["aliases"]:
        return str(_list()["aliases"][plain])
    return plain if plain in _list()["prices"] else name


def price(model: str) -> Price | None:
    """Return the list price of a model's id; None where it is not listed, which means unknown and never 0."""
    found = _list()["prices"].get(model)
    return Price(**found) if found else None


def ends(model: str) -> str | None:
    """Return the day on which the vendor ends the model, `2026-11-30`, which may be past; None where no end is known."""
    found = _list()["ends"].get(model)
    return str(found) if found else None
