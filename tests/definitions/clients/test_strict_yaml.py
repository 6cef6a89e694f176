"""The strict reader: what PyYAML makes of a front matter, and why it refuses one, in words and with the place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from backcheck.definitions.agents import parse_agent
from backcheck.definitions.clients import STRICT_YAML, Loaded, load_in
from backcheck.errors import UsageError


def loaded(content: str | bytes) -> Loaded:
    data = content if isinstance(content, bytes) else content.encode()
    try:
        meant = parse_agent(data, Path("keeper.md")).description
    except UsageError:
        meant = None
    return load_in(STRICT_YAML, data, Path("keeper.md"), meant=meant)


@pytest.mark.parametrize(
    "front",
    [
        "name: keeper\ndescription: Keeps bees",
        "name: keeper\ndescription: >\n  Keeps\n  bees",
        'name: keeper\ndescription: "a: b # c"',
        "name: keeper\ndescription: a\\nb",
        "name: keeper # not queen\ndescription: bees",
        "name: keeper\ndescription: bees\nmodel: [opus, sonnet]\nupdated: 2026-01-01",
    ],
)
def test_yaml_loads_as_written(front: str) -> None:
    assert (loaded(f"---\n{front}\n---\nBody").outcome, loaded(f"---\n{front}\n---\nBody").reason) == ("loads", "")


@pytest.mark.parametrize(
    "front, why",
    [
        ("name: yes\ndescription: bees", "the name 'yes' is read as the truth value True"),
        ("name: 1:30\ndescription: bees", "the name '1:30' is read as the number 90"),
        ("name: 2026-01-01\ndescription: bees", "the name '2026-01-01' is read as a date"),
        ("name: keeper\ndescription: 5", "the description '5' is read as the number 5"),
        ("name: keeper\ndescription: [a]", "the description \"['a']\" is read as a list"),
        ("name: keeper\ndescription: C # and bees", "the description is cut: 1 of 12 characters"),
        ("name: keeper\ndescription: #1 of keepers", "the description is cut: 0 of 13 characters"),
        ("name: keeper\ndescription: &bee keeper", "the description is cut: 6 of 11 characters"),
        ("name: keeper\ndescription: Bees.\nuser: hi", "the description is cut: 5 of 14 characters"),
    ],
)
def test_what_yaml_reads_otherwise_than_meant_is_told(front: str, why: str) -> None:
    found = loaded(f"---\n{front}\n---\nBody")

    assert (found.outcome, found.reason) == ("changed", why)


@pytest.mark.parametrize(
    "front, why",
    [
        ("description: a: b", "line 3, column 15: an unquoted text holds a colon and a space"),
        ("description: a\n  b: c", "line 4, column 4: an unquoted text holds a colon and a space"),
        ("description: a\nb\nc: d", "line 5, column 1: a line before this place is neither a field nor indented"),
        ("description: 'bee's'", "line 3, column 19: a text goes on where a value has ended"),
        ('description: "a\\d"', "line 3, column 17: a backslash before 'd' means nothing between double quotes"),
        ("description: **bees**", "line 3, column 15: an unquoted text begins with `*` or `&`"),
        ("description: *bees", "line 3, column 14: an unquoted text begins with `*`, and there is no anchor 'bees'"),
        ("description: !bees a", "line 3, column 14: an unquoted text begins with `!`, and '!bees' is no known tag"),
        ("description: @bees", "line 3, column 14: an unquoted text begins with '@'"),
        ("description: - bees", "line 3, column 14: an unquoted text begins with `- `"),
        ("description: 'bees", "line 4, column 1: a quote is never closed"),
        ("tools:\n\t- Read", "line 4, column 1: a tab stands where YAML takes only spaces"),
        ("tools: [Read, Bash", "line 4, column 1: a list in brackets is not closed"),
        ("tools: {{TOOLS}}", "line 3, column 9: a list or a mapping stands for a key"),
        ("description: |bees", "line 3, column 15: a text begins on the line of its `|` or `>`"),
        ("a: b\n...\nc: d", "line 5, column 1: the fields end before the closing fence"),
        ("description: a\x07b", "line 3, column 15: the character U+0007 may not stand in YAML"),
        ("a: 2026-99-99", "a value is not what its form says: month must be in 1..12"),
        ("a: !!bool x", "a value is not what its form says"),
        ("a: " + "[" * 700, "nested without end"),
    ],
)
def test_what_yaml_refuses_is_dead_with_the_place_and_the_reason_in_words(front: str, why: str) -> None:
    found = loaded(f"---\nname: keeper\n{front}\n---\nBody")

    assert (found.outcome, found.name, found.description, found.tools.effective) == ("dead", None, None, ())
    assert why in found.reason
    with pytest.raises((yaml.YAMLError, ValueError, KeyError, RecursionError)):
        yaml.safe_load(f"name: keeper\n{front}\n")


@pytest.mark.parametrize(
    "content, why",
    [
        ("\n---\nname: keeper\n---\n", "does not begin with a line `---`"),
        ("---\nname: keeper\n", "no line `---` ends"),
        ("---\n---\nname: keeper\n", "is empty"),
        ("---\n- a\n---\n", "is a list"),
        ("---\na\n---\n", "is a text without fields"),
        (b"\xef\xbb\xbf---\nname: keeper\n---\n", "does not begin"),
        (b"---\nname: caf\xe9\n---\n", "byte 14 of the file is no UTF-8"),
        ("---\nname: keeper\n---\n".encode("utf-16"), "byte 1 of the file is no UTF-8"),
        ("---\na: " + "b" * 200_000 + "\n---\n", "more than 131072 characters"),
    ],
)
def test_a_file_without_a_front_matter_of_fields_is_dead(content: str | bytes, why: str) -> None:
    assert (loaded(content).outcome, why in loaded(content).reason) == ("dead", True)


def test_tools_are_those_written_for_a_reader_has_no_catalogue() -> None:
    tools = loaded("---\nname: keeper\ndescription: bees\ntools: Read, MultiEdit, foo\n---\n").tools

    assert tools.written == tools.effective == ("Read", "MultiEdit", "foo")
    assert (tools.lost, tools.gained, tools.unknown) == ((), (), ())
    assert loaded("---\nname: keeper\ndescription: bees\n---\n").tools.written is None


def test_mappings_that_merge_into_billions_and_numbers_in_a_thousand_parts_are_refused() -> None:
    bomb = "a0: &a0 {x: 1}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12)
    )

    assert "without end" in loaded(f"---\nname: keeper\n{bomb}---\n").reason
    assert "too many parts" in loaded(f"---\nname: 1{':30' * 30_000}\n---\n").reason


def test_carriage_returns_and_blanks_after_a_fence_change_nothing() -> None:
    assert loaded("--- \r\nname: keeper\r\ndescription: bees\r\n---\t\r\nBody").description == "bees"
