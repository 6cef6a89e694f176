"""Names that nobody may write through a tool: what git, shells, editors, agents and this product obey.

Who writes one of these runs code on the host later, or moves the goalposts of the audit.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = frozenset((
    ".git", ".claude", ".codex", ".cursor", ".devcontainer", ".gemini", ".idea", ".vscode", ".backcheck",
    ".mcp.json", "backcheck.yaml",
    ".gitconfig", ".gitmodules", ".envrc", ".ripgreprc",
    ".bashrc", ".bash_login", ".bash_logout", ".bash_profile", ".profile",
    ".zlogin", ".zlogout", ".zprofile", ".zshenv", ".zshrc",
))  # fmt: skip

GIT_PARTS = ("hooks", "info", "modules", "config", "config.worktree", "objects/info/alternates")
"""What of `.git` names programs, hides files, or brings in another repository. The rest of it must stay writable for
git to work in the sandbox at all."""
GIT_INTRUDERS = ("commondir",)
"""May not appear: it moves the whole configuration elsewhere. Cannot be masked, since git stops at an empty one."""


def protected(parts: Iterable[str]) -> str | None:
    """Return the component of a path that is protected, at whatever depth, or None.

    Names are compared as a forgiving file system would: case, Unicode form, invisible characters, and the trailing
    dots and spaces that some drop, do not count.
    """
    return next((part for part in parts if _folded(part) in NAMES), None)


def _folded(name: str) -> str:
    if name.isascii():
        return name.rstrip(" .").lower()
    seen = "".join(char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFC", seen.casefold()).rstrip(" .")
