"""A strict reader: front matter between two lines `---` from the first byte on, read by YAML 1.1 and nothing else.

This is what PyYAML, python-frontmatter and most build scripts do with a definition; gray-matter and js-yaml differ in details.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.clients.loaded import Loaded, Outcome, Tools

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("1.1",)


def load(content: bytes, path: Path, *, meant: str | None) -> Loaded:
    """Return what a strict reader makes of a file; ``meant`` is the description that its author wrote."""
    del content, path, meant
    return Loaded(Outcome.DEAD, "not read yet", None, None, Tools(None, ()))
