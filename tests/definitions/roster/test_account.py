"""Accounts: what `backcheck agents show` and `contract` give a program, whatever lies in the file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backcheck.cli import run
from backcheck.definitions.clients import measured
from backcheck.definitions.clients.tool_catalogue import catalogue
from backcheck.definitions.roster.abilities import KINDS
from backcheck.definitions.roster.account import account, schema
from backcheck.errors import UsageError

PLAIN = b"---\nname: keeper\ndescription: Keeps bees\n---\nYou keep bees.\n"
FILES = {
    "plain.md": PLAIN,
    "empty.md": b"",
    "no-front.md": b"# Bees\n\nThey fly.\n",
    "no-name.md": b"---\ndescription: Keeps bees\n---\n",
    "no-description.md": b"---\nname: keeper\n---\n",
    "number.md": b"---\nname: 5\ndescription: 7\ntools: 5\nmodel: [sonnet]\n---\n",
    "latin1.md": "---\nname: keeper\ndescription: café\n---\nÜber\n".encode("cp1252"),
    "utf16.md": "---\nname: keeper\ndescription: café\n---\nB".encode("utf-16"),
    "binary.md": bytes(range(256)) * 40,
    "nul.md": b"---\nname: keeper\ndescription: a\0b\n---\n",
    "huge.md": b"---\nname: keeper\ndescription: x\n---\n" + b"a" * (2 << 20),
    "brackets.md": b"---\nname: keeper\ndescription: x\nextra: " + b"[" * 200 + b"\n---\n",
    "bomb.md": b"---\nname: keeper\ndescription: x\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c, *a]\n---\n",
    "loop.md": b"---\nname: keeper\ndescription: x\na: &a [*a]\n---\n",
    "odd-values.md": b"---\nname: keeper\ndescription: x\na: .nan\nb: -.inf\n1: one\nc: !!binary aGk=\nd: !!set {x}\n---\n",
    "colon.md": b'---\nname: keeper\ndescription: Keeps. user: "Feed"\ntools: Read, MultiEdit, mcp__hive__open, Raed\n---\n',
    "misspelt.md": b"---\nname: keeper\ndescription: x\nallowed-tools: Read\n---\n",
    "upper.MD": PLAIN,
    "text.txt": PLAIN,
    "rule.mdc": PLAIN,
    "long.markdown": PLAIN,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "agents"
    place.mkdir()
    for name, content in FILES.items():
        (place / name).write_bytes(content)
    return place


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """What the command prints as JSON, held against the schema that it publishes."""
    capsys.readouterr()
    assert run(["agents", *arguments, "--format", "json"]) == code
    found = json.loads(capsys.readouterr().out)
    assert run(["agents", arguments[0], "--schema"]) == 0
    published = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(found, published)
    return found


def test_every_file_of_a_folder_has_an_account_that_keeps_the_schema(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    agents = printed(capsys, "show", str(folder))["agents"]

    assert [Path(agent["file"]).name for agent in agents] == sorted(FILES)
    assert all(bool(agent["reason"]) == (agent["outcome"] != "loads") for agent in agents)
    assert all((agent["name"] is None) == (agent["outcome"] == "dead") for agent in agents)


@pytest.mark.parametrize("client", ["claude-code@2.1.329", "strict-yaml"])
def test_every_client_keeps_the_schema(capsys: pytest.CaptureFixture[str], folder: Path, client: str) -> None:
    agents = printed(capsys, "show", str(folder), "--client", client)["agents"]

    assert {agent["client"] for agent in agents} == {measured(client)}


def test_a_file_that_is_named_is_told_of_whatever_its_ending(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    words = [str(folder / name) for name in FILES]

    assert [agent["file"] for agent in printed(capsys, "show", *words)["agents"]] == words


def test_a_word_that_leads_nowhere_is_told_and_ends_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "nothing").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    words = [str(tmp_path / name) for name in ("absent.md", "nothing", "pipe.md")]

    agents = printed(capsys, "show", *words, "nobody", str(folder / "plain.md"), code=2)["agents"]

    assert [(agent["file"], agent["outcome"]) for agent in agents] == [
        (words[0], "dead"),
        (words[2], "dead"),
        ("nobody", "dead"),
        (str(folder / "plain.md"), "loads"),
    ]


def test_an_empty_folder_gives_an_empty_list(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert printed(capsys, "show", str(tmp_path), code=2) == {"agents": []}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_dead(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "plain.md").chmod(0)

    agents = printed(capsys, "show", str(folder))["agents"]

    assert len(agents) == len(FILES)


def test_a_file_whose_name_is_no_text_keeps_the_schema(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b.md")
    Path(path).write_bytes(PLAIN)

    (agent,) = printed(capsys, "show", str(tmp_path))["agents"]

    assert agent["file"] == path


def test_a_file_that_is_named_twice_is_told_once(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    words = (str(folder / "plain.md"), str(folder / "plain.md"), "backend-developer", "backend-developer")

    assert len(printed(capsys, "show", *words)["agents"]) == 2


def test_a_folder_gives_what_reads_like_a_definition_and_follows_no_link(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("a.md", "deep/b.md", ".git/c.md", "node_modules/x/d.md", "e.txt", "f.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PLAIN)
    (tmp_path / "rules.mdc").write_text("---\ndescription: Bees\nglobs: '*.py'\n---\n")  # an editor's rule, no agent
    (tmp_path / "notes.txt").write_text("name: keeper\n")
    (tmp_path / "link.md").symlink_to(tmp_path / "a.md")
    (tmp_path / "linked").symlink_to(tmp_path / "deep")

    agents = printed(capsys, "show", str(tmp_path))["agents"]

    assert [str(Path(agent["file"]).relative_to(tmp_path)) for agent in agents] == ["a.md", "deep/b.md", "e.txt"]


def test_spans_are_the_bytes_of_each_value(folder: Path) -> None:
    content = FILES["colon.md"]
    spans = account(folder / "colon.md", "claude-code")["spans"]

    assert {key: (content[span["start"] : span["end"]], span["line"]) for key, span in spans.items()} == {
        "name": (b"keeper", 2),
        "description": (b'Keeps. user: "Feed"', 3),
        "tools": (b"Read, MultiEdit, mcp__hive__open, Raed", 4),
    }


def test_an_account_says_what_the_agent_can_do_and_what_it_lost(folder: Path) -> None:
    found = account(folder / "colon.md", "claude-code")

    assert found["capability"] == {
        "can": ["read"],
        "cannot": ["write", "edit", "search", "execute", "net", "spawn"],
        "lost": [{"what": "edit", "tool": "MultiEdit", "why": "MultiEdit was retired"}],
        "gained": [],
        "mcp": ["hive"],
    }


def test_the_kinds_of_ability_are_those_of_the_catalogue_and_of_the_schema() -> None:
    published = json.loads(schema("show"))["$defs"]["kinds"]["items"]["enum"]

    assert tuple(published) == KINDS
    assert {catalogue().can(name) for name in catalogue().live} | {"write"} == set(KINDS)


def test_a_restriction_that_the_client_does_not_read_shows_as_a_gain(folder: Path) -> None:
    capability = account(folder / "misspelt.md", "claude-code")["capability"]

    assert {"write", "edit", "execute"} <= set(capability["gained"])
    assert "read" not in capability["gained"]
    assert capability["mcp"] == ["*"]


def test_fields_are_whole_however_long_and_a_bomb_of_aliases_is_not(tmp_path: Path) -> None:
    many = [f"Tool{number}" for number in range(500)]
    swollen = f"  long: &long '{'x' * 9_000}'\n  again: [{', '.join(['*long'] * 900)}]"
    bomb = "".join(
        f"\n{one}: &{one} [{', '.join([f'*{other}'] * 20)}]" for other, one in zip("abcdefg", "bcdefgh", strict=True)
    )
    (tmp_path / "keeper.md").write_text(
        f"---\nname: keeper\ndescription: x\ntools: [{', '.join(many)}]\na: &a [x]{bomb}\nb:\n{swollen}\n---\n"
    )

    fields = account(tmp_path / "keeper.md", "claude-code")["fields"]

    assert fields["tools"] == many
    assert len(json.dumps(fields)) < 8_000_000


def test_what_is_dead_can_do_nothing_and_costs_nothing(folder: Path) -> None:
    found = account(folder / "no-name.md", "claude-code")

    assert (found["capability"]["can"], found["tokens"]) == ([], {"roster": 0, "body": 0})


def test_the_cost_counts_the_roster_line_and_the_body(folder: Path) -> None:
    found = account(folder / "plain.md", "claude-code")

    assert found["tokens"] == {"roster": -(-len("- keeper: Keeps bees (Tools: All tools)") // 4), "body": 4}


@pytest.mark.parametrize(
    "written, model, dollars",
    [
        ("model: Haiku", "claude-haiku-5-5", 0.1),
        ("model: sonnet[1m]", "claude-sonnet-5-5", 2.0),
        ("model: claude-opus-5-5", "claude-opus-5-5", 4.0),
        ("model: gpt-5", "gpt-5", None),
        ("model: inherit", None, None),
        ("model: [sonnet, opus]", None, None),
        ("color: red", None, None),
    ],
)
def test_a_start_costs_the_body_at_the_price_of_its_model(
    tmp_path: Path, written: str, model: str | None, dollars: float | None
) -> None:
    path = tmp_path / "keeper.md"
    path.write_text(f"---\nname: keeper\ndescription: x\n{written}\n---\n{'bees ' * 800_00}")

    found = account(path, "claude-code")["model"]

    assert found["id"] == model
    assert found["usd_per_start"] == (None if dollars is None else pytest.approx(dollars * 0.1))


def test_a_model_that_its_vendor_ends_is_told_with_the_day(tmp_path: Path) -> None:
    (tmp_path / "keeper.md").write_text("---\nname: keeper\ndescription: x\nmodel: claude-sonnet-4-20250514\n---\n")

    assert account(tmp_path / "keeper.md", "claude-code")["model"]["ends"] == "2026-06-15"


def test_a_client_that_nobody_measured_is_refused() -> None:
    with pytest.raises(UsageError, match="claude-code@1"):
        measured("claude-code@1")


def test_a_contract_keeps_the_schema(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    words = [str(folder / name) for name in ("plain.md", "latin1.md", "utf16.md", "colon.md", "text.txt", "upper.MD")]
    words += [agent["name"] for agent in printed(capsys, "list")["agents"]]

    for word in words:
        assert set(printed(capsys, "contract", word)) >= {"items", "promises", "rules", "targets", "documents"}


@pytest.mark.parametrize("name", ["show", "contract", "list"])
def test_each_command_publishes_its_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema(name)))
