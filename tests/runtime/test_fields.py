"""What a definition's fields do to a run: the request that is sent, the turns that are taken, the tools that are there."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from anthropic.types import OutputConfigParam

from backcheck.audit import Options
from backcheck.cli import run as command
from backcheck.definitions.agents import parse_agent
from backcheck.definitions.running.conduct import EFFORTS
from backcheck.errors import UsageError
from backcheck.runtime.live import LiveModel
from backcheck.runtime.loop import Limits
from backcheck.runtime.run import Order, Ran, run
from runtime.messages_server import Says, Turn, messages_server

READS = Says("", calls=(("read", {"file_path": "notes.txt"}),))
DONE = Says("Done.")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "notes.txt").write_text("bees\n")
    (folder / "app.py").write_text(
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/bees')\ndef bees(): ...\n"
    )
    return folder


def definition(front: str) -> bytes:
    return f"---\nname: keeper\ndescription: Keeps bees\n{front}\n---\nYou keep bees.\n".encode()


def ran(workspace: Path, front: str, *turns: Turn, **order: Any) -> tuple[Ran, list[dict[str, Any]]]:
    """A run of a definition with these fields, and the requests that it made."""
    agent = parse_agent(definition(front), Path("keeper.md"))

    async def asked(url: str) -> Ran:
        async with LiveModel(base_url=url, api_key="scripted") as model:
            judged = Options(items=("body-not-validated",))
            return await run(Order(agent, "Look.", workspace, options=judged, **order), model)

    with messages_server(*turns) as server:
        return asyncio.run(asked(server.url)), server.requests


def test_effort_and_model_reach_the_server_with_every_request(workspace: Path) -> None:
    _, requests = ran(workspace, "effort: XHigh\nmodel: Opus", READS, DONE)

    assert [(request["output_config"], request["model"]) for request in requests] == [
        ({"effort": "xhigh"}, "claude-opus-5-5")
    ] * 2


def test_the_efforts_are_those_that_the_api_takes() -> None:
    kind = get_type_hints(OutputConfigParam)["effort"]

    assert get_args(get_args(kind)[0]) == EFFORTS


def test_without_a_word_for_it_no_effort_is_sent(workspace: Path) -> None:
    _, [request] = ran(workspace, "effort: 50", DONE)

    assert "output_config" not in request


def test_a_model_without_a_listed_price_is_told_before_the_run(workspace: Path) -> None:
    said: list[str] = []

    ran(workspace, "model: gpt-5", DONE, say=said.append)

    assert any("gpt-5" in line and "unknown" in line for line in said)


@pytest.mark.parametrize(
    "front, limits, turns",
    [('max-turns: "2"', Limits(), 2), ("maxTurns: 2", Limits(turns=3), 3), ("maxTurns: 9", Limits(turns=1), 1)],
)
def test_the_turns_of_a_definition_limit_its_run_and_the_callers_go_first(
    workspace: Path, front: str, limits: Limits, turns: int
) -> None:
    done, requests = ran(workspace, front, *[READS] * 5, limits=limits)

    assert (len(requests), done.receipt.turns, done.receipt.status) == (turns, turns, "turns")


def test_plan_mode_gives_only_tools_that_read(workspace: Path) -> None:
    writes = Says("", calls=(("write", {"file_path": "x.txt", "content": "x"}), ("bash", {"command": "touch y"})))
    done, requests = ran(workspace, "permissionMode: plan\ntools: Read, Write, Edit, Bash, Grep", writes, DONE)

    results = [block for block in requests[1]["messages"][-1]["content"] if block["type"] == "tool_result"]
    assert [tool["name"] for tool in requests[0]["tools"]] == ["read", "grep"]
    assert [(result["is_error"], "there is no tool" in result["content"]) for result in results] == [(True, True)] * 2
    assert done.receipt.patch == ""


def test_bypassing_permissions_reaches_nothing_outside_the_copy(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("honey")
    outside = {"file_path": str(tmp_path / "secret.txt")}
    leaves = Says("", calls=(("read", outside), ("write", {**outside, "content": "gone"})))
    _, requests = ran(workspace, "permissionMode: bypassPermissions\ntools: Read, Write", leaves, DONE)

    results = [block for block in requests[1]["messages"][-1]["content"] if block["type"] == "tool_result"]
    assert [result.get("is_error") for result in results] == [True, True]
    assert (tmp_path / "secret.txt").read_text() == "honey"


@pytest.mark.parametrize("front, told", [("context_mode: Minimal", False), ("color: red", True)])
def test_a_minimal_context_leaves_the_overview_of_the_project_out(workspace: Path, front: str, told: bool) -> None:
    _, [request] = ran(workspace, front, DONE)

    assert ("# The code base in short" in request["system"]) is told
    assert ("/bees" in request["system"]) is told


def test_an_agent_without_tools_is_offered_none(workspace: Path) -> None:
    _, [request] = ran(workspace, "disallowedTools: '*'", DONE)

    assert request["tools"] == []
    assert "You have no tools" in request["system"]
    assert "Your tools:" not in request["system"]


def test_the_journal_says_what_the_run_was_allowed(workspace: Path) -> None:
    done, _ = ran(workspace, "tools: Read\nmaxTurns: 7\neffort: low\nmodel: opus", DONE)

    [start] = [
        record
        for line in Path(done.receipt.journal).read_text().splitlines()
        if (record := json.loads(line))["kind"] == "run_start"
    ]
    assert {key: start[key] for key in ("agent", "model", "effort", "permission_mode", "tools", "max_turns")} == {
        "agent": "keeper",
        "model": "claude-opus-5-5",
        "effort": "low",
        "permission_mode": "default",
        "tools": ["read"],
        "max_turns": 7,
    }


@pytest.mark.parametrize("front", ["effort: huge", "maxTurns: 0", "permissionMode: yolo", "tools: Raed"])
def test_a_value_that_means_nothing_is_refused_before_anything_is_written(
    workspace: Path, front: str, scrubbed_environment: Path
) -> None:
    with pytest.raises(UsageError, match=r"keeper\.md"):
        ran(workspace, front)

    assert list(scrubbed_environment.rglob("runs/*")) == []


def test_the_flag_of_the_command_line_goes_before_the_definition(
    capsys: pytest.CaptureFixture[str], workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "keeper.md").write_bytes(definition("maxTurns: 1\ntools: Read"))
    turn = {
        "content": [{"type": "tool_use", "id": "1", "name": "read", "input": {"file_path": "notes.txt"}}],
        "stop_reason": "tool_use",
    }
    (tmp_path / "turns").write_text(
        "\n".join(json.dumps(line) for line in [{"format": "backcheck-turns/1"}, *[turn] * 4])
    )
    words = ["run", str(tmp_path / "keeper.md"), "Look.", "--dir", str(workspace), "--replay", str(tmp_path / "turns")]

    turns = []
    for more in ([], ["--max-turns", "3"]):
        assert command([*words, *more, "--json"]) == 3
        turns.append(json.loads(capsys.readouterr().out)["turns"])

    assert turns == [1, 3]
