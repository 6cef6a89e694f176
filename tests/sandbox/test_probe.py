"""Nothing is believed of a sandbox that was not seen; without one, nothing runs."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from backcheck.errors import ToolError
from backcheck.sandbox import Completed, Missing, Policy, probe, run
from backcheck.sandbox.probe import examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Nothing:
    """A sandbox that starts every command, reports success, and confines nothing."""

    name = "nothing"
    holes = ()

    def missing(self) -> str | None:
        return None

    def help(self, why: str) -> str:
        return why

    @contextmanager
    def confined(self, policy: Policy) -> Iterator[list[str]]:
        yield ["env", "-C", str(policy.workspace)]

    def failed(self, completed: Completed) -> bool:
        return completed.exit_code == 125


def test_a_sandbox_that_runs_and_does_not_confine_is_found_out() -> None:
    assert examine(Nothing()) == "nothing lets a command write outside the workspace"


def test_without_bubblewrap_a_command_is_refused_with_the_one_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "apt-get").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tools))
    probe.cache_clear()
    try:
        assert probe() == Missing("bubblewrap is not installed", "sudo apt-get install -y bubblewrap")
        with pytest.raises(ToolError, match="bash is refused: bubblewrap is not installed") as refused:
            asyncio.run(run("touch planted", tmp_path))
        assert refused.value.help == "sudo apt-get install -y bubblewrap"
        assert not (tmp_path / "planted").exists()
    finally:
        probe.cache_clear()


@pytest.mark.parametrize("above", [False, True], ids=["the home", "a folder above it"])
def test_a_workspace_that_holds_the_home_is_refused(above: bool, scrubbed_environment: Path) -> None:
    if isinstance(missing := probe(), Missing):
        pytest.skip(f"SANDBOX NOT TESTED: {missing.why}; {missing.help}")
    with pytest.raises(ToolError, match="holds the home directory"):
        asyncio.run(run("true", scrubbed_environment.parent if above else scrubbed_environment))
