"""Where the shipped folders (`agents`, `tools`, `prompts`, `checklists`) lie: in a wheel or in a checkout."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any


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


def table(package: str, name: str) -> Any:  # noqa: ANN401 - each table has its own shape
    """Return the YAML table ``name`` that is shipped beside the modules of ``package``.

    By libyaml where PyYAML was built with it: the tables of one audit take 10 ms instead of 120.
    """
    import yaml  # noqa: PLC0415 - most doors read no table

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(files(package).joinpath(name).read_text("utf-8"), Loader=loader)  # noqa: S506 - both loaders are the safe ones
