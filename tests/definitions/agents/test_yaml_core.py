"""Two parsers of YAML read for us, the quick one where it can be trusted: what both give is the same."""

from __future__ import annotations

import pytest
import yaml

from backcheck.definitions.agents.yaml_core import MAX_LENGTH, CoreLoader, is_tame, read_mapping

TEXTS = (
    "a: b\n",
    "a: yes\nb: No\nc: true\nd: FALSE\ne: null\nf: ~\ng:\n",
    "a: 1\nb: -2\nc: +3\nd: 0o17\ne: 0x1F\nf: 017\ng: 1_000\nh: 0b1\ni: 12:30\n",
    "a: 1.5\nb: .5\nc: 1e3\nd: -.inf\ne: .nan\nf: 1.\ng: 1_0.5\nh: 1:30.5\n",
    "a: 2026-01-01\nb: 2026-01-01 10:00:00\nc: 2026-99-99\n",
    "a: 'b''c'\nb: \"d\\n\\u00e9\\x41\"\nc: plain 'q' \"r\"\n",
    "a: |\n  one\n\n   two\nb: >-\n  three\n  four\n\nc: |2+\n   five\n\n",
    "a: [b, 'c', {d: e}, [f]]\nb: {c: d, e}\n",
    "a:\n- b\n-   c\n- - d\n  - e\n",
    "<<: {a: b}\nc: =\n=: d\n",
    "a: &x [1, 2]\nb: *x\n? c\n: d\n",
    "a: b # c\n# d\ne: f#g\n",
    "a: b\na: c\n1: d\ntrue: e\nnull: f\n",
    "a: [b? , c]\n",
    "a:\tb\n",
    "a:\n\t- b\n",
    "a: caf\u00e9 \U0001f41d\n",
    "a: \ufeffb\n",
    "a: b\x07c\n",
    "a: !!str 1\nb: !!int '2'\nc: ! 3\n",
    "a: !unknown b\n",
    "a: !!bool x\n",
    "a: !!timestamp x\n",
    "a: b: c\n",
    "a: **b**\n",
    "a: [b\n",
    "a: {{b}}\n",
    "- a\n",
    "a\n",
    "",
    "a: b\r\nc: d\r\n",
    "a: " + "[" * 30 + "]" * 30 + "\n",
    "a: " + "[" * 60 + "]" * 60 + "\n",
    "".join(f"{' ' * n}a:\n" for n in range(39)),
    "".join(f"{' ' * n}a:\n" for n in range(60)),
    "- " * 60 + "a\n",
)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_quick_parser_gives_what_the_slow_one_gives(text: str) -> None:
    try:
        slow = yaml.load(text, Loader=CoreLoader)
    except (yaml.YAMLError, ValueError, KeyError, AttributeError):
        slow = None
    wanted = {str(key): value for key, value in slow.items()} if isinstance(slow, dict) else None

    assert repr(read_mapping(text)) == repr(wanted)


def test_the_core_schema_reads_what_people_write() -> None:
    read = read_mapping("a: yes\nb: 010\nc: 12:30\nd: 2026-01-01\ne: 1e3\nf: 0o17\ng: 0x1F\nh: True\ni: ~\n")

    assert read == {
        "a": "yes",
        "b": 10,
        "c": "12:30",
        "d": "2026-01-01",
        "e": 1000.0,
        "f": 15,
        "g": 31,
        "h": True,
        "i": None,
    }


@pytest.mark.parametrize("text", ["a: " + "[" * 10_000, "- " * 10_000, "a:\tb", "a: \u2028", "a: [b?]"])
def test_what_could_exhaust_or_confuse_the_quick_parser_never_reaches_it(text: str) -> None:
    assert not is_tame(text)


@pytest.mark.parametrize(
    "text", ["a: b{}c\n", "a{}b: c\n", 'a: "b{}"\n', "a: |\n  b{}\n  c\n", "a: [b{}c, {{d{}: e}}]\n"]
)
def test_what_ends_lines_in_yaml_1_1_only_is_a_letter(text: str) -> None:
    plain = repr(read_mapping(text.replace("{}", "_").replace("{{", "{").replace("}}", "}")))

    for letter in ("\x85", "\u2028", "\u2029"):
        read = read_mapping(text.replace("{}", letter).replace("{{", "{").replace("}}", "}"))
        assert repr(read).replace(repr(letter)[1:-1], "_") == plain


def test_no_text_is_read_that_takes_minutes() -> None:
    assert read_mapping("a: [b]\n" * (MAX_LENGTH // 7 + 1)) is None
