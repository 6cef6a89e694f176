"""The real Claude Code, for the tests that ask it. They are skipped, and say so, where it is not installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


def _client() -> str | None:
    """Find the client: named by BACKCHECK_CLAUDE, on PATH, or bundled with its SDK for Python."""
    named = os.environ.get("BACKCHECK_CLAUDE") or shutil.which("claude")
    sdk = find_spec("claude_agent_sdk")
    bundled = Path(str(sdk.origin)).with_name("_bundled") / "claude" if sdk else None
    return named or (str(bundled) if bundled and bundled.is_file() else None)


CLIENT = _client()
NEEDS_CLIENT = pytest.mark.skipif(
    CLIENT is None, reason="Claude Code is not here: `pip install claude-agent-sdk` brings it, or set BACKCHECK_CLAUDE"
)


def claude(*words: str, cwd: Path, said: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the client with a home of its own; unless told otherwise, the server that it would ask is nowhere."""
    assert CLIENT
    quiet = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}
    nowhere = {"ANTHROPIC_API_KEY": "scripted", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    home = {"CLAUDE_CONFIG_DIR": f"{os.environ['HOME']}/.claude", "BACKCHECK_PYTHON": sys.executable}
    return subprocess.run(
        [CLIENT, *words],
        cwd=cwd,
        env={**os.environ, **quiet, **nowhere, **home, **environment},
        input=said,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def roster(project: Path) -> dict[str, str]:
    """Return name and description of every agent that the client finds in the project, its own included."""
    asking = {"type": "control_request", "request_id": "1", "request": {"subtype": "initialize"}}
    words = ("-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose")
    done = claude(*words, cwd=project, said=json.dumps(asking) + "\n")
    answers: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    (found,) = (one["response"]["response"]["agents"] for one in answers if one["type"] == "control_response")
    return {one["name"]: one["description"] for one in found}
