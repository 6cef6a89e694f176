"""The baseline: failures that were known when it was written, so that only new ones fail.

`backcheck audit --output baseline=.backcheck/baseline.json` writes it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backcheck.settings import read_below

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".backcheck/baseline.json"


def read_baseline(root: Path) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the fingerprints of known failures, and notes. A malformed file counts for nothing, and a note says so."""
    data = read_below(root, FILE)
    if data is None:
        return frozenset(), ()
    try:
        known = json.loads(data)["failures"]
        return frozenset(str(entry["fingerprint"]) for entry in known), ()
    except (ValueError, KeyError, TypeError, RecursionError):
        return frozenset(), (f"{FILE} is ignored: it is not a baseline",)
