from __future__ import annotations

import asyncio
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backcheck.audit import Options
from backcheck.definitions.agents import parse_agent
from backcheck.errors import EnvironmentFault, ExitCode, UsageError
from backcheck.runtime.cassette import Recording, Replay
from backcheck.runtime.live import LiveModel
from backcheck.runtime.loop import Limits
from backcheck.runtime.run import Order, Ran, run
from runtime.messages_server import Says, Turn, messages_server

AGENT = b"""---
name: fixture
description: Builds a small API.
tools: Read, Write, Edit
---

You build small APIs.

## Checklist

- [ ] Input validation implemented
"""
APP = """\
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Note(BaseModel):
    text: str


@app.post("/notes")
def add(note: Note) -> Note:
    return note
"""
BAD_ROUTE = '\n\n@app.post("/raw")\ndef raw(note: dict) -> dict:\n    return note\n'
GOOD_ROUTE = BAD_ROUTE.replace("note: dict", "note: Note")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "requirements.txt").write_text("fastapi==0.115.0\n")
    return folder


def order(workspace: Path, **changes: Any) -> Order:
    plain = Order(
        parse_agent(AGENT, Path("fixture.md")),
        "Add a route.",
        workspace,
        options=Options(items=("body-not-validated",)),
        limits=Limits(turns=10),
    )
    return replace(plain, **changes)


def script(path: Path, *turns: tuple[str, tuple[tuple[str, dict[str, Any]], ...]]) -> Replay:
    """A recording written by hand: text and tool calls of each turn."""
    lines: list[dict[str, Any]] = [{"format": "backcheck-turns/1"}]
    for number, (text, calls) in enumerate(turns):
        content: list[dict[str, Any]] = [{"type": "text", "text": text}]
        content += [
            {"type": "tool_use", "id": f"{number}-{position}", "name": name, "input": arguments}
            for position, (name, arguments) in enumerate(calls)
        ]
        lines.append({"content": content, "stop_reason": "tool_use" if calls else "end_turn"})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Replay(path)


def edit(old: str, new: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    return (("edit", {"file_path": "app.py", "old_string": old, "new_string": new}),)


LAST_LINE = "    return note\n"


def test_a_new_failure_goes_back_to_the_agent_until_it_is_mended(workspace: Path, tmp_path: Path) -> None:
    model = script(
        tmp_path / "turns",
        ("I add a route.", edit(LAST_LINE, LAST_LINE + BAD_ROUTE)),
        ("Done.", ()),
        ("I mend it.", edit("note: dict", "note: Note")),
        ("Done.\n\n- [x] Input validation implemented", ()),
    )
    ran = asyncio.run(run(order(workspace), model))
    assert (ran.receipt.status, ran.receipt.rounds, ran.exit_code) == ("done", 2, ExitCode.OK)
    [claim] = ran.receipt.claims
    assert claim.verdicts == (("body-not-validated", "pass"),)


def test_feedback_names_the_item_the_place_and_the_reason(workspace: Path, tmp_path: Path) -> None:
    model = script(tmp_path / "turns", ("", edit(LAST_LINE, LAST_LINE + BAD_ROUTE)), ("Done.", ()), ("I leave it.", ()))
    ran = asyncio.run(run(order(workspace), model))
    told = [
        block["text"]
        for line in Path(ran.receipt.journal).read_text().splitlines()
        if (record := json.loads(line))["kind"] == "message" and record["role"] == "user"
        for block in record["content"]
        if block["type"] == "text"
    ]
    assert told[0] == "Add a route."
    assert "body-not-validated at POST /raw (app.py:" in told[1]


def test_an_agent_that_makes_no_progress_is_stopped_and_the_run_fails(workspace: Path, tmp_path: Path) -> None:
    model = script(
        tmp_path / "turns", ("", edit(LAST_LINE, LAST_LINE + BAD_ROUTE)), ("Done.", ()), ("Done all the same.", ())
    )
    ran = asyncio.run(run(order(workspace), model))
    assert (ran.receipt.rounds, ran.exit_code) == (2, ExitCode.FAILED)
    [change] = [change for change in ran.receipt.changes if change.item == "body-not-validated"]
    assert change.new_failures == ("POST /raw",)


def test_the_receipt_judges_the_rules_of_work_from_the_journal(workspace: Path, tmp_path: Path) -> None:
    rules = b"\nAlways read the file before editing it. Never use `Write`. Always stay calm.\n"
    replay = script(
        tmp_path / "turns.jsonl",
        ("Adding a route.", edit("return note\n", f"return note\n{GOOD_ROUTE}")),
        ("Done.", ()),
    )
    agent = parse_agent(AGENT + rules, Path("fixture.md"))
    receipt = asyncio.run(run(order(workspace, agent=agent), replay)).receipt

    read, write, calm = receipt.rules
    assert (read.verdict, write.verdict, calm.verdict) == ("fail", "pass", "manual")
    records = [json.loads(row) for row in Path(receipt.journal).read_text().splitlines()]
    assert [records[line - 1]["name"] for line in read.journal] == ["edit"]


def test_the_workspace_is_only_read_and_the_patch_brings_the_change(workspace: Path, tmp_path: Path) -> None:
    before = (workspace / "app.py").read_bytes()
    model = script(tmp_path / "turns", ("", edit(LAST_LINE, LAST_LINE + GOOD_ROUTE)), ("Done.", ()))
    ran = asyncio.run(run(order(workspace), model))
    assert (workspace / "app.py").read_bytes() == before
    subprocess.run(["git", "apply", ran.receipt.patch], cwd=workspace, check=True)
    assert GOOD_ROUTE in (workspace / "app.py").read_text()


def test_code_that_no_longer_parses_leaves_the_run_undecided(workspace: Path, tmp_path: Path) -> None:
    broken = edit("def add(note: Note) -> Note:", "def add(note: Note -> Note:")
    ran = asyncio.run(run(order(workspace), script(tmp_path / "turns", ("", broken), ("Done.", ()), ("Done.", ()))))
    assert (ran.receipt.rounds, ran.exit_code) == (2, ExitCode.UNDECIDED)


def test_a_failure_that_was_there_before_does_not_count(workspace: Path, tmp_path: Path) -> None:
    (workspace / "app.py").write_text(APP + BAD_ROUTE)
    ran = asyncio.run(run(order(workspace), script(tmp_path / "turns", ("Nothing to do.", ()))))
    assert (ran.exit_code, ran.receipt.patch) == (ExitCode.OK, "")
    assert ran.receipt.changes[0].after == "fail"


def test_an_agent_cannot_excuse_its_own_failure(workspace: Path, tmp_path: Path) -> None:
    waiver = "- {item: body-not-validated, subject: POST /raw, reason: x, owner: me, expires: 2999-01-01}\n"
    model = script(
        tmp_path / "turns",
        (
            "",
            (
                *edit(LAST_LINE, LAST_LINE + BAD_ROUTE),
                ("write", {"file_path": ".backcheck/waivers.yaml", "content": waiver}),
                ("write", {"file_path": "backcheck.yaml", "content": "items: [sql-injection]\n"}),
            ),
        ),
        ("Done.", ()),
        ("Done.", ()),
    )
    assert asyncio.run(run(order(workspace), model)).exit_code is ExitCode.FAILED


def test_a_limit_stops_the_agent_and_leaves_the_run_undecided(workspace: Path, tmp_path: Path) -> None:
    reading = ("", (("read", {"file_path": "app.py"}),))
    ran = asyncio.run(run(order(workspace, limits=Limits(turns=2)), script(tmp_path / "turns", *[reading] * 3)))
    assert (ran.receipt.status, ran.receipt.turns, ran.exit_code) == ("turns", 2, ExitCode.UNDECIDED)


def test_what_was_done_is_kept_when_the_model_fails(workspace: Path, tmp_path: Path) -> None:
    said: list[str] = []
    model = script(tmp_path / "turns", ("", edit(LAST_LINE, LAST_LINE + GOOD_ROUTE)))
    with pytest.raises(EnvironmentFault, match="ends after 1 turns"):
        asyncio.run(run(order(workspace, say=said.append), model))
    kept = Path(said[-1].rpartition(" ")[2])
    assert b"/raw" in kept.read_bytes()


def test_a_cancelled_run_keeps_what_was_done(workspace: Path, tmp_path: Path) -> None:
    class Hangs(Replay):
        async def reply(self, request: Any) -> Any:
            if self._played == 1:
                working.set()
                await asyncio.Event().wait()
            return await super().reply(request)

    async def interrupted() -> None:
        task = asyncio.create_task(run(order(workspace, say=said.append), model))
        await working.wait()
        task.cancel()
        await task

    said: list[str] = []
    working = asyncio.Event()
    script(tmp_path / "turns", ("", edit(LAST_LINE, LAST_LINE + GOOD_ROUTE)))
    model = Hangs(tmp_path / "turns")
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupted())
    assert b"/raw" in Path(said[-1].rpartition(" ")[2]).read_bytes()


async def recorded(order: Order, path: Path, *turns: Turn) -> tuple[Ran, list[dict[str, Any]]]:
    with messages_server(*turns) as server:
        async with LiveModel(base_url=server.url, api_key="scripted") as model:
            return await run(order, Recording(model, path)), server.requests


def test_a_recorded_run_plays_again_without_the_model(workspace: Path, tmp_path: Path) -> None:
    turns = (Says("I add it.", calls=edit(LAST_LINE, LAST_LINE + GOOD_ROUTE)), Says("Done."))
    first, requests = asyncio.run(recorded(order(workspace), tmp_path / "cassette", *turns))
    again = asyncio.run(run(order(workspace), Replay(tmp_path / "cassette")))
    assert Path(again.receipt.patch).read_bytes() == Path(first.receipt.patch).read_bytes()
    assert again.receipt.tokens == first.receipt.tokens
    assert first.receipt.cost_usd == pytest.approx(0.005)
    assert [tool["name"] for tool in requests[0]["tools"]] == ["read", "write", "edit"]
    assert requests[0]["system"].startswith("You build small APIs.")


def test_every_request_begins_with_the_bytes_of_the_one_before(workspace: Path, tmp_path: Path) -> None:
    turns = (Says("", calls=(("read", {"file_path": "app.py"}),)), Says("Done."))
    _, (first, second) = asyncio.run(recorded(order(workspace), tmp_path / "cassette", *turns))
    assert (second["system"], second["tools"]) == (first["system"], first["tools"])
    assert second["messages"][: len(first["messages"])] == first["messages"]


def test_a_recording_of_another_task_is_refused(workspace: Path, tmp_path: Path) -> None:
    asyncio.run(recorded(order(workspace), tmp_path / "cassette", Says("Done.")))
    other = Order(parse_agent(AGENT, Path("fixture.md")), "Another task.", workspace)
    with pytest.raises(EnvironmentFault, match="another agent, task"):
        asyncio.run(run(other, Replay(tmp_path / "cassette")))


@pytest.mark.parametrize(
    "text, where",
    [("", ":1:"), ("{}", ":1:"), ("not json", ":1:"), ('{"format": "backcheck-turns/1"}\n{"content": 1}', ":2:")],
)
def test_what_is_no_recording_is_refused_with_its_line(text: str, where: str, tmp_path: Path) -> None:
    path = tmp_path / "turns"
    path.write_text(text)
    with pytest.raises(UsageError, match=where):
        Replay(path)


def test_a_recording_never_overwrites_a_file(tmp_path: Path) -> None:
    path = tmp_path / "turns"
    path.write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        Recording(Replay.__new__(Replay), path)
    assert path.read_text() == "precious"
