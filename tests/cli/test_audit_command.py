"""The commands of the audit as a person types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from backcheck.cli import run

if TYPE_CHECKING:
    from pathlib import Path

MAIN = """\
import requests


def rates():
    return requests.get("https://rates.example.org/today").json()
"""
ITEM = ["--item", "call-without-timeout"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "main.py").write_text(MAIN)
    return root


def test_the_report_is_printed_and_the_exit_code_is_the_verdict(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", str(shop), *ITEM]) == 1
    out, err = capsys.readouterr()
    assert "main.py:5" in out
    assert "\x1b[" not in out
    assert err == ""


def test_several_outputs_are_written_in_one_run(shop: Path, tmp_path: Path) -> None:
    sarif, report = tmp_path / "a.sarif", tmp_path / "a.json"
    assert run(["audit", str(shop), *ITEM, "--quiet", "--output", f"sarif={sarif}", "--output", f"json={report}"]) == 1
    assert json.loads(sarif.read_text())["runs"][0]["results"]
    assert json.loads(report.read_text())["exit_code"] == 1
    assert run(["verify", str(report)]) == 0


def test_exit_zero_is_for_jobs_that_upload(shop: Path) -> None:
    assert run(["audit", str(shop), *ITEM, "--exit-zero", "--quiet"]) == 0
    assert run(["audit", str(shop / "none"), "--exit-zero", "--quiet"]) == 2


def test_undecided_ok_turns_three_into_zero(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text("package main\n")
    assert run(["audit", str(tmp_path), *ITEM, "--quiet"]) == 3
    assert run(["audit", str(tmp_path), *ITEM, "--quiet", "--undecided", "ok"]) == 0


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--format", "sarf"], "did you mean 'sarif'?"),
        (["--output", "sarif"], "names no file"),
        (["--output", "sarif=none/x.sarif"], "there is no folder 'none'"),
        (["--undecided", "perhaps"], "--undecided"),
        (["--item", "no-such"], "no item 'no-such'"),
        (["--base", "--all"], "is not in a git repository"),
        (["--unknown"], "--unknown"),
    ],
)
def test_wrong_use_is_refused_before_the_work(
    shop: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", str(shop), *arguments]) == 2
    out, err = capsys.readouterr()
    assert message in err
    assert out == ""


def test_a_missing_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("audit", "routes"):
        assert run([command, str(tmp_path / "none")]) == 2
        assert f"{str(tmp_path / 'none')!r} does not exist" in capsys.readouterr().err


def test_a_repository_that_git_cannot_read_is_the_environments_fault(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "--quiet", str(shop)], check=True)
    (shop / ".git" / "index").write_bytes(b"torn")
    assert run(["audit", str(shop), *ITEM, "--quiet"]) == 5
    err = capsys.readouterr().err
    assert str(shop) in err
    assert "git fsck" in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110 - a device
def test_a_full_disk_is_the_environments_fault(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", str(shop), *ITEM, "--quiet", "--output", "json=/dev/full"]) == 5
    assert "No space left" in capsys.readouterr().err


def test_an_output_that_does_not_fit_leaves_the_old_one_whole(shop: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "report.json"
    target.parent.mkdir()
    target.write_text("the old report")
    # No byte code: Python would leave it cut off at the limit, beside the source.
    limited = f'ulimit -f 1; export PYTHONDONTWRITEBYTECODE=1; exec "{sys.executable}" -m backcheck audit "{shop}" --item call-without-timeout --output json="{target}"'
    done = subprocess.run(["bash", "-c", limited], capture_output=True, check=False)
    assert done.returncode == 5
    assert b"report.json" in done.stderr
    assert target.read_text() == "the old report"
    assert os.listdir(target.parent) == ["report.json"]  # noqa: PTH208 - every name, hidden ones too


def test_ctrl_c_leaves_130_and_nothing_half_written(shop: Path, tmp_path: Path) -> None:
    for number in range(150):
        (shop / f"m{number}.py").write_text(MAIN)
    pipe, target = tmp_path / "pipe", tmp_path / "out" / "report.sarif"
    os.mkfifo(pipe)
    target.parent.mkdir()
    outputs = ["--output", f"json={pipe}", "--output", f"sarif={target}"]
    arguments = [sys.executable, "-m", "backcheck", "audit", str(shop), *ITEM, "--quiet", *outputs]
    with subprocess.Popen(arguments, stderr=subprocess.DEVNULL) as process, pipe.open("rb"):
        # Both ends of the pipe are open: the report does not fit into it, and nobody reads.
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert os.listdir(target.parent) == []  # noqa: PTH208 - every name, hidden ones too


def test_explain_gives_the_page_and_a_near_miss_is_hinted_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "call-without-timeout"]) == 0
    out = capsys.readouterr().out
    assert "## Why it matters" in out
    assert "call-without-timeout (performance)" in out
    assert run(["explain", "call-without-timeot"]) == 2
    assert "call-without-timeout" in capsys.readouterr().err


def test_explain_alone_lists_every_item(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    assert "query-in-loop" in capsys.readouterr().out


def test_verify_says_which_quote_does_not_hold(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert run(["audit", str(shop), *ITEM, "--quiet", "--output", f"json={report}"]) == 1
    report.write_text(report.read_text().replace("rates.example.org/today", "rates.example.org/never"))
    assert run(["verify", str(report)]) == 1
    out = capsys.readouterr().out
    assert "does not hold: main.py:5-5" in out
    assert "0 of 1 quotes hold" in out


EXPRESS = """\
const express = require('express')
const app = express()
app.get('/users/:id', requireUser, (req, res) => res.json({}))
app.listen(3000)
"""


def test_routes_are_given_as_json_and_as_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.js").write_text(EXPRESS)
    (tmp_path / "package.json").write_text('{"dependencies": {"express": "^5.0.0"}}')
    assert run(["routes", str(tmp_path), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (route,) = found["routes"]
    assert (route["method"], route["path"], route["file"], route["line"], route["framework"]) == (
        "GET", "/users/{id}", "app.js", 3, "express",
    )  # fmt: skip
    assert set(route) == {"method", "path", "file", "line", "handler", "framework", "auth", "guards"}
    assert found["unread"] == []
    for form in ("table", "markdown"):
        assert run(["routes", str(tmp_path), "--format", form]) == 0
        assert "/users/{id}" in capsys.readouterr().out


def test_no_backend_found_is_undecided_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    assert run(["routes", str(tmp_path)]) == 3
    assert "0 routes" in capsys.readouterr().out
    assert run(["audit", str(tmp_path)]) == 3
