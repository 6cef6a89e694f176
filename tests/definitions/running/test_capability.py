"""Capability: what an agent may use in our own runner. It never fails open."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcheck.definitions.agents import Agent, parse_agent, shipped_agents
from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.definitions.running.capability import DEFAULT, grant
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
        ("tools: Read, Bash, Grep\nallowed-tools: Read, Grep, Glob", ("read", "grep")),
        ("tools: {Read: true, Bash: false}", ("read",)),
        ("tools:\n  - Read, Grep\n  - Bash: false", ("read", "grep")),
        ("tools: none", ()),
        ("readonly: true", ("read", "grep", "glob")),
        ("tools: '*'\npermissionMode: plan", ("read", "grep", "glob", "routes", "audit", "explain")),
        ("tools: Read, mcp__backcheck__*", ("read", "routes", "audit", "explain", "docs")),
    ],
)
def test_a_restriction_holds_also_where_it_is_misspelt_or_narrow(front: str, tools: tuple[str, ...]) -> None:
    assert grant(agent(front)).tools == tools


def given(found: Agent) -> tuple[str, ...]:
    """The tools that the agent gets; none where it is refused."""
    try:
        return grant(found).tools
    except UsageError:
        return ()


BASH = {"bash"}
CHANGES = {"write", "edit", "bash"}
BACKEND = {"routes", "audit", "explain", "docs"}

FORBIDS = [
    # Maps of switches.
    ("tools: {Read: allow, Bash: deny}", CHANGES),
    ("tools: {Read: true, Bash: ask}", CHANGES),
    ("tools: {Read: true, Bash: 0}", CHANGES),
    ("tools: {Read: true, Bash: 'no'}", CHANGES),
    ("tools: {Read: true, Bash: null}", CHANGES),
    ("tools: {Read: true, Bash: {'git *': allow}}", CHANGES),
    ("tools: {'*': false, Read: true}", CHANGES),
    ("tools: {'*': true, Bash: false}", BASH),
    ("tools: {write: false, edit: false, bash: false}", CHANGES),
    # Words that take away inside a list.
    ("tools: ['*', '!Bash']", BASH),
    ("tools: '* except Bash'", BASH),
    ("tools: all except Bash", BASH),
    ("tools: Read, -Bash", BASH),
    ("tools: read-only", CHANGES),
    # Patterns, whole and broken.
    ("tools: Read, Bash(git:*)", BASH),
    ("tools: Read, Bash(git:*", BASH),
    ("tools: Read, Bash (git:*)", BASH),
    ("tools: Read, Bash (Read)", BASH),
    ("tools: Read, Bash()", BASH),
    ("tools: Read, Bash(echo $(Read))", BASH),
    ("tools: ['Read', 'Bash(git:*)']", BASH),
    ("tools: ['Read', 'Bash(git:*']", BASH),
    ("tools: ['Read, Bash(git:*)']", BASH),
    ("tools: Read(./src/**)", {"read", "bash"}),
    # Values that are no list.
    ("tools: ~", CHANGES),
    ("tools: false", CHANGES),
    ("tools: {}", CHANGES),
    ("tools: 'null'", CHANGES),
    ("tools: 0", CHANGES),
    ("tools: true", CHANGES),
    ("tools: !!set {Read}", CHANGES),
    # Keys that name what is allowed.
    *((f"{key}: Read", CHANGES) for key in (
        "tool", "TOOLS", "tols", "toolz", "allowed_tools", "AllowedTools", "alowed-tools", "allowed tools", "permitted-tools",
        "available_tools", "enabledTools", "tools ", "\uff54ools", "t\u043eols", "tools\u200b", "Toolset", "tool_choice",
    )),
    ("allowlist: [Read]", CHANGES),
    ("tools: Read\nallowed-tools: Read, Bash", BASH),
    ("config: {tools: [Read]}", CHANGES),
    ("<<: {tools: Read}", CHANGES),
    # Keys that name what is not.
    *((f"{key}: Bash", BASH) for key in (
        "disallowed_tools", "disallowedtools", "DisallowedTools", "dissallowedTools", "disalowed-tools", "disallowTools",
        "disallowed", "disallowed tools", "deniedTools", "denied-tools", "deny", "blocked_tools", "excludeTools",
        "excluded_tools", "forbidden-tools", "forbid", "disabledTools", "banned_tools", "no-tools", "restrictedTools",
        "tools_denied", "tools-disallowed",
    )),
    ("base: &b {disallowedTools: Bash}\n<<: *b", BASH),
    ("settings: {disallowedTools: [Bash]}", BASH),
    *((f"disallowedTools: {value}", BASH) for value in (
        "'*'", "bash", "BASH", "shell", "run_shell_command", "Bash(rm -rf *)", "Bash (rm:*)", "Bash(rm:*", "{Bash: true}",
        "{Bash: false}", "[{Bash: 'rm *'}]", "[[Bash]]", "Bash; Write", "Bash / Write", "Bash and Write", "[Bsah]",
    )),
    *((f"tools: '*'\ndisallowedTools: {value}", BACKEND) for value in (
        "mcp__backcheck", "mcp__*", "mcp__plugin_backcheck_backcheck__*",
    )),
    ("tools: '*'\ndisallowedTools: mcp__backcheck__docs", {"docs"}),
    # Words about one tool.
    *((line, BASH) for line in ("bash: false", "Bash: deny", "no_bash: true", "allow-bash: 'no'", "can_execute: false")),
    ("can_write: false", {"write", "edit"}),
    # Deeper down.
    ("claude: {settings: {disallowedTools: [Bash]}}", BASH),
    ("tools: {allow: [Read], deny: [Bash]}", CHANGES),
    ("tools: {allowed: [Read, Bash], disallowed: [Bash]}", BASH),
    ("tools: [{name: Read}, {name: Grep}]", CHANGES),
    ("tools: [{Bash: {allow: git}}]", BASH),
    ("tools: {Bash: 'git *', Read: true}", BASH),
    # Permissions of other clients.
    ("permissions: [{deny: Bash}]", BASH),
    ("permissions: [read]", CHANGES),
    ("permissions: {allow: [Read]}", CHANGES),
    ("permission: {edit: deny, bash: deny}", CHANGES),
    ("permission: {edit: ask, bash: {'*': ask}}", CHANGES),
    ("permission: {bash: {'*': deny, 'git status': allow}}", BASH),
    ("permissions: {deny: [Bash, Write]}", {"bash", "write"}),
    ("permissions: {deny: 'Bash(rm:*)'}", BASH),
    *((f"{line}", CHANGES) for line in (
        "permission: deny", "permissions: read-only", "permission_mode: Plan", "permissionMode: plan-mode", "readOnly: 'yes'",
        "read_only: on", "is_readonly: true", "sandbox_mode: read-only", "sandbox: readonly", "mode: read-only", "access: read",
    )),
]  # fmt: skip


@pytest.mark.parametrize("front, forbidden", FORBIDS)
def test_no_tool_is_given_that_a_careful_reader_would_call_forbidden(front: str, forbidden: set[str]) -> None:
    assert forbidden.isdisjoint(given(agent(front)))


@pytest.mark.parametrize(
    "front, forbidden",
    [
        ("disallowed_tools: Bash", BASH),
        ("DisallowedTools: Bash", BASH),
        ("tool: Read", CHANGES),
        (" tools: Read", CHANGES),
        ("readOnly: true", CHANGES),
        ("permission:\n  bash: deny", BASH),
        ("allowedTools: [Read]", CHANGES),
        ("tools = Read", CHANGES),
        ("disallowedTools:Bash", BASH),
        ("- tools: Read", CHANGES),
    ],
)
@pytest.mark.parametrize("above", ['description: Keeps "x": y', "description: Keeps: bees\n\nuser: hi\nmore: of it"])
def test_mending_a_front_matter_loses_no_restriction(above: str, front: str, forbidden: set[str]) -> None:
    content = f"---\nname: keeper\n{above}\n{front}\n---\n".encode()
    assert forbidden.isdisjoint(given(parse_agent(content, Path("keeper.md"))))


@pytest.mark.parametrize(
    "front",
    [
        "color: red",
        "category: tools",
        "tags: [allow, deny]",
        "mode: subagent",
        "allow: everything",
        "bash: true",
        "can_write: 'yes'",
        "note: deny",
    ],
)
def test_what_says_nothing_of_tools_restricts_nothing(front: str) -> None:
    assert grant(agent(front)).tools == DEFAULT


def test_a_name_that_is_nearly_one_is_told_with_it() -> None:
    with pytest.raises(UsageError) as caught:
        grant(agent("tools: READ"))

    assert "Read" in caught.value.help


def test_every_name_of_the_catalogue_leads_to_a_live_tool_or_to_none() -> None:
    ours = {catalogue().tool(name) for name in catalogue().live} - {None}

    assert {catalogue().today(name) for name in catalogue().names()} <= {*catalogue().live, None}
    assert ours <= load_tool_pages().keys()


def test_every_shipped_agent_can_run_here() -> None:
    for shipped in shipped_agents():
        assert {"read", "write", "edit"} <= set(grant(shipped).tools)


@pytest.mark.parametrize("front", ["tools: Read\ntools: Bash", "disallowedTools: Bash\ndisallowedTools: Read"])
def test_a_list_that_stands_twice_is_refused_with_its_line(front: str) -> None:
    with pytest.raises(UsageError, match=r"keeper\.md:5: '\w+' stands twice"):
        grant(agent(front))


def test_a_foreign_name_that_is_forbidden_takes_whatever_changes_a_file() -> None:
    assert {"edit", "write"}.isdisjoint(grant(agent("disallowedTools: edit")).tools)
    assert "write" in grant(agent("disallowedTools: Edit")).tools


def test_a_foreign_tool_without_a_like_here_is_no_retired_one() -> None:
    (lost,) = grant(agent("tools: Read, edit/createDirectory")).lost

    assert "another client's" in lost.why
