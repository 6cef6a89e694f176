"""Cards and their page of HTML: what a person sees of a definition, whatever its text tries to do."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from backcheck.definitions.roster.account import account
from backcheck.definitions.roster.cards import Card, card, page
from backcheck.definitions.roster.colours import OFFICIAL, nearest

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    '</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\\" {{ 7 * 7 }} {% raw %} \\e[31m\\u202e -->'
)


def made(tmp_path: Path, text: str, name: str = "keeper.md") -> Card:
    (tmp_path / name).write_text(text)
    return card(account(tmp_path / name, "claude-code"))


def facts(found: Card) -> dict[str, str]:
    return dict(found.facts)


def test_a_card_says_in_words_what_the_agent_can_do_and_what_it_lost(tmp_path: Path) -> None:
    told = facts(
        made(
            tmp_path,
            "---\nname: keeper\ndescription: Keeps bees\nmodel: sonnet\ntools: Read, Write, MultiEdit, Bash, Grep, Raed\n---\n"
            + "bees " * 800,
        )
    )

    assert told["can"] == "read, write, search, execute"
    assert told["cannot"] == "edit, net, spawn"
    assert told["lost"] == "edit (MultiEdit was retired)"
    assert told["dropped"] == "MultiEdit, Grep (Bash has it)"
    assert told["unknown"] == "Raed"
    assert told["model"] == "sonnet: claude-sonnet-5-5, about 0.0020 USD at each start"
    assert told["tokens"] == "about 18 in every conversation, 1,000 more at each start"


def test_tools_of_a_server_are_told_by_the_server(tmp_path: Path) -> None:
    told = facts(
        made(tmp_path, "---\nname: keeper\ndescription: x\ntools: Read, mcp__hive__open, mcp__hive__shut\n---\n")
    )

    assert told["servers"] == "hive, where it runs"
    assert "dropped" not in told


@pytest.mark.parametrize(
    "tools, said", [("read, write", "nothing: the client refuses to start it without a single tool"), ("", "nothing")]
)
def test_an_agent_without_a_tool_is_told(tmp_path: Path, tools: str, said: str) -> None:
    assert facts(made(tmp_path, f"---\nname: keeper\ndescription: x\ntools: {tools}\n---\n"))["can"] == said


def test_a_card_says_how_the_agent_asks_to_be_run(tmp_path: Path) -> None:
    told = facts(made(tmp_path, "---\nname: keeper\ndescription: x\npriority: high\neffort: max\nmaxTurns: 5\n---\n"))

    assert told["asks"] == "priority high, effort max, maxTurns 5"


def test_a_card_says_what_a_misspelt_restriction_gives_away(tmp_path: Path) -> None:
    told = facts(made(tmp_path, "---\nname: keeper\ndescription: Keeps bees\nallowed-tools: Read\n---\n"))

    assert told["gained"] == "write, edit, search, execute, net, spawn, since the client does not read `allowed-tools`"


def test_the_card_of_a_dead_file_gives_the_reason_and_no_ability(tmp_path: Path) -> None:
    found = made(tmp_path, "---\ndescription: Keeps bees\n---\n")

    assert (found.title, found.outcome, facts(found)) == ("keeper", "dead", {"says": "Keeps bees"})
    assert "name" in found.reason


class Elements(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_a_page_shows_hostile_text_and_obeys_none_of_it(tmp_path: Path) -> None:
    hostile = made(
        tmp_path,
        f'---\nname: "{HOSTILE}"\ndescription: "{HOSTILE}"\ncolor: "red; background: url(x)"\ntools: "<b>x</b>"\n---\n',
        "<i>.md",
    )
    seen = Elements()
    seen.feed(page("Agents", [hostile], "1 file"))

    plain = Elements()
    plain.feed(page("Agents", [made(tmp_path, "---\nname: keeper\ndescription: x\ntools: Raed\n---\n")], "1 file"))
    assert set(seen.tags) <= set(plain.tags)
    assert not {"script", "img", "link", "iframe", "b", "i"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in {"src", "href"}]
    text = "".join(seen.text)
    assert "<script>alert(1)</script>" in text
    assert "{{ 7 * 7 }}" in text
    assert "\\x1b[31m" in text
    assert "\\u202e" in text


def test_a_page_needs_nothing_and_lets_nothing_run(tmp_path: Path) -> None:
    found = page("Agents", [made(tmp_path, "---\nname: keeper\ndescription: x\ncolor: pink\n---\n")], "1 file")

    assert "default-src 'none'" in found
    assert 'class="pink"' in found
    assert "http://" not in found
    assert "https://" not in found


@pytest.mark.parametrize(
    "written, shown",
    [
        *((name, name) for name in OFFICIAL),
        ("Red", "red"),
        ("teal", "cyan"),
        ("indigo", "purple"),
        ("magenta", "pink"),
        ("amber", "orange"),
        ("#ff0000", "red"),
        ("#F80", "orange"),
        ("#00C8DC", "cyan"),
        ("#808080", None),
        ("#12345", None),
        ("bees", None),
        ("red; background: url(x)", None),
        ("", None),
        (None, None),
    ],
)
def test_a_colour_is_one_of_eight_the_nearest_of_them_or_none(written: str | None, shown: str | None) -> None:
    assert nearest(written) == shown
