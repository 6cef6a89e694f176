"""The plugin in the real client, which asks a scripted server on loopback. Skipped where the client is not installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from real_client import NEEDS_CLIENT, claude
from runtime.messages_server import Says, messages_server

ROOT = Path(__file__).parents[2]


pytestmark = NEEDS_CLIENT
AUDIT = "mcp__plugin_backcheck_backcheck__audit"


@pytest.mark.parametrize("target", [".", ".claude-plugin/plugin.json"])
def test_the_client_finds_no_fault_in_the_plugin(target: str) -> None:
    done = claude("plugin", "validate", "--strict", "--json", target, cwd=ROOT)
    report = json.loads(done.stdout)
    assert report["success"], report
    assert (report["manifest"]["errors"], report["manifest"]["warnings"]) == ([], [])


def test_a_sub_agent_of_the_plugin_calls_our_audit(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post("/notes")\ndef add(note: dict) -> dict:\n    return note\n'
    )
    task = {"description": "audit it", "prompt": "Audit the code.", "run_in_background": False}
    with messages_server(
        Says(calls=(("Agent", {**task, "subagent_type": "backcheck:backend-developer"}),)),
        Says(calls=((AUDIT, {"items": ["body-not-validated"]}),)),
        Says("The audit fails."),
        Says("Done."),
    ) as server:
        done = claude(
            "-p", "Have the code audited.", "--plugin-dir", str(ROOT), "--allowed-tools", f"{AUDIT},Agent",
            "--output-format", "json", "--max-turns", "6",
            cwd=tmp_path, ANTHROPIC_API_KEY="scripted", ANTHROPIC_BASE_URL=server.url,
        )  # fmt: skip
    assert json.loads(done.stdout)["result"] == "Done."
    _, first, second, _ = server.requests
    assert AUDIT in {tool["name"] for tool in first["tools"]}
    assert {"Read", "Write", "Edit", "Bash"} <= {tool["name"] for tool in first["tools"]}
    assert "body-not-validated at app.py:6" in json.dumps(second["messages"])
