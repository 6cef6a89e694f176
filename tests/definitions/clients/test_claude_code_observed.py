"""Claude Code 2.1.329 as it was observed: `claude-code-2.1.329.jsonl` holds our own files and what the client made of each.

`tools` are the names in the sub-agent's own request with those that it may load by ToolSearch; `all` stands for the ones
that an agent without `tools` was given. Where the client is installed, it is asked again, so that a drift shows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backcheck.definitions.clients import CLAUDE_CODE, load_in
from real_client import NEEDS_CLIENT, claude, roster
from runtime.messages_server import Says, messages_server

TABLE = Path(__file__).with_name("claude-code-2.1.329.jsonl")
SEEN: list[dict[str, Any]] = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]
ALL = (
    *(
        "Agent",
        "Bash",
        "CronCreate",
        "CronDelete",
        "CronList",
        "Edit",
        "EnterWorktree",
        "ExitWorktree",
        "ListAgents",
        "Monitor",
    ),
    *(
        "NotebookEdit",
        "Read",
        "ReportFindings",
        "SendMessage",
        "Skill",
        "TaskStop",
        "ToolSearch",
        "WebFetch",
        "WebSearch",
        "Write",
    ),
)


def content(seen: dict[str, Any]) -> bytes:
    return bytes.fromhex(seen["hex"]) if "hex" in seen else seen["text"].encode()


def tools(seen: dict[str, Any]) -> set[str]:
    return set(ALL) if seen["tools"] == "all" else set(seen["tools"])


@pytest.mark.parametrize("seen", SEEN, ids=[seen["file"] for seen in SEEN])
def test_the_client_makes_of_a_file_what_it_was_seen_to_make(seen: dict[str, Any]) -> None:
    told = load_in(CLAUDE_CODE, content(seen), Path(seen["file"]), meant=None)

    assert (told.outcome != "dead", told.name, told.description) == (
        seen["loaded"],
        seen.get("name"),
        seen.get("description"),
    )
    assert bool(told.reason) == (told.outcome != "loads")
    if "tools" in seen:
        assert set(told.tools.effective) == tools(seen)


def own_names() -> list[dict[str, Any]]:
    """The files that bear their own stem as name, so that all may lie in one project."""
    return [
        seen
        for seen in SEEN
        if "text" in seen and "/" not in seen["file"] and f"name: {Path(seen['file']).stem}\n" in seen["text"]
    ]


@NEEDS_CLIENT
def test_the_client_that_is_installed_still_does_so(tmp_path: Path) -> None:
    agents = tmp_path / ".claude" / "agents"
    agents.mkdir(parents=True)
    for seen in own_names():
        (agents / seen["file"]).write_bytes(content(seen))
    found = roster(tmp_path)
    told = {Path(seen["file"]).stem: found.get(Path(seen["file"]).stem) for seen in own_names()}

    assert len(told) > 200
    assert told == {Path(seen["file"]).stem: seen.get("description") for seen in own_names()}


@NEEDS_CLIENT
def test_the_client_that_is_installed_still_gives_these_tools(tmp_path: Path) -> None:
    chosen = [seen for seen in own_names() if "tools" in seen and seen["name"] == Path(seen["file"]).stem][::12][:16]
    agents = tmp_path / ".claude" / "agents"
    agents.mkdir(parents=True)
    for seen in chosen:
        (agents / seen["file"]).write_bytes(content(seen))
    task = {"description": "look", "run_in_background": False}
    calls = tuple(
        ("Agent", {**task, "prompt": f"You are {seen['name']}.", "subagent_type": seen["name"]}) for seen in chosen
    )
    with messages_server(Says(calls=calls), *(Says("Done.") for _ in range(len(calls) + 1))) as server:
        claude(
            "-p", "Look.", "--allowed-tools", "Agent", "--max-turns", "3",
            cwd=tmp_path, ANTHROPIC_API_KEY="scripted", ANTHROPIC_BASE_URL=server.url,
        )  # fmt: skip
    given: dict[str, set[str]] = {seen["name"]: set() for seen in chosen}
    for request in server.requests:
        first = json.dumps(request["messages"][0])
        name = next((name for name in given if f"You are {name}." in first), None)
        if name:
            later = json.dumps(request).partition("before calling them:")[2].partition("\\n\\n")[0].split("\\n")
            given[name] = {tool["name"] for tool in request["tools"]} | {word for word in later if word in ALL}
            given[name].discard("DeferredToolPlaceholder")

    assert given == {seen["name"]: tools(seen) for seen in chosen}
