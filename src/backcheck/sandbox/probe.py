"""Whether a sandbox holds, found out by what happens: never by an exit code or a version."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.sandbox.bubblewrap import Bubblewrap
from backcheck.sandbox.environment import environment
from backcheck.sandbox.provider import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.sandbox.provider import Provider

PROVIDERS: tuple[Callable[[], Provider], ...] = (Bubblewrap,)
"""In the order of preference."""

# Runs inside. Each attempt is forbidden but the last, which must work.
_ATTEMPTS = """
import json, socket, sys
outside, protected, inside, name = sys.argv[1:]
def writes(path):
    try:
        with open(path, "w") as file:
            file.write("written")
    except OSError:
        return False
    return True
def connects():
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect("\\0" + name)
        except OSError:
            return False
    return True
print(json.dumps([writes(outside), writes(protected), connects(), writes(inside)]))
"""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A provider that was seen to hold on this host."""

    provider: Provider

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def holes(self) -> tuple[str, ...]:
        """What it is known not to stop, one line each."""
        return self.provider.holes


@dataclass(frozen=True, slots=True)
class Missing:
    """No provider holds here."""

    why: str
    """One line for each provider that was tried."""
    help: str
    """The one command that most likely mends it."""


@cache
def probe() -> Sandbox | Missing:
    """Return the first provider that holds on this host, or why there is none. Looks once per process."""
    reasons: list[tuple[str, str]] = []
    for kind in PROVIDERS:
        provider = kind()
        why = provider.missing() or examine(provider)
        if why is None:
            return Sandbox(provider)
        reasons.append((why, provider.help(why)))
    return Missing("; ".join(why for why, _ in reasons), reasons[0][1])


def examine(provider: Provider) -> str | None:
    """Let ``provider`` run what is forbidden and return what it failed to stop, or None when it holds.

    The connection tried is to an abstract socket of this process: those belong to the network namespace, so it tells as
    much as one over the network would, without opening a port.
    """
    with tempfile.TemporaryDirectory(prefix="backcheck-probe-") as folder, socket.socket(socket.AF_UNIX) as listener:
        name = f"backcheck-probe-{secrets.token_hex(8)}"
        listener.bind(f"\0{name}")
        listener.listen(1)
        workspace = Path(folder).resolve() / "workspace"
        (workspace / ".git").mkdir(parents=True)
        config = workspace / ".git" / "config"
        config.write_text("")
        outside, inside = workspace.parent / "outside", workspace / "inside"
        with provider.confined(Policy(workspace)) as prefix:
            words = [*prefix, sys.executable, "-IS", "-c", _ATTEMPTS, *map(str, (outside, config, inside)), name]
            try:
                ran = subprocess.run(  # noqa: S603 - our own script, in the sandbox
                    words, check=False, capture_output=True, stdin=subprocess.DEVNULL, env=environment(), timeout=20
                )
            except subprocess.TimeoutExpired:
                return f"{provider.name} did not answer in 20 s"
        # What lies on the host counts; the child's own word only for the connection, which leaves no trace.
        return _verdict(
            provider, ran, wrote=outside.exists(), tampered=bool(config.read_text()), worked=inside.exists()
        )


def _verdict(
    provider: Provider, ran: subprocess.CompletedProcess[bytes], *, wrote: bool, tampered: bool, worked: bool
) -> str | None:
    if wrote:
        return f"{provider.name} lets a command write outside the workspace"
    if tampered:
        return f"{provider.name} lets a command write a protected file"
    if ran.returncode != 0 or not worked:
        said = ran.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"{provider.name} does not work: {said[-1] if said else f'exit code {ran.returncode}'}"
    match json.loads(ran.stdout):
        case [_, _, False, True]:
            return None
        case _:
            return f"{provider.name} lets a command reach the network"
