"""A provider to try, and a workspace to try it in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from backcheck.sandbox import Completed, Policy, Provider, run_in
from backcheck.sandbox.probe import PROVIDERS, examine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Completed]


@pytest.fixture(params=PROVIDERS, ids=lambda kind: kind.__name__)
def provider(request: pytest.FixtureRequest) -> Provider:
    """Each provider that works on this host; the others are skipped with their reason."""
    candidate: Provider = request.param()
    if why := candidate.missing():
        pytest.skip(f"SANDBOX NOT TESTED: {why}; {candidate.help(why)}")
    why = examine(candidate)
    if why and "does not work" in why:
        pytest.skip(f"SANDBOX NOT TESTED: {why}; {candidate.help(why)}")
    assert why is None
    return candidate


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def run(provider: Provider, workspace: Path) -> Run:
    """Run a command in the workspace, for at most ten seconds unless told otherwise."""

    def in_workspace(command: str, *, seconds: float = 10, writable: bool = True) -> Completed:
        return asyncio.run(run_in(provider, command, Policy(workspace, writable), seconds))

    return in_workspace
