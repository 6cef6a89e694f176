"""Definitions in the form of other clients: what is written reads back, and what cannot be said is said."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from backcheck.definitions.agents import Agent, parse_agent
from backcheck.definitions.clients import CLAUDE_CODE, Outcome, load_in
from backcheck.definitions.export import TARGETS, exported
from backcheck.errors import UsageError


def agent(front: str, body: str = "Keep bees.\n", name: str = "keeper") -> Agent:
    return parse_agent(f"---\nname: {name}\ndescription: Keeps bees.\n{front}---\n{body}".encode(), Path("keeper.md"))


def lowered(target: str, one: Agent) -> tuple[dict[str, Any], str, list[str]]:
    """Return the fields as a strict reader of that form has them, the body, and the losses as `effect what`."""
    file = exported([one], target)[0]
    said = [f"{loss.effect.value} {loss.what}" for loss in file.losses]
    if file.path.endswith(".toml"):
        fields = tomllib.loads(file.text)
        return fields, fields.pop("developer_instructions"), said
    opening, front, body = file.text.split("---\n", 2)
    assert opening == ""
    return yaml.safe_load(front), body, said


def test_every_target_is_found_by_its_file() -> None:
    assert TARGETS == ("claude-code", "codex", "copilot", "cursor", "gemini", "opencode", "plugin")


@pytest.mark.parametrize(
    "target, path",
    [
        ("claude-code", ".claude/agents/bee-keeper.md"),
        ("codex", ".codex/agents/bee-keeper.toml"),
        ("copilot", ".github/agents/bee-keeper.agent.md"),
        ("cursor", ".cursor/agents/bee-keeper.md"),
        ("gemini", ".gemini/agents/bee-keeper.md"),
        ("opencode", ".opencode/agents/bee-keeper.md"),
        ("plugin", "agents/bee-keeper.md"),
    ],
)
def test_a_file_lies_where_its_client_reads_it(target: str, path: str) -> None:
    assert exported([agent("", name="Bee Keeper")], target)[0].path == path


TEXTS = [
    "Use it: user: \"Feed\" assistant: 'Done'",
    "ends in a colon:",
    "cut # here",
    "&anchor *alias !tag %directive @at `tick`",
    "- a dash",
    "yes",
    "12",
    "two\n\nparagraphs\n  indented\n",
    "a line\n---\nlike a fence ---",
    "tab\tand trailing space ",
    "back\\slash \\t \\u0041",
    "é 后端 🐝 \u00a0 \u2028 \u2029 \u0085 \ufeff",
    "\x1b[31m\x00\x7f \u202e",
    "{flow: [map]}",
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_description_reads_back_as_it_was(target: str, text: str) -> None:
    assert lowered(target, replace(agent(""), description=text))[0]["description"] == text


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "body",
    ["\n# Bees\n\n---\n\ntext", "'''", 'quotes """ and \\ and \'', "ends in '", "\x00\x1b\r\n", " \n\nlate start"],
)
def test_a_body_stays_byte_for_byte(target: str, body: str) -> None:
    assert lowered(target, replace(agent(""), body=f"Keep.{body}"))[1] == f"Keep.{body}"


@pytest.mark.parametrize("text", TEXTS)
def test_claude_code_loads_what_is_written_for_it(text: str) -> None:
    file = exported([replace(agent("tools: Read, mcp__hive__*\n"), description=text)], "claude-code")[0]

    loaded = load_in(CLAUDE_CODE, file.text.encode(), Path("keeper.md"), meant=text)

    assert (loaded.outcome, loaded.name) == (Outcome.LOADS, "keeper")


CASES: list[tuple[str, str, dict[str, object], list[str]]] = [
    # Copilot
    ("copilot", "tools: Read, Grep, Glob, Bash\n", {"tools": ["read", "search", "execute"]}, []),
    ("copilot", "tools: Write\n", {"tools": ["edit"]}, ["gains Edit"]),
    ("copilot", "tools: []\n", {"tools": []}, []),
    ("copilot", "allowed-tools: Read\n", {"tools": ["read"]}, []),
    ("copilot", "tools: Raed\n", {"tools": []}, ["loses Raed"]),
    ("copilot", "tools: Bash(git:*)\n", {"tools": []}, ["loses Bash(git:*)"]),
    ("copilot", "tools: Edit\ndisallowedTools: Write\n", {"tools": []}, ["loses Edit"]),
    ("copilot", "tools: MultiEdit\n", {"tools": ["edit"]}, ["changes MultiEdit", "gains Write"]),
    ("copilot", "model: GPT-5\n", {"model": "GPT-5"}, []),
    ("copilot", "model: [A, B]\n", {"model": ["A", "B"]}, []),
    ("copilot", "model: sonnet\n", {"model": None, "tools": None}, ["loses model: sonnet"]),
    ("copilot", "hooks: {Stop: []}\n", {"hooks": None}, ["gains hooks"]),
    ("copilot", "maxTurns: 3\n", {}, ["gains maxTurns: 3"]),
    ("copilot", "isolation: worktree\n", {}, ["gains isolation: worktree"]),
    ("copilot", "permissionMode: plan\n", {}, ["gains permissionMode: plan"]),
    ("copilot", "permissionMode: acceptEdits\n", {}, ["loses permissionMode: acceptEdits"]),
    ("copilot", "priority: high\ncontext_mode: minimal\n", {}, ["loses priority, context_mode"]),
    ("copilot", "mcp-servers: {hive: {type: http, url: u}}\n", {"mcp-servers": None}, ["loses mcp-servers"]),
    ("copilot", "argument-hint: a bee\n", {"argument-hint": "a bee"}, []),
    # Codex
    ("codex", "", {"sandbox_mode": None, "web_search": None}, []),
    (
        "codex",
        "tools: Read, Grep\n",
        {"sandbox_mode": "read-only", "web_search": "disabled"},
        ["gains tools beyond its list", "gains MCP tools"],
    ),
    ("codex", "tools: Read, Edit, Bash, WebSearch\n", {"sandbox_mode": "workspace-write", "web_search": None}, []),
    ("codex", "disallowedTools: Write, Edit, NotebookEdit\n", {"sandbox_mode": "read-only"}, ["loses Bash"]),
    ("codex", "permissionMode: plan\n", {"sandbox_mode": "read-only"}, []),
    ("codex", "effort: high\n", {"model_reasoning_effort": "high"}, []),
    ("codex", "effort: max\n", {"model_reasoning_effort": "xhigh"}, ["changes effort: max"]),
    ("codex", "model: opus\n", {"model": None}, ["loses model: opus"]),
    ("codex", "model: gpt-5\n", {"model": "gpt-5"}, []),
    # Cursor
    ("cursor", "tools: Read\n", {"readonly": True}, ["gains tools beyond its list", "gains MCP tools"]),
    ("cursor", "tools: Read, Write\n", {"readonly": None}, ["gains tools beyond its list"]),
    ("cursor", "", {"readonly": None}, []),
    ("cursor", "background: true\n", {"is_background": True}, []),
    # Gemini
    ("gemini", "tools: Read, Edit, Glob\n", {"tools": ["read_file", "replace", "glob", "list_directory"]}, []),
    ("gemini", "tools: []\n", {"tools": []}, []),
    ("gemini", "disallowedTools: Bash\n", {}, ["loses MCP tools"]),
    ("gemini", "maxTurns: '7'\n", {"max_turns": 7}, []),
    ("gemini", "tools: Agent\n", {"tools": []}, ["loses Agent"]),
    # opencode
    (
        "opencode",
        "tools: Grep, Write\n",
        {"permission": {"*": "deny", "edit": "allow", "grep": "allow", "external_directory": "ask"}},
        ["gains Edit"],
    ),
    ("opencode", "tools: []\n", {"permission": {"*": "deny"}}, []),
    ("opencode", "", {"permission": None, "mode": "subagent"}, []),
    ("opencode", "disallowedTools: Bash\n", {"permission": {"bash": "deny"}}, []),
    ("opencode", "disallowedTools: Write\n", {"permission": {"edit": "deny"}}, ["loses Edit"]),
    ("opencode", "disallowedTools: Bash(rm:*)\n", {"permission": {"bash": {"*": "allow", "rm": "deny", "rm *": "deny"}}}, []),
    ("opencode", "permissionMode: plan\n", {"permission": {"edit": "deny", "bash": "deny"}}, []),
    ("opencode", "color: orange\n", {"color": "#ea580c"}, []),
    ("opencode", "color: mauve\n", {"color": None}, ["loses color: mauve"]),
    ("opencode", "maxTurns: 4\n", {"steps": 4}, []),
    ("opencode", "model: claude-opus-4-1\n", {"model": "anthropic/claude-opus-4-1"}, []),
    ("opencode", "model: inherit\n", {"model": None}, []),
    # Claude Code
    ("claude-code", "tools: Read, MultiEdit, TodoWrite\n", {"tools": "Read, Edit"}, ["changes MultiEdit", "loses TodoWrite"]),
    ("claude-code", "allowed-tools: Read\n", {"tools": "Read", "allowed-tools": None}, []),
    ("claude-code", "allowed_tools: Read\n", {"tools": "Read", "allowed_tools": None}, []),
    ("claude-code", "disallowed_tools: Bash\n", {"disallowedTools": "Bash", "disallowed_tools": None}, []),
    ("claude-code", "disallowed-tools: Bash\n", {"disallowedTools": "Bash", "tools": None}, []),
    ("claude-code", "tools: []\n", {"tools": []}, []),
    ("claude-code", "tools: '*'\nhooks: {Stop: []}\n", {"tools": "*", "hooks": {"Stop": []}}, []),
    ("plugin", "hooks: {Stop: []}\npermissionMode: plan\n", {"hooks": None}, ["gains hooks", "gains permissionMode: plan"]),
]  # fmt: skip


@pytest.mark.parametrize("target, front, expected, said", CASES)
def test_what_a_definition_gives_is_what_the_client_is_told(
    target: str, front: str, expected: dict[str, object], said: list[str]
) -> None:
    fields, _, losses = lowered(target, agent(front))

    assert {key: fields.get(key) for key in expected} == expected
    assert [one for one in said if one not in losses] == []
    if not said:
        assert [one for one in losses if one.startswith("gains") and target not in {"codex", "cursor"}] == []


def test_opencode_still_asks_before_it_reads_secrets() -> None:
    fields, _, _ = lowered("opencode", agent("tools: Read\n"))

    assert fields["permission"]["read"] == {"*": "allow", "*.env": "ask", "*.env.*": "ask", "*.env.example": "allow"}
    assert next(iter(fields["permission"])) == "*", "the last rule that matches wins, so the denial has to come first"


def test_opencode_holds_to_patterns_of_commands_and_agents() -> None:
    fields, _, losses = lowered("opencode", agent("tools: Bash(git:*), Agent(scout, digger)\n"))

    assert fields["permission"]["bash"] == {"*": "deny", "git": "allow", "git *": "allow"}
    assert fields["permission"]["task"] == {"*": "deny", "scout": "allow", "digger": "allow"}
    assert losses == []


@pytest.mark.parametrize(
    "target, ours, theirs, every",
    [
        ("claude-code", "mcp__backcheck__audit", "mcp__hive__count", "mcp__hive__*"),
        ("plugin", "mcp__plugin_backcheck_backcheck__audit", "mcp__hive__count", "mcp__hive__*"),
        ("copilot", "backcheck/audit", "hive/count", "hive/*"),
        ("gemini", "mcp_backcheck_audit", "mcp_hive_count", "mcp_hive_*"),
        ("opencode", "backcheck_audit", "hive_count", "hive_*"),
    ],
)
@pytest.mark.parametrize(
    "written", ["mcp__plugin_backcheck_backcheck__audit", "mcp__backcheck__audit", "backcheck/audit"]
)
def test_mcp_tools_are_named_as_their_packaging_wants(
    target: str, ours: str, theirs: str, every: str, written: str
) -> None:
    fields, _, losses = lowered(target, agent(f"tools: [{written}, mcp__hive__count, mcp__hive]\n"))
    rules = fields.get("permission")
    named = fields["tools"] if rules is None else [name for name, rule in rules.items() if rule == "allow"]

    assert (named.split(", ") if isinstance(named, str) else named) == [ours, theirs, every]
    assert [one for one in losses if one.startswith("needs") and "backcheck" in one]


def test_gemini_is_told_of_placeholders_that_would_end_a_run() -> None:
    _, body, losses = lowered("gemini", agent("", "Say ${query}.\nCall `/users/${id}`.\n"))

    assert body.endswith("${id}`.\n")
    assert "loses ${id}" in losses
    assert "loses ${query}" not in losses


def test_codex_gets_instructions_where_the_text_is_empty() -> None:
    _, body, losses = lowered("codex", agent("", ""))

    assert body == "Keeps bees."
    assert "changes an empty text" in losses


def test_copilot_tells_of_a_text_that_github_does_not_take() -> None:
    _, _, losses = lowered("copilot", agent("", "x" * 30_001))

    assert "loses 30001 characters of text" in losses


def test_names_become_slugs_where_a_client_takes_nothing_else() -> None:
    fields, _, losses = lowered("gemini", agent("", name="Bee_Keeper (Zürich)"))

    assert fields["name"] == "bee_keeper-zurich"
    assert "changes name: Bee_Keeper (Zürich)" in losses


@pytest.mark.parametrize("name", ["../../etc/passwd", "后端", ".", "a/b", "x" * 300, "CON: x"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    for target in TARGETS:
        file = exported([agent("", name=json.dumps(name))], target)[0]
        assert Path(file.path).name.rpartition(".")[0].strip("abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
        assert ".." not in file.path
        assert len(Path(file.path).name) < 100


def test_two_agents_that_would_be_one_file_are_refused() -> None:
    with pytest.raises(UsageError, match=r"would both be"):
        exported([agent("", name="Bee Keeper"), agent("", name="bee-keeper")], "cursor")


def test_an_alias_bomb_is_refused() -> None:
    bomb = "x0: &x0 [a, a]\n" + "".join(f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]\n" for n in range(1, 30))

    with pytest.raises(UsageError, match="holds too much"):
        exported([agent(bomb)], "claude-code")


def test_a_plugin_has_a_manifest_that_names_no_folder() -> None:
    manifest = exported([agent("")], "plugin")[-1]

    assert manifest.path == ".claude-plugin/plugin.json"
    assert set(json.loads(manifest.text)) == {"name", "version", "description", "author"}


@pytest.mark.parametrize(
    "target, name",
    [
        ("claude-code", "Explore"),
        ("codex", "worker"),
        ("copilot", "task"),
        ("gemini", "cli_help"),
        ("opencode", "build"),
    ],
)
def test_who_takes_the_place_of_a_client_s_own_agent_is_told(target: str, name: str) -> None:
    assert f"changes name: {name}" in lowered(target, agent("", name=name))[2]
    assert f"changes name: {name}" not in lowered("plugin", agent("", name=name))[2]
