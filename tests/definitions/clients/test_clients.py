"""Clients: what Claude Code 2.1.329 was seen to make of a definition."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcheck.definitions.agents import parse_agent
from backcheck.definitions.clients import CLAUDE_CODE, Loaded, load_in
from backcheck.errors import UsageError


def loaded(content: str, path: str = "keeper.md") -> Loaded:
    data = content.encode()
    try:
        meant = parse_agent(data, Path(path)).description
    except UsageError:
        meant = None
    return load_in(CLAUDE_CODE, data, Path(path), meant=meant)


@pytest.mark.parametrize(
    "front",
    [
        "name: keeper\ndescription: Keeps bees",
        'name: keeper\ndescription: Keeps bees. user: "Feed" assistant: "Done"',
        "name: keeper\ndescription: one.\\n\\nuser: two",
        "name: keeper\ndescription: [a] hive",
        "name: keeper\ndescription: %hive",
        "name: keeper\ndescription: bees\ntools:\n\t- Read",
        "name: yes\ndescription: bees",
        "name: 2026-01-01\ndescription: bees",
        "name: Bee Keeper\ndescription: bees",
    ],
)
def test_these_load_as_written(front: str) -> None:
    assert loaded(f"---\n{front}\n---\nBody").outcome == "loads"


@pytest.mark.parametrize(
    "front, kept",
    [
        ("name: keeper\ndescription: knows C # and bees", "knows C"),
        ("name: keeper\ndescription: &bee keeper", "keeper"),
        ("name: keeper\ndescription: !very good", "good"),
        ('name: keeper\ndescription: Keeps.\n\nuser: "Feed"\n', "Keeps."),
    ],
)
def test_these_lose_part_of_their_description_without_a_word(front: str, kept: str) -> None:
    found = loaded(f"---\n{front}\n---\nBody")

    assert (found.outcome, found.description) == ("changed", kept)
    assert "cut" in found.reason


@pytest.mark.parametrize(
    "content, why",
    [
        ("---\nname: keeper\ndescription: 'bee's'\n---\n", "not YAML"),
        ("---\nname: keeper\ndescription: one\n  two: three\n---\n", "not YAML"),
        ("---\r\nname: keeper\r\ndescription: one: two\r\n---\r\n", "not YAML"),
        ("---\nname: keeper\ndescription: a\0b\n---\n", "not YAML"),
        ("\n---\nname: keeper\ndescription: bees\n---\n", "does not begin"),
        ("----\nname: keeper\ndescription: bees\n----\n", "does not begin"),
        ("---\nname: keeper\ndescription: bees\n...\n", "does not begin"),
        ("---\nname: a:b\ndescription: bees\n---\n", "colon"),
        ("---\nname: 12\ndescription: bees\n---\n", "no text"),
        ("---\ndescription: bees\n---\n", "no name"),
        ("---\nname: keeper\ndescription: 5\n---\n", "no text"),
        ("---\nname: keeper\ndescription: bees\nhooks: 3\n---\n", "hooks"),
    ],
)
def test_these_are_dead_and_the_reason_is_told(content: str, why: str) -> None:
    found = loaded(content)

    assert (found.outcome, found.name, found.description) == ("dead", None, None)
    assert why in found.reason


@pytest.mark.parametrize("path", ["keeper.txt", "keeper.MD", "keeper.mdc", "keeper"])
def test_a_file_of_another_ending_is_dead(path: str) -> None:
    assert loaded("---\nname: keeper\ndescription: bees\n---\n", path).outcome == "dead"


@pytest.mark.parametrize(
    "tools, effective, lost, unknown",
    [
        ("tools: Read, Grep, Glob", ("Read", "Grep", "Glob"), (), ()),
        ("tools: Read, Grep, Bash", ("Read", "Bash"), ("Grep",), ()),
        ("tools: Read, MultiEdit, Task", ("Read", "Agent"), ("MultiEdit",), ()),
        ("tools: read, write", (), ("read", "write"), ()),
        ("tools: All tools", (), (), ("All", "tools")),
        ("tools: Read, mcp__a__b", ("Read",), ("mcp__a__b",), ()),
        ("tools:", (), (), ()),
        ("tools: 5", (), (), ()),
        ("tools: {Read: true}", (), (), ()),
        ("tools: Read, Write\ndisallowedTools: Write", ("Read",), ("Write",), ()),
    ],
)
def test_tools_are_told_as_the_client_resolves_them(
    tools: str, effective: tuple[str, ...], lost: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    found = loaded(f"---\nname: keeper\ndescription: bees\n{tools}\n---\n").tools

    assert (found.effective, found.lost, found.unknown) == (effective, lost, unknown)


def test_a_misspelt_restriction_is_ignored_and_what_it_forbade_is_gained() -> None:
    found = loaded("---\nname: keeper\ndescription: bees\nallowed-tools: Read\n---\n").tools

    assert found.written is None
    assert "Bash" in found.gained
    assert "Read" not in found.gained


def test_a_client_that_nobody_measured_is_refused() -> None:
    with pytest.raises(UsageError, match="'other@1'"):
        load_in("other@1", b"", Path("keeper.md"), meant=None)
