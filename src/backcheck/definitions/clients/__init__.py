"""What a real client makes of a definition: it loads, loads changed, or is dead. One module a client.

Each module has `VERSIONS`, the measured ones with the newest last, and `load(content, path, meant=…)`.
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

__all__ = ["CLAUDE_CODE", "CLIENTS", "STRICT_YAML", "Loaded", "Outcome", "Tools", "load_in"]


def load_in(client: str, content: bytes, path: Path, *, meant: str | None) -> Loaded:
    """Return what the client makes of a file; ``meant`` is the description that its author wrote, where one was found.

    Raises `UsageError` for a client or version that nobody measured.
    """
    if client not in CLIENTS:
        raise UsageError(f"no client {client!r} was measured", help=f"there are: {', '.join(CLIENTS)}")
    module = import_module(f"{__name__}.{client.partition('@')[0].replace('-', '_')}")
    loaded: Loaded = module.load(content, path, meant=meant)
    return loaded
