from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path  # noqa: TC003 - a fixture's annotation

import pytest

from backcheck.sandbox import Missing, probe

GUARD = """
import socket, sys
def only_local(call):
    def guarded(self, address):
        assert self.family == socket.AF_UNIX, f"the demo tried to reach {address!r}"
        return call(self, address)
    return guarded
socket.socket.connect = only_local(socket.socket.connect)
socket.socket.bind = only_local(socket.socket.bind)
from backcheck.cli import run
sys.exit(run(["demo", *sys.argv[1:]]))
"""


def demo(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the demo in a process of its own in which no network socket can be connected or bound."""
    return subprocess.run(
        [sys.executable, "-c", GUARD, *words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo as the README starts it: in a clone that ignores what it writes."""
    clone = tmp_path_factory.mktemp("clone")
    subprocess.run(["git", "init", "-q", clone], check=True)
    (clone / ".gitignore").write_text("backcheck-demo/\n")
    state = str(tmp_path_factory.mktemp("state"))
    done = demo(cwd=clone, HOME=state, XDG_STATE_HOME=state)
    assert done.returncode == 0, done.stdout + done.stderr
    return clone / "backcheck-demo", done.stdout


def test_it_says_that_the_model_is_a_script(shown: tuple[Path, str]) -> None:
    assert "a script and not a live model" in shown[1]


def test_it_sends_a_new_failure_back_and_sees_it_mended(shown: tuple[Path, str]) -> None:
    assert "fails now and did not before: route-not-authenticated: POST /orders/{order_id}/cancel" in shown[1]
    receipt = json.loads((shown[0] / "receipt.json").read_text())
    assert receipt["rounds"] == 2
    assert [change["item"] for change in receipt["changes"] if change["new_failures"]] == []


def test_it_holds_a_false_claim_against_the_verdict(shown: tuple[Path, str]) -> None:
    claims = json.loads((shown[0] / "receipt.json").read_text())["claims"]
    beside = {claim["text"]: dict(map(tuple, claim["verdicts"])) for claim in claims}
    assert beside["Rate limiting configured"] == {"login-not-throttled": "fail"}
    assert beside["SQL injection prevention verified"] == {"sql-injection": "pass"}


def test_dead_evidence_and_a_percentile_between_bounds_are_unknown(shown: tuple[Path, str]) -> None:
    report = json.loads((shown[0] / "backcheck.json").read_text())
    reasons = {verdict["item"]: verdict["reason"] for verdict in report["verdicts"] if verdict["verdict"] == "unknown"}
    assert "p95" in reasons["p95-above-target"] or "95" in reasons["p95-above-target"]
    assert "dependency-vulnerable" in reasons


def test_its_reports_and_both_trees_can_be_opened(shown: tuple[Path, str]) -> None:
    sarif = json.loads((shown[0] / "backcheck.sarif").read_text())
    assert sarif["version"] == "2.1.0"
    result = sarif["runs"][0]["results"][0]
    path = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (shown[0] / "after" / path).is_file()


def test_a_second_demo_in_the_same_place_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    done = demo("--into", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert "exists already" in done.stderr


def test_without_a_sandbox_it_says_so_and_does_the_rest(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("git", "sh"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    done = demo("--into", "out", cwd=tmp_path, PATH=str(tools))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bash was refused" in done.stdout


def test_where_the_sandbox_holds_the_agent_ran_a_command_in_it(shown: tuple[Path, str]) -> None:
    if isinstance(missing := probe(), Missing):
        pytest.skip(f"no sandbox here: {missing.why}")
    records = [json.loads(line) for line in (shown[0] / "journal.jsonl").read_text().splitlines()]
    assert any(record["kind"] == "tool_result" and "2 files changed" in record["text"] for record in records)
