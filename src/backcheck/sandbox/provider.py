"""What a sandbox has to offer. One file each; `tests/sandbox` holds the conformance suite that every one must pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from backcheck.sandbox.process import Completed


@dataclass(frozen=True, slots=True)
class Policy:
    """What the command may touch. The rest is always the same: no network, the host read-only, no credentials."""

    workspace: Path
    """The one folder of the host that it may write to; absolute, without symbolic links."""
    writable: bool = True
    """Off: the workspace can be read and nothing more."""


class Provider(Protocol):
    """A way to confine a command on this kind of host."""

    @property
    def name(self) -> str:
        """Say what it is called."""

    @property
    def holes(self) -> tuple[str, ...]:
        """List what it is known not to stop, one line each, for people to read."""

    def missing(self) -> str | None:
        """Say why it cannot be used here, or None where its parts are in place. Says nothing on whether it holds."""

    def help(self, why: str) -> str:
        """Give the one command that most likely mends ``why``."""

    def confined(self, policy: Policy) -> AbstractContextManager[list[str]]:
        """Prepare the host for one command; give the words to put in front of it. Leave the host as it was."""

    def failed(self, completed: Completed) -> bool:
        """Whether the sandbox itself failed, and not the command in it."""
