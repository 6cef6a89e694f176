"""Every rule of the loader, each with a file that needs it and what its author meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcheck.definitions.agents import RULES, parse_agent
from backcheck.errors import UsageError

PLAIN = "---\nname: keeper\ndescription: café\ncolor: red\n---\nBody\n"

CASES: dict[str, tuple[str | bytes, str, int]] = {
    "byte-order-mark": (PLAIN.encode("utf-8-sig"), "café", 1),
    "utf-16": (PLAIN.encode("utf-16"), "café", 1),
    "utf-32": (PLAIN.encode("utf-32"), "café", 1),
    "windows-1252": (PLAIN.encode("cp1252"), "café", 1),
    "broken-utf-8": (PLAIN.encode() + b"\xe2\x80", "café", 1),
    "carriage-return": (PLAIN.replace("\n", "\r"), "café", 1),
    "nul": (PLAIN.replace("f", "f\0"), "café", 1),
    "text-before-front-matter": ("Here is\nthe agent:\n\n" + PLAIN, "café", 1),
    "code-fence": ("```yaml\nname: keeper\ndescription: café\ncolor: red\n```\nBody\n", "café", 1),
    "loose-fence": ("\u2014\nname: keeper\ndescription: café\ncolor: red\n--\nBody\n", "café", 1),
    "no-opening-fence": ("# Keeper\n" + PLAIN[4:], "café", 2),
    "no-closing-fence": (
        "---\nname: keeper\ndescription: café\ncolor: red\n\n# Keeper\n\nYou keep.\n\n---\n\nBody\n",
        "café",
        5,
    ),
    "indented-front-matter": ("---\n  name: keeper\n  description: café\n  color: red\n---\nBody\n", "café", 2),
    "capital-key": ("---\nName: keeper\nDESCRIPTION: café\ncolor: red\n---\nBody\n", "café", 2),
    "odd-colon": ("---\nname: keeper\ndescription\uff1acafé\ncolor:red\n---\nBody\n", "café", 3),
    "tab-indentation": ("---\nname: keeper\ndescription: >\n\tcafé\n\tau lait\ncolor: red\n---\n", "café au lait\n", 3),
    "duplicate-key": ("---\nname: keeper\ndescription: one\ncolor: blue\ncolor: red\n---\n", "one", 5),
    "unquoted-colon": ("---\nname: keeper\ndescription: one: two\ncolor: red\n---\n", "one: two", 3),
    "unquoted-text": ('---\nname: keeper\ndescription: "a" and "b"\ncolor: red\n---\n', '"a" and "b"', 3),
    "control-character": ("---\nname: keeper\ndescription: a\x1b[1m b\ncolor: red\n---\n", "a\x1b[1m b", 3),
    "unindented-text": (
        "---\nname: keeper\ndescription:\nFor bees.\n\nuser: hi\ncolor: red\n---\n",
        "For bees.\n\nuser: hi",
        3,
    ),
    "unindented-block": (
        "---\nname: keeper\ndescription: >\nKeeps\nbees.\n\nuser: hi\ncolor: red\n---\n",
        "Keeps bees.\nuser: hi\n",
        3,
    ),
    "literal-newline": ('---\nname: keeper\ndescription: "a\\\\nb"\ncolor: red\n---\n', "a\nb", 3),
    "silently-cut": ("---\nname: keeper\ndescription: C\n  and # bees\ncolor: red\n---\n", "C and # bees", 3),
    "description-not-text": ("---\nname: keeper\ndescription:\n  - one\n  - 2\ncolor: red\n---\n", "one\n2", 3),
}


@pytest.mark.parametrize("rule", CASES)
def test_what_is_mended_reads_as_it_was_meant_and_is_on_record(rule: str) -> None:
    content, description, line = CASES[rule]
    agent = parse_agent(content if isinstance(content, bytes) else content.encode(), Path("keeper.md"))

    assert (agent.name, agent.description, agent.color) == ("keeper", description, "red")
    assert (rule, line) in {(one.rule, one.line) for one in agent.recoveries}


def test_every_rule_is_described_in_a_sentence_and_has_a_file_that_needs_it() -> None:
    assert set(CASES) == set(RULES)
    assert all(words[0].isupper() and words.endswith(".") for words in RULES.values())


@pytest.mark.parametrize(
    "front, fields",
    [
        pytest.param(
            "description: For bees: all.\ncapabilities:\n  - feed\nproactive: true\nlabels: [a, b]",
            {"description": "For bees: all.", "capabilities": ["feed"], "proactive": True, "labels": ["a", "b"]},
            id="keys that no client knows",
        ),
        pytest.param(
            "description: For bees: all.\nContext: spring\nuser: feed\nassistant: yes\nexample 2: x\ntools: Read",
            {
                "description": "For bees: all.\nContext: spring\nuser: feed\nassistant: yes\nexample 2: x",
                "tools": "Read",
            },
            id="words of a dialogue",
        ),
        pytest.param(
            "description: For bees.\nExample 1: feed\nuser: hi\nmodel: opus",
            {"description": "For bees.\nExample 1: feed\nuser: hi", "model": "opus"},
            id="a dialogue that is YAML",
        ),
        pytest.param(
            'description: For bees: all.\n\nname: "x"\nTools: none\n\nmodel: opus',
            {"description": 'For bees: all.\n\nname: "x"\nTools: none', "model": "opus"},
            id="a text that uses the words",
        ),
        pytest.param(
            "tools: Read: all\ndomain: bees: [wild, kept], and much else that fills a line of more than eighty characters",
            {
                "tools": "Read: all",
                "domain": "bees: [wild, kept], and much else that fills a line of more than eighty characters",
            },
            id="long values",
        ),
        pytest.param(
            "description: 'it''s': \"b\"\nmodel: 'son\"net': 'x'",
            {"description": "'it''s': \"b\"", "model": "'son\"net': 'x'"},
            id="quotes of two kinds",
        ),
        pytest.param(
            "description: x: y # z\ncolor: red # blue", {"description": "x: y # z", "color": "red"}, id="comment"
        ),
        pytest.param(
            "description: x: y\n# one\n\n  # two: z\n#tools: Bash\n\nmodel: opus\n# three\ntools: Read\n# four",
            {"description": "x: y", "model": "opus", "tools": "Read"},
            id="lines of comment between fields",
        ),
        pytest.param(
            "description: |\n  x\n  # y\n# z\nmodel: a: b",
            {"description": "x\n# y\n", "model": "a: b"},
            id="a heading in a block, and a comment below it",
        ),
        pytest.param(
            "description: Examples:\n# One\nfeed\n# Two\nmove\n#1 of all\nmodel: opus",
            {"description": "Examples:\n# One\nfeed\n# Two\nmove\n#1 of all", "model": "opus"},
            id="headings of a text that is not indented",
        ),
        pytest.param(
            "description: a\x85b \u2028c\u2029d\nmodel: opus",
            {"description": "a\x85b \u2028c\u2029d", "model": "opus"},
            id="what ends a line in YAML 1.1 only",
        ),
        pytest.param(
            'description: "a\x85b: \\L"\nmodel: [\u2028]',
            {"description": "a\x85b: \u2028", "model": ["\u2028"]},
            id="the same in quotes",
        ),
        pytest.param(
            "description: &it Keeps bees\nsays: [a, *it]",
            {"description": "Keeps bees", "says": ["a", "Keeps bees"]},
            id="an anchor that a field names",
        ),
        pytest.param(
            "description: bees\nDescription: wasps",
            {"description": "bees", "Description": "wasps"},
            id="a capital key beside its small one",
        ),
        pytest.param(
            "home: yes\nat: 12:30\nid: 010\non: 2026-01-01\n<<: {a: b}",
            {
                "home": "yes",
                "at": "12:30",
                "id": 10,
                "on": "2026-01-01",
                "<<": {"a": "b"},
            },
            id="core schema",
        ),
    ],
)
def test_no_field_is_lost_and_none_swallowed(front: str, fields: dict[str, object]) -> None:
    whole = front if "description" in front else f"description: bees\n{front}"
    agent = parse_agent(f"---\nname: keeper\n{whole}\n---\nBody".encode(), Path("keeper.md"))

    assert {key: value for key, value in agent.fields.items() if key in fields} == fields
    assert agent.fields.keys() - fields.keys() <= {"name", "description"}


@pytest.mark.parametrize(
    "content",
    [
        "How to write one:\n\n```markdown\n---\nname: keeper\ndescription: bees\n---\n```\n\nThat is all.\n",
        "# Bees\n\nSome text.\n\n---\n\nMore text: about bees.\n",
        "Description: a page\nabout bees\n",
    ],
)
def test_a_text_about_definitions_is_none(content: str) -> None:
    with pytest.raises(UsageError, match="no front matter"):
        parse_agent(content.encode(), Path("readme.md"))


def test_a_code_fence_around_the_whole_is_no_part_of_the_body() -> None:
    assert parse_agent(f"```md\n{PLAIN}```\n\n".encode(), Path("keeper.md")).body == "Body"


@pytest.mark.parametrize(
    "front",
    [
        "description: bees\ntriggers:\n  - buzz\nexamples:\n  - user: hi\nusage: daily\ninput: honey\nuser: {name: queen}",
        "description: bees\ntriggers: [buzz]\nwhen: spring",
    ],
)
def test_keys_of_a_strict_definition_stay_keys_whatever_they_are_called(front: str) -> None:
    agent = parse_agent(f"---\nname: keeper\n{front}\n---\n".encode(), Path("keeper.md"))

    assert (agent.description, agent.recoveries) == ("bees", ())
    assert list(agent.fields) == ["name", *(line.partition(":")[0] for line in front.split("\n") if line[0] != " ")]


def test_a_list_after_a_broken_description_is_a_field_and_a_text_is_not() -> None:
    agent = parse_agent(
        b"---\nname: keeper\ndescription: bees: all\ninput: honey\ntriggers:\n  - buzz\n---\n", Path("keeper.md")
    )

    assert (agent.description, agent.fields["triggers"]) == ("bees: all\ninput: honey", ["buzz"])


@pytest.mark.parametrize("end", ["", "\ntools: [Read"])
def test_the_last_of_two_equal_keys_counts_and_where_it_stands_is_on_record(end: str) -> None:
    content = f"---\ncolor: blue\ndescription: bees\ncolor: red{end}\n---\n"
    agent = parse_agent(content.encode(), Path("keeper.md"))

    assert (agent.color, agent.spans["color"].line) == ("red", 4)
    assert [one.line for one in agent.recoveries if one.rule == "duplicate-key"] == [4]


def test_the_same_key_in_two_mappings_is_no_fault() -> None:
    agent = parse_agent(b"---\nname: a\ndescription: b\nmeta:\n  name: c\n---\n", Path("keeper.md"))

    assert agent.recoveries == ()


@pytest.mark.parametrize("name", ["007", "1e3", "0x1F", "1.50", "true", "-1"])
@pytest.mark.parametrize("front", ["name: {}\ndescription: bees", "description: a: b\nname: {} # c"])
def test_a_name_that_yaml_takes_for_a_number_is_as_it_is_written(name: str, front: str) -> None:
    agent = parse_agent(f"---\n{front.format(name)}\n---\n".encode(), Path("keeper.md"))

    assert (agent.name, agent.fields["name"]) == (name, name)


def test_a_comment_between_fields_belongs_to_no_span() -> None:
    data = b"---\nname: a\ndescription: b: c\n# d\ncolor: red\n---\n"
    span = parse_agent(data, Path("keeper.md")).spans["description"].entry

    assert data[span.start : span.end] == b"description: b: c"
