"""Clients: what Claude Code 2.1.329 was seen to make of a definition."""

from __future__ import annotations

import re
import time
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
    "front, kept, why",
    [
        (
            "name: keeper\ndescription: knows C # and bees",
            "knows C",
            "line 3: ' #' begins a comment; 7 of 18 characters",
        ),
        ("name: keeper\ndescription: &bee keeper", "keeper", "line 3: '&' begins the name of an anchor"),
        ("name: keeper\ndescription: !very good", "good", "line 3: '!' begins a tag"),
        ("name: keeper\ndescription: keeps --- bees", "keeps", "the '---' in line 3"),
        ("name: keeper\ndescription: |\n  one\n  ---\n  two", "one\n", "the '---' in line 5"),
        ('name: keeper\ndescription: Keeps.\n\nuser: "Feed"\n', "Keeps.", "above line 5: 'user:' is taken for a key"),
    ],
)
def test_these_lose_part_of_their_description_without_a_word(front: str, kept: str, why: str) -> None:
    found = loaded(f"---\n{front}\n---\nBody")

    assert (found.outcome, found.description) == ("changed", kept)
    assert why in found.reason


def test_bytes_that_are_not_utf_8_are_changed() -> None:
    found = load_in(CLAUDE_CODE, b"---\nname: keeper\ndescription: caf\xe9\n---\n", Path("keeper.md"), meant="caf\xe9")

    assert (found.outcome, found.description) == ("changed", "caf\ufffd")
    assert "not UTF-8" in found.reason


def test_a_name_that_is_cut_is_changed() -> None:
    found = loaded("---\nname: &bee keeper\ndescription: bees\n---\n")

    assert (found.outcome, found.name) == ("changed", "keeper")
    assert "line 2: '&'" in found.reason


@pytest.mark.parametrize(
    "content, why",
    [
        ("---\nname: keeper\ndescription: 'bee's'\n---\n", r"line 3 is not YAML: .*begins and ends with a quote"),
        ("---\nname: keeper\ndescription: one\n  two: three\n---\n", r"line 4 is not YAML: a `: ` .*only `key: value`"),
        ("---\r\nname: keeper\r\ndescription: one: two\r\n---\r\n", r"line 3 is not YAML: a `: ` .*CR LF"),
        ("---\nname: keeper\ndescription: bees and:\n---\n", r"line 3 is not YAML: a `: ` .*`:` that ends it"),
        ("---\nname: keeper\ndescription: a\0b\n---\n", r"line 3 is not YAML: a character .*'description: a\\\\x00b'"),
        ("---\nname: keeper\ndescription: a: b\nk: |\n  c\n---\n", r"line 5 is not YAML: .*the '\|' or '>' above"),
        ("---\nname: keeper\ndescription: bees\n<b>\n---\n", r"line 4 is not YAML: .*'<b>'"),
        ("\n---\nname: keeper\ndescription: bees\n---\n", "very first line .*blank lines stand before it"),
        ("<!-- c -->\n---\nname: keeper\ndescription: bees\n---\n", "a comment stands before it"),
        ("```yaml\n---\nname: keeper\ndescription: bees\n---\n```\n", "inside a code fence"),
        ("----\nname: keeper\ndescription: bees\n----\n", "here it is '----'"),
        (" ---\nname: keeper\ndescription: bees\n---\n", "indented"),
        ("Keep bees.\n", "does not begin with a front matter"),
        ("", "empty"),
        ("---\rname: keeper\rdescription: bees\r---\r", "CR alone"),
        ("---\nname: keeper\ndescription: bees\n...\n", "no end"),
        ("---\nname: a:b\ndescription: bees\n---\n", "colon"),
        (f"---\nname: {'n' * 257}\ndescription: bees\n---\n", "longer than 256"),
        ("---\nname: 12\ndescription: bees\n---\n", "the number 12 and no text"),
        ("---\ndescription: bees\n---\n", "there is no name$"),
        ("---\nName: keeper\ndescription: bees\n---\n", "does not know the key 'Name'"),
        ("---\nname: keeper\ndescription:\n---\n", "no description: the field is empty"),
        ("---\nname: keeper\ndescription: 5\n---\n", "the number 5 and no text"),
        ("---\nname: keeper\ndescription: [a]\n---\n", "a list and no text"),
        ("---\n- name: keeper\n---\n", "a list, and no mapping"),
        ("---\nname: keeper\ndescription: bees\nhooks: 3\n---\n", "hooks"),
        ("---\nname: keeper\ndescription: bees\n---\n" + "b" * (1 << 20), "at most 1048576"),
    ],
)
def test_these_are_dead_and_the_reason_is_told(content: str, why: str) -> None:
    found = loaded(content)

    assert (found.outcome, found.name, found.description) == ("dead", None, None)
    assert re.search(why, found.reason)


def test_a_file_in_utf_16_is_dead_and_the_reason_is_told() -> None:
    data = "---\nname: keeper\ndescription: bees\n---\n".encode("utf-16")

    assert "UTF-16" in load_in(CLAUDE_CODE, data, Path("keeper.md"), meant="bees").reason


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
        ("tools: edit/editFiles, github/*, Read", ("Read",), ("edit/editFiles", "github/*"), ()),
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


@pytest.mark.parametrize(
    "front, gained",
    [
        ("allowed-tools: Read, Grep, Glob, Bash, Edit", {"Write", "WebFetch", "Agent"}),
        ("tool: Read", {"Bash", "Write", "WebFetch"}),
        ("denied-tools: Write", {"Write"}),
        ("Tools: Read", {"Bash", "Write", "WebFetch"}),
        ("disallowed_tools: Write", {"Write"}),
        ("disallowedTools: bash, MultiEdit", {"Bash", "Edit"}),
        ('disallowedTools: "*"', {"Read", "Bash", "Write"}),
    ],
)
def test_a_misspelt_restriction_is_ignored_and_what_it_forbade_is_gained(front: str, gained: set[str]) -> None:
    found = loaded(f"---\nname: keeper\ndescription: bees\n{front}\n---\n").tools

    assert found.written is None
    assert gained <= set(found.gained) <= set(found.effective)


@pytest.mark.parametrize("front", ["allowed-tools: Read", "disallowed_tools: Write"])
def test_what_a_misspelt_restriction_allows_is_not_gained(front: str) -> None:
    assert "Read" not in loaded(f"---\nname: keeper\ndescription: bees\n{front}\n---\n").tools.gained


@pytest.mark.parametrize(
    "text",
    [
        "[" * (1 << 19),
        "---\nname: keeper\ndescription: bees\nk: " + "[" * (1 << 19) + "\n---\n",
        "---\n" + "- " * (1 << 18) + "\n---\n",
        "---\n" + "\n" * (1 << 19),
        "---\nname: keeper\ndescription: " + "\"a' " * (1 << 17) + "\n---\n",
        "---\nname: keeper\nd: &d [x]\n" + "".join(f"d: &d [{'*d,' * 9}]\n" for _ in range(400)) + "? *d\n: x\n---\n",
    ],
)
def test_no_text_keeps_the_reader_long(text: str) -> None:
    start = time.monotonic()
    load_in(CLAUDE_CODE, text.encode(), Path("keeper.md"), meant=None)

    assert time.monotonic() - start < 5


def test_a_client_that_nobody_measured_is_refused() -> None:
    with pytest.raises(UsageError, match="'other@1'"):
        load_in("other@1", b"", Path("keeper.md"), meant=None)
