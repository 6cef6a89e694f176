"""Run a command that nobody vouches for, where it can write to one folder and to nothing else.

A provider (one file each: `bubblewrap`) starts a command under a `Policy`. `probe` believes none of them: it lets the
provider run something forbidden and looks whether it happened. Without a provider that holds, nothing is run at all.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from backcheck.errors import EnvironmentFault, ToolError
from backcheck.sandbox.environment import environment
from backcheck.sandbox.limits import limited
from backcheck.sandbox.probe import Missing, Sandbox, probe
from backcheck.sandbox.process import Completed, execute
from backcheck.sandbox.provider import Policy, Provider

__all__ = ["Completed", "Missing", "Policy", "Provider", "Sandbox", "probe", "run", "run_in"]


async def run(command: str, workspace: Path, *, timeout: float = 120.0, writable: bool = True) -> Completed:  # noqa: ASYNC109 - the limit kills the process group, which a caller's own timeout would do only through cancellation
    """Run ``command`` with bash in the sandbox, in ``workspace``, for at most ``timeout`` seconds.

    Give the exit code and the output (standard output and error as they came, its middle left out when long). With
    ``writable`` off the workspace is read-only too. Cancellation kills all that the command started.

    Raises `ToolError` where no sandbox holds, with the one command that mends it, and where ``workspace`` holds the
    home directory; `EnvironmentFault` when the sandbox itself fails to start.
    """
    sandbox, folder = await asyncio.to_thread(lambda: (probe(), Path(workspace).resolve()))
    if isinstance(sandbox, Missing):
        raise ToolError(f"bash is refused: {sandbox.why}", help=sandbox.help)
    return await run_in(sandbox.provider, command, Policy(folder, writable), timeout)


async def run_in(provider: Provider, command: str, policy: Policy, seconds: float) -> Completed:
    """Run ``command`` under ``policy`` in ``provider``, which the caller has reason to trust."""
    with provider.confined(policy) as prefix:
        completed = await execute([*prefix, *limited(command)], environment(), seconds)
    if provider.failed(completed):
        raise EnvironmentFault(
            f"the sandbox {provider.name!r} did not start: {completed.output.strip()[:500]}",
            help="try bwrap by hand: bwrap --unshare-all --ro-bind / / true",
        )
    return completed
