"""bubblewrap: mount, process, network and user namespaces of the Linux kernel, without privileges."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.sandbox.guard import Closed, closed
from backcheck.sandbox.hidden import hidden_files, hidden_folders, homes, shown
from backcheck.sandbox.programs import find_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.sandbox.process import Completed
    from backcheck.sandbox.provider import Policy

_NAMESPACES = [
    "--unshare-all",
    "--unshare-user",
    "--as-pid-1",
    "--die-with-parent",
    "--new-session",
    "--cap-drop",
    "ALL",
]
"""With `--as-pid-1` bubblewrap ends when the command's process namespace is dead; its own reaper reports the exit first,
and what the command left behind lived on for a moment, outside our watch.

`--unshare-user` is said apart: root without CAP_SYS_ADMIN gets no user namespace otherwise, and nothing works."""

_SCRATCH_BYTES = str(1024**3)
_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_INSTALL = (
    ("apt-get", "sudo apt-get install -y bubblewrap"),
    ("dnf", "sudo dnf install -y bubblewrap"),
    ("apk", "sudo apk add bubblewrap"),
    ("pacman", "sudo pacman -S --noconfirm bubblewrap"),
    ("zypper", "sudo zypper install -y bubblewrap"),
)


class Bubblewrap:
    """Confines by mounts: the only way on Linux to hold a read-only place inside a writable one."""

    name = "bubblewrap"
    holes: tuple[str, ...] = (
        "a protected name in a sub-folder (`sub/.git`, `sub/.claude`) can be written by a command",
        "total memory and total disk are not limited, and for root neither is the number of processes",
        "a Unix socket inside the workspace can be connected to, and io_uring used",
        "a command may set the set-user-id bit of a file in the workspace",
    )

    @cached_property
    def _program(self) -> str | None:
        return find_program("bwrap")

    @cached_property
    def _newer(self) -> list[str]:
        """Options of bubblewrap 0.8 and later, where the kernel lets them work."""
        words = [str(self._program), *_NAMESPACES, "--disable-userns", "--ro-bind", "/", "/"]
        words += ["--size", _SCRATCH_BYTES, "--tmpfs", "/tmp", "true"]  # noqa: S108 - a mount point
        tried = subprocess.run(words, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=10)  # noqa: S603 - fixed words
        return ["--disable-userns"] if tried.returncode == 0 else []

    def missing(self) -> str | None:
        """Say that the program is not installed."""
        return None if self._program else "bubblewrap is not installed"

    def help(self, why: str) -> str:
        """Give the command that installs it, or that lets it make a user namespace."""
        if not self._program:
            return next((command for tool, command in _INSTALL if shutil.which(tool)), "install bubblewrap (bwrap)")
        if _APPARMOR.is_file() and _APPARMOR.read_text().strip() == "1":
            return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        if Path("/.dockerenv").exists() and "nesting depth" not in why:
            return "allow user namespaces: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined …"
        return "sudo sysctl -w user.max_user_namespaces=15000"

    @contextmanager
    def confined(self, policy: Policy) -> Iterator[list[str]]:
        """Give the `bwrap` words for ``policy``; raises `ToolError` for a workspace that holds a home."""
        held = next((home for home in homes() if policy.workspace in (home, *home.parents)), None)
        if held:
            raise ToolError(
                f"bash is refused: the workspace {str(policy.workspace)!r} holds the home directory {str(held)!r}",
                help="name the folder of one project as the workspace",
            )
        with closed(policy.workspace) if policy.writable else nullcontext() as names:
            yield [str(self._program), *_NAMESPACES, *self._newer, *self._host(), *_opened(policy, names), "--"]

    def failed(self, completed: Completed) -> bool:
        """Whether `bwrap` itself stopped; it says so in one line and leaves with 1."""
        return completed.exit_code == 1 and completed.output.startswith("bwrap: ")

    def _host(self) -> Iterator[str]:
        """Show the host, read-only, without its secrets; fresh `/proc` and `/dev`."""
        yield from ("--ro-bind", "/", "/")
        for path in hidden_folders():
            yield from ("--size", _SCRATCH_BYTES) if self._newer else ()
            yield from ("--tmpfs", str(path))
        for path in hidden_files():
            yield from ("--ro-bind", "/dev/null", str(path))
        for path in shown():
            yield from ("--ro-bind", str(path), str(path))
        # Root owns the sysctls and may write them even with no capability left.
        yield from ("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev")


def _opened(policy: Policy, names: Closed | None) -> Iterator[str]:
    """Show the workspace, and close the protected names in it again."""
    workspace = str(policy.workspace)
    yield from ("--bind" if policy.writable else "--ro-bind", workspace, workspace)
    if names:
        if names.git:
            yield from ("--bind", str(names.git), str(names.git))
        for source, path in names.covers:
            yield from ("--ro-bind", str(source), str(path))
    yield from ("--chdir", workspace)
