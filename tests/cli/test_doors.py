from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def backcheck(*words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backcheck", *words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    "words, named",
    [
        (("nope",), "nope"),
        (("audit", "--nope"), "--nope"),
        (("run",), "agent"),
        (("run", "nobody", "task"), "nobody"),
        (("run", "backend-developer", " "), "the task is empty"),
        (("run", "backend-developer", "task", "--replay", "absent.jsonl"), "absent.jsonl"),
        (("run", "backend-developer", "task", "--dir", "absent"), "absent"),
        (("docs", "new", "novel"), "novel"),
        (("docs", "new", "security-report", "--api", "../x"), "../x"),
        (("docs", "new", "security-report", "--date", "yesterday"), "yesterday"),
        (("explain", "sql-injektion"), "sql-injection"),
        (("mcp", "--workspace", "absent"), "absent"),
        (("tool", "read", "--workspace", ".", "{not json"), "JSON"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_names_the_word_and_leaves_with_2(words: tuple[str, ...], named: str, tmp_path: Path) -> None:
    done = backcheck(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_a_model_says_what_to_set(tmp_path: Path) -> None:
    done = backcheck("run", "backend-developer", "task", cwd=tmp_path)
    assert done.returncode == 2
    assert "ANTHROPIC_API_KEY" in done.stderr
    assert "--replay" in done.stderr


def test_a_server_that_refuses_is_the_environment_and_leaves_no_recording(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")
    words = ("--base-url", "http://127.0.0.1:9", "--record", "turns.jsonl")
    done = backcheck("run", "backend-developer", "task", *words, cwd=tmp_path)
    assert done.returncode == 5, done.stderr
    assert "127.0.0.1:9" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_a_reader_that_leaves_is_no_error() -> None:
    assert left_alone("explain", "sql-injection") == (0, b"")
    assert left_alone("audit", "--help") == (0, b"")


def test_a_reader_that_leaves_changes_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/a')\ndef a(): ...\n"
    )
    assert left_alone("audit", str(tmp_path)) == (1, b"")


def left_alone(*words: str) -> tuple[int, bytes]:
    with subprocess.Popen(
        [sys.executable, "-m", "backcheck", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
    return process.returncode, said


def interrupted(process: subprocess.Popen[str]) -> str:
    """Send Ctrl-C and return what was said; one that does not leave is killed, and shows as such."""
    process.send_signal(signal.SIGINT)
    try:
        _, said = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        _, said = process.communicate()
        return f"killed: {said}"
    return said


def test_ctrl_c_in_a_server_leaves_with_130(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "backcheck", "mcp", "--workspace", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
        process.stdin.flush()
        process.stdout.readline()
        assert interrupted(process) == "error: interrupted\n"
    assert process.returncode == 130


def test_a_fault_of_our_own_says_that_it_is_ours() -> None:
    script = (
        "import backcheck.cli as cli, sys\n"
        "def broken(): raise EOFError('end of a file')\n"
        "cli.application = lambda: lambda *a, **k: broken()\n"
        "sys.exit(cli.run([]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "this is a bug in backcheck: EOFError: end of a file" in done.stderr
