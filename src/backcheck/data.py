"""Where the shipped folders (`agents`, `tools`, `prompts`, `checklists`) lie: in a wheel or in a checkout."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def root() -> Path:
    """Return the folder that holds the four data folders.

    A wheel carries them under ``backcheck/_data``; an editable install and a checkout use the repository's own.
    """
    packaged = Path(str(files("backcheck"))) / "_data"
    if packaged.is_dir():
        return packaged
    checkout = Path(__file__).parents[2]
    if (checkout / "pyproject.toml").is_file():
        return checkout
    raise FileNotFoundError(f"neither {packaged} nor a checkout at {checkout} holds the shipped data")
