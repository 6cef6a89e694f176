"""Capability: what an agent may use in our own runner. It never fails open."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcheck.definitions.agents import Agent, parse_agent, shipped_agents
from backcheck.definitions.capability import DEFAULT, grant
from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.definitions.tools import load_tool_pages
from backcheck.errors import UsageError


def agent(front: str) -> Agent:
    return parse_agent(f"---\nname: keeper\ndescription: Keeps bees\n{front}\n---\n".encode(), Path("keeper.md"))


def test_an_absent_list_gives_the_stated_default() -> None:
    given = grant(agent("color: red"))

    assert given.tools == DEFAULT == ("read", "write", "edit", "grep", "glob", "bash")
    assert "default" in given.stated


@pytest.mark.parametrize("front", ["tools:", "tools: []", 'tools: ""', "tools: {Read: false}"])
def test_an_empty_list_gives_nothing(front: str) -> None:
    assert grant(agent(front)).tools == ()


@pytest.mark.parametrize(
    "names, tools",
    [
        ("Read, Grep, Bash", ("read", "grep", "bash")),
        ("Read, MultiEdit", ("read", "edit")),
        ("LS, NotebookRead", ("glob", "read")),
        ("read_file, run_shell_command", ("read", "bash")),
        ("mcp__plugin_backcheck_backcheck__audit, mcp__backcheck__routes", ("audit", "routes")),
        ("audit, explain", ("audit", "explain")),
        ("*", (*DEFAULT, "routes", "audit", "explain", "docs")),
    ],
)
def test_names_resolve_to_the_tools_of_today(names: str, tools: tuple[str, ...]) -> None:
    assert grant(agent(f"tools: '{names}'")).tools == tools


def test_a_retired_name_is_reported_with_what_it_became() -> None:
    assert grant(agent("tools: Read, MultiEdit")).renamed == (("MultiEdit", "edit"),)


@pytest.mark.parametrize(
    "name, why",
    [("mcp__gh__issues", "'gh'"), ("WebSearch", "WebSearch"), ("TodoWrite", "retired"), ("Bash(git:*)", "pattern")],
)
def test_what_cannot_be_given_is_reported_and_nothing_takes_its_place(name: str, why: str) -> None:
    given = grant(agent(f"tools: Read, {name}"))

    assert given.tools == ("read",)
    assert [(lost.name, why in lost.why) for lost in given.lost] == [(name, True)]


@pytest.mark.parametrize(
    "front", ["tools: Raed", "tools: All tools", "tools: 5", "disallowedTools: Bsah", "tools: Read; Grep"]
)
def test_an_unknown_name_is_refused_also_where_it_forbids(front: str) -> None:
    with pytest.raises(UsageError, match=r"keeper\.md.*unknown tool"):
        grant(agent(front))


@pytest.mark.parametrize(
    "front, tools",
    [
        ("disallowedTools: Bash, Write", ("read", "edit", "grep", "glob")),
        ("disallowed-tools: Bash", ("read", "write", "edit", "grep", "glob")),
        ("allowed-tools: Read", ("read",)),
        ("tools: Read, Bash\ndisallowedTools: Bash(rm:*)", ("read",)),
    ],
)
def test_a_restriction_holds_also_where_it_is_misspelt_or_narrow(front: str, tools: tuple[str, ...]) -> None:
    assert grant(agent(front)).tools == tools


def test_every_name_of_the_catalogue_leads_to_a_live_tool_or_to_none() -> None:
    ours = {catalogue().tool(name) for name in catalogue().live} - {None}

    assert {catalogue().today(name) for name in catalogue().names()} <= {*catalogue().live, None}
    assert ours <= load_tool_pages().keys()


def test_every_shipped_agent_can_run_here() -> None:
    for shipped in shipped_agents():
        assert {"read", "write", "edit"} <= set(grant(shipped).tools)
