"""The forgiving loader: any definition that holds a description loads, and every mend is on record."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backcheck.definitions.agents import find_agent, load_agent, shipped_agents
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.definitions.agents import Agent


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str | bytes], Agent]:
    def write_and_load(content: str | bytes) -> Agent:
        path = tmp_path / "keeper.md"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_agent(path)

    return write_and_load


def rules(agent: Agent) -> dict[str, int]:
    return {recovery.rule: recovery.line for recovery in agent.recoveries}


def test_a_strict_definition_loads_with_every_field_and_without_a_mend(load: Callable[[str], Agent]) -> None:
    agent = load(
        "---\nname: keeper\ndescription: >\n  Keeps\n  bees\ntools: [Read, Bash]\nmodel: sonnet\ncolor: green\n"
        "priority: high\ncontext_mode: minimal\nhome: yes\n---\n\nYou keep bees.\n"
    )

    assert (agent.name, agent.description, agent.tools, agent.model) == (
        "keeper",
        "Keeps bees\n",
        ("Read", "Bash"),
        "sonnet",
    )
    assert (agent.color, agent.priority, agent.context_mode) == ("green", "high", "minimal")
    assert agent.fields["home"] == "yes"
    assert (agent.body, agent.body_line) == ("\nYou keep bees.\n", 13)
    assert agent.recoveries == ()


@pytest.mark.parametrize(
    "front, description, rule, line",
    [
        pytest.param(
            'name: keeper\ndescription: Keeps bees. Examples: <example>user: "Feed them" assistant: "Done"</example>\ncolor: red',
            'Keeps bees. Examples: <example>user: "Feed them" assistant: "Done"</example>',
            "unquoted-colon",
            3,
            id="colon",
        ),
        pytest.param(
            "name: keeper\ndescription: Keeps bees: all.\\n\\nuser: feed\ncolor: red",
            "Keeps bees: all.\n\nuser: feed",
            "literal-newline",
            3,
            id="literal newline",
        ),
        pytest.param(
            'name: keeper\ndescription: Keeps bees.\n\nExamples:\nContext: spring\nuser: "Feed"\nassistant: "Yes"\ncolor: red',
            'Keeps bees.\n\nExamples:\nContext: spring\nuser: "Feed"\nassistant: "Yes"',
            "unindented-text",
            3,
            id="unindented text",
        ),
        pytest.param(
            "name: keeper\ndescription: one\n  two: three\ncolor: red",
            "one two: three",
            "unquoted-colon",
            3,
            id="indented colon",
        ),
        pytest.param(
            "name: keeper\ndescription: '**Keeps** bee's'\ncolor: red",
            "**Keeps** bee's",
            "unquoted-text",
            3,
            id="apostrophe",
        ),
        pytest.param(
            "name: keeper\ndescription: **Keeps** bees\ncolor: red", "**Keeps** bees", "unquoted-text", 3, id="alias"
        ),
        pytest.param("name: keeper\ndescription: [a] hive\ncolor: red", "[a] hive", "unquoted-text", 3, id="bracket"),
        pytest.param(
            "name: keeper\ndescription: knows C # and bees\ncolor: red",
            "knows C # and bees",
            "silently-cut",
            3,
            id="comment",
        ),
        pytest.param(
            "name: keeper\ndescription: &bee keeper\ncolor: red", "&bee keeper", "silently-cut", 3, id="anchor"
        ),
        pytest.param("name: keeper\ndescription: !very good\ncolor: red", "!very good", "unquoted-text", 3, id="tag"),
        pytest.param(
            "name: keeper\ndescription: |\nKeeps\nbees\ncolor: red", "Keeps\nbees\n", "unindented-block", 3, id="block"
        ),
        pytest.param(
            "    name: keeper\n    description: bees\n    color: red", "bees", "indented-front-matter", 2, id="indented"
        ),
        pytest.param(
            'name: keeper\ndescription: "a "b" c"\ncolor: red', 'a "b" c', "unquoted-text", 3, id="inner quotes"
        ),
        pytest.param(
            "Name: keeper\nDescription: Keeps: bees\nColor: red", "Keeps: bees", "unquoted-colon", 3, id="capital keys"
        ),
    ],
)
def test_what_strict_yaml_refuses_or_cuts_is_read_as_it_was_meant(
    load: Callable[[str], Agent], front: str, description: str, rule: str, line: int
) -> None:
    agent = load(f"---\n{front}\n---\nBody\n")

    assert (agent.name, agent.description, agent.color, agent.body) == ("keeper", description, "red", "Body\n")
    assert rules(agent)[rule] == line


@pytest.mark.parametrize(
    "content, rule",
    [
        (b"\xef\xbb\xbf---\nname: keeper\ndescription: caf\xc3\xa9\n---\nBody\n", "byte-order-mark"),
        ("---\nname: keeper\ndescription: café\n---\nBody\n".encode("utf-16"), "utf-16"),
        ("---\nname: keeper\ndescription: café\n---\nBody\n".encode("utf-16-le"), "utf-16"),
        ("---\nname: keeper\ndescription: café\n---\nBody\n".encode("utf-16-be"), "utf-16"),
        ("---\nname: keeper\ndescription: café\n---\nBody\n".encode("cp1252"), "windows-1252"),
        ("---\r\nname: keeper\r\ndescription: café\r\n---\r\nBody\r\n".encode(), "carriage-return"),
        ("---\nname: keeper\ndescription: ca\0fé\n---\nBody\n".encode(), "nul"),
        ("\n\n---\nname: keeper\ndescription: café\n---\nBody\n".encode(), "text-before-front-matter"),
        ("<!-- bees -->\n---\nname: keeper\ndescription: café\n---\nBody\n".encode(), "text-before-front-matter"),
        ("```markdown\n---\nname: keeper\ndescription: café\n---\nBody\n```".encode(), "code-fence"),
        ("----\nname: keeper\ndescription: café\n----\nBody\n".encode(), "loose-fence"),
        ("---\nname: keeper\ndescription: café\n...\nBody\n".encode(), "loose-fence"),
        ("---\nname: keeper\ndescription: café\n\nBody\n".encode(), "no-closing-fence"),
    ],
)
def test_odd_bytes_and_fences_are_mended_and_recorded(
    load: Callable[[bytes], Agent], content: bytes, rule: str
) -> None:
    agent = load(content)

    assert (agent.name, agent.description, agent.body.strip()) == ("keeper", "café", "Body")
    assert rule in rules(agent)


@pytest.mark.parametrize(
    "content, why",
    [
        ("---\nname: keeper\n---\nBody\n", "has no description"),
        ("---\nname: keeper\ndescription:\n---\nBody\n", "has no description"),
        ("---\nname: keeper\ndescription: []\n---\nBody\n", "description that is no text"),
        ("Just text.\n", "has no front matter"),
        ("", "has no front matter"),
        (b"\x00\xff\xfe\x01" * 50, "has no front matter"),
        (b"---\ndescription: x\n---\n" + b"a" * (2 << 20), "is larger than 1048576 bytes"),
    ],
)
def test_what_holds_no_description_is_refused_by_its_name(
    load: Callable[[str | bytes], Agent], content: str | bytes, why: str
) -> None:
    with pytest.raises(UsageError, match=why) as refusal:
        load(content)

    assert "keeper.md" in str(refusal.value)
    assert refusal.value.help


@pytest.mark.parametrize(
    "bomb",
    [
        "a: " + "[" * 100_000,
        "a: " + "{a: " * 5_000,
        "a: &a [x]\n"
        + "".join(f"b{n}: &b{n} [{', '.join(['*a' if not n else f'*b{n - 1}'] * 9)}]\n" for n in range(9)),
        "? [a]\n: b",
        "a: 2026-99-99",
        "- a\n- b",
    ],
)
def test_yaml_made_to_break_readers_does_not_break_this_one(load: Callable[[str], Agent], bomb: str) -> None:
    assert load(f"---\nname: keeper\ndescription: Keeps bees\n{bomb}\n---\nBody\n").description.startswith("Keeps bees")


@pytest.mark.parametrize(
    "tools, names",
    [
        ("tools: Read, Grep, mcp__a__b", ("Read", "Grep", "mcp__a__b")),
        ("tools: Read Grep", ("Read", "Grep")),
        ("tools: |\n  Read\n  Grep", ("Read", "Grep")),
        ("tools:\n  - Read\n  - Grep", ("Read", "Grep")),
        ("tools:\n\t- Read", ("Read",)),
        ("tools: \"['Read', 'Grep']\"", ("Read", "Grep")),
        ("tools: Bash(git status:*), Agent(a, b)", ("Bash(git status:*)", "Agent(a, b)")),
        ("tools: {Read: true, Bash: false}", ("Read",)),
        ("tools:", ()),
        ("tools: []", ()),
        ('tools: ""', ()),
        ("tools: 5", ("5",)),
        ("allowed-tools: Read", ("Read",)),
        ("Allowed_Tools: Read", ("Read",)),
        ("color: red", None),
    ],
)
def test_tools_of_every_shape_are_read_and_absent_is_not_empty(
    load: Callable[[str], Agent], tools: str, names: tuple[str, ...] | None
) -> None:
    assert load(f"---\nname: keeper\ndescription: Keeps bees\n{tools}\n---\n").tools == names


def test_a_missing_name_is_the_files(load: Callable[[str], Agent]) -> None:
    assert load("---\ndescription: Keeps bees\n---\n").name == "keeper"


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")

    for path in (tmp_path / "pipe.md", Path("/dev/zero"), tmp_path):
        with pytest.raises(UsageError, match=r"is no regular file|Is a directory"):
            load_agent(path)
    with pytest.raises(UsageError, match="cannot read"):
        load_agent(Path("a\0b"))


def test_an_agent_is_found_by_name_or_path_and_else_refused_with_names(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("---\nname: keeper\ndescription: Keeps bees\n---\n")

    assert find_agent("backend-developer").name == "backend-developer"
    assert find_agent(str(tmp_path / "x.md")).name == "keeper"
    with pytest.raises(UsageError, match="no agent 'backend-developr'") as refusal:
        find_agent("backend-developr")
    assert "backend-developer" in refusal.value.help
    with pytest.raises(UsageError, match=r"cannot read .*nowhere\.md"):
        find_agent(str(tmp_path / "nowhere.md"))


def test_no_two_shipped_agents_share_a_name() -> None:
    names = [agent.name for agent in shipped_agents()]

    assert len(names) == len(set(names)) >= 5
    assert all(agent.path.stem == agent.name and not agent.recoveries for agent in shipped_agents())
