"""Whether an agent's name tells of another field than a service's own code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from backcheck.definitions.contract.stemming import stems


def is_elsewhere(name: str) -> bool:
    """Whether an agent's name ("flutter-expert") speaks of no service, and of one of the other fields."""
    other, service = _fields()
    said = stems(name)
    return bool(said & other) and not said & service


@cache
def _fields() -> tuple[frozenset[str], frozenset[str]]:
    listed = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    other, service = (stems(" ".join(listed[kind])) for kind in ("other", "service"))
    return other, service
