"""What a real client makes of a definition: it loads, loads changed, or is dead. One module a client.

Each module is named for its client and has `load(content, path, meant=…)`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from backcheck.definitions.clients.loaded import Loaded, Outcome, Tools
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

CLAUDE_CODE = "claude-code@2.1.329"
STRICT_YAML = "strict-yaml@1.1"
CLIENTS = (CLAUDE_CODE, STRICT_YAML)
"""Those that were measured; of one client the newest version last."""

__all__ = ["CLAUDE_CODE", "CLIENTS", "STRICT_YAML", "Loaded", "Outcome", "Tools", "load_in", "measured"]


def measured(client: str) -> str:
    """Return the client that a person named, with its version: the newest measured one where no version is given.

    Raises `UsageError` for a client or version that nobody measured.
    """
    if client in CLIENTS:
        return client
    versions = [known for known in CLIENTS if known.partition("@")[0] == client]
    if not versions:
        raise UsageError(f"no client {client!r} was measured", help=f"there are: {', '.join(CLIENTS)}")
    return versions[-1]


def load_in(client: str, content: bytes, path: Path, *, meant: str | None) -> Loaded:
    """Return what the client makes of a file; ``meant`` is the description that its author wrote, where one was found.

    Raises `UsageError` for a client or version that nobody measured.
    """
    module = import_module(f"{__name__}.{measured(client).partition('@')[0].replace('-', '_')}")
    loaded: Loaded = module.load(content, path, meant=meant)
    return loaded
