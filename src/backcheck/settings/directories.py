"""Where runs, journals and stored blobs (state) and what can be made again (cache) lie: never in a repository.

The places are those of the XDG Base Directory Specification; a relative value is ignored, as it says.
"""

from __future__ import annotations

import os
from pathlib import Path

from backcheck.errors import EnvironmentFault


def state_directory() -> Path:
    """Return the user's state directory of backcheck, made if missing, readable by the user alone."""
    return _directory("XDG_STATE_HOME", ".local/state")


def cache_directory() -> Path:
    """Return the user's cache directory of backcheck, made if missing, readable by the user alone."""
    return _directory("XDG_CACHE_HOME", ".cache")


def home_folder() -> Path | None:
    """Return the user's home; None for a user without one, such as a number that no system file has."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _directory(variable: str, default: str) -> Path:
    named = os.environ.get(variable, "")
    home = home_folder()
    if not Path(named).is_absolute() and home is None:
        raise EnvironmentFault("nobody knows where this user's home is", help=f"set HOME or {variable}")
    base = Path(named) if home is None or Path(named).is_absolute() else home / default
    folder = base / "backcheck"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
