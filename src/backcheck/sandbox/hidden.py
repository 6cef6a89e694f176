"""What of the host a sandboxed command must not see, and what of it has to come back for toolchains to work."""

# ruff: noqa: PTH112, PTH113, PTH117 - the methods of Path raise where a folder above may not be entered; these say no

from __future__ import annotations

import os
import sys
from pathlib import Path

from backcheck.settings import home_folder

_SECRET_FILES = ("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/krb5.keytab")
_SECRET_FOLDERS = ("/etc/ssh", "/etc/ssl/private", "/etc/sudoers.d", "/etc/kubernetes")
_SOCKETS = ("/run", "/var/run")
"""Docker's and others' sockets: connecting to one works on a read-only mount and without a network."""
_SCRATCH = ("/tmp", "/var/tmp")  # noqa: S108 - hidden, not used

_TOOLCHAINS = (
    ".asdf", ".bun/bin", ".cargo/bin", ".deno/bin", ".dotnet", ".fnm", ".goenv", ".jenv", ".local/bin", ".local/lib",
    ".local/share/fnm", ".local/share/mise", ".local/share/pipx", ".local/share/pnpm", ".local/share/uv", ".m2/repository",
    ".nodenv", ".nvm", ".phpenv", ".pyenv", ".rbenv", ".rustup", ".sdkman", ".volta", "go",
)  # fmt: skip
"""Folders of a home that hold programs and packages. Folders with tokens beside them (`.cargo`, `.m2`) only in part."""


def homes() -> tuple[Path, ...]:
    """Return the folders that are homes or hold some on this host; never the root of the file system."""
    wanted = {Path(path).resolve() for path in (home_folder() or "/root", "/root", "/home", "/Users")} - {Path("/")}
    return tuple(sorted(path for path in wanted if os.path.isdir(path)))


def hidden_folders() -> tuple[Path, ...]:
    """Return the folders to cover with an empty one, outer ones first: an inner one is made anew in its cover."""
    folders = (Path(path) for path in (*_SOCKETS, *_SCRATCH, *_SECRET_FOLDERS))
    return tuple(sorted({*homes(), *(path for path in folders if os.path.isdir(path) and not path.is_symlink())}))


def hidden_files() -> tuple[Path, ...]:
    """Return the files to cover with an empty one."""
    return tuple(path for path in map(Path, _SECRET_FILES) if os.path.isfile(path) and not path.is_symlink())


def shown() -> tuple[Path, ...]:
    """Return what lies in a hidden folder and is needed: toolchains, this interpreter, folders on PATH. Read-only."""
    home = home_folder() or Path("/root")
    wanted = [
        *(home / name for name in _TOOLCHAINS),
        *map(Path, (sys.prefix, sys.base_prefix, sys.exec_prefix)),
        *(Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(entry)),
    ]
    covers = hidden_folders()
    found = {path for path in wanted if os.path.isdir(path) and any(cover in path.parents for cover in covers)}
    # A home, or what holds one, is never brought back, whatever PATH says.
    found = {path for path in found if path != home and path not in home.parents}
    return tuple(sorted(path for path in found if not any(up in found for up in path.parents)))
