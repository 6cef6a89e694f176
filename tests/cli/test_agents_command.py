"""`backcheck agents`, as its users and programs see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from backcheck.cli import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def keeper(tmp_path: Path) -> Path:
    path = tmp_path / "keeper.md"
    path.write_text(
        '---\nname: keeper\ndescription: Keeps bees. user: "Feed" assistant: "Done"\ntools: Read, MultiEdit, Raed\n---\n'
        "## Checklist\n- Rate limiting configured\n- Hives are warm\n"
    )
    return path


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["agents", *arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_list_names_every_shipped_agent(capsys: pytest.CaptureFixture[str]) -> None:
    names = [agent["name"] for agent in asked(capsys, "list")["agents"]]
    assert run(["agents", "list"]) == 0

    printed = capsys.readouterr().out
    assert "backend-developer" in names
    assert [name for name in names if name not in printed] == []


def test_show_tells_what_the_client_makes_of_a_file(capsys: pytest.CaptureFixture[str], keeper: Path) -> None:
    (agent,) = asked(capsys, "show", str(keeper))["agents"]

    assert agent == {
        "file": str(keeper),
        "client": "claude-code@2.1.329",
        "outcome": "loads",
        "reason": "",
        "name": "keeper",
        "description": 'Keeps bees. user: "Feed" assistant: "Done"',
        "fields": {
            "name": "keeper",
            "description": 'Keeps bees. user: "Feed" assistant: "Done"',
            "tools": "Read, MultiEdit, Raed",
        },
        "tools": {
            "written": ["Read", "MultiEdit", "Raed"],
            "effective": ["Read"],
            "lost": ["MultiEdit"],
            "gained": [],
            "unknown": ["Raed"],
        },
        "spans": {
            "name": {"start": 10, "end": 16, "line": 2},
            "description": {"start": 30, "end": 72, "line": 3},
            "tools": {"start": 80, "end": 101, "line": 4},
        },
        "capability": {
            "can": ["read"],
            "cannot": ["write", "edit", "search", "execute", "net", "spawn"],
            "lost": [{"what": "edit", "tool": "MultiEdit", "why": "MultiEdit was retired"}],
            "gained": [],
            "mcp": [],
        },
        "model": {"written": None, "id": None, "ends": None, "usd_per_start": None},
        "tokens": {"roster": 21, "body": 15},
        "recoveries": [{"rule": "unquoted-colon", "line": 3}],
    }


def test_show_takes_folders_and_tells_of_the_dead_too(capsys: pytest.CaptureFixture[str], keeper: Path) -> None:
    (keeper.parent / "dead.md").write_text("---\nname: dead\n---\n")
    (keeper.parent / "huge.md").write_bytes(b"---\ndescription: x\n---\n" + b"a" * (2 << 20))

    agents = asked(capsys, "show", str(keeper.parent), "backend-developer")["agents"]

    assert [(agent["outcome"], bool(agent["reason"])) for agent in agents] == [
        ("dead", True),
        ("dead", True),
        ("loads", False),
        ("loads", False),
    ]


def test_show_prints_a_page_without_control_characters(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "evil.md").write_text('---\nname: evil\ndescription: "a\\e[31mred\\u202e"\n---\n')

    assert run(["agents", "show", str(tmp_path / "evil.md")]) == 0

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\x1b" in out


def test_contract_gives_each_line_with_the_items_that_judge_it(
    capsys: pytest.CaptureFixture[str], keeper: Path
) -> None:
    found = asked(capsys, "contract", str(keeper))

    assert found["items"] == [
        {"text": "Rate limiting configured", "line": 7, "bound": ["login-not-throttled"]},
        {"text": "Hives are warm", "line": 8, "bound": []},
    ]
    assert found["promises"] == found["rules"] == found["targets"] == found["documents"] == []


def test_a_target_comes_with_its_number_and_its_item(capsys: pytest.CaptureFixture[str]) -> None:
    target = asked(capsys, "contract", "backend-developer")["targets"][0]

    assert {key: target[key] for key in ("metric", "operator", "value", "unit", "percentile", "bound")} == {
        "metric": "api response time",
        "operator": "<",
        "value": 200,
        "unit": "ms",
        "percentile": 95,
        "bound": ["p95-above-target"],
    }


def test_a_contract_is_printed_with_what_is_manual(capsys: pytest.CaptureFixture[str], keeper: Path) -> None:
    assert run(["agents", "contract", str(keeper)]) == 0

    assert "2 entries, 1 judged by 1 item." in capsys.readouterr().out


def test_an_empty_contract_is_said_to_be_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "poet.md").write_text("---\nname: poet\ndescription: Writes\n---\nYou write.\n")

    assert run(["agents", "contract", str(tmp_path / "poet.md")]) == 0

    assert "poet: the contract is empty" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["show", "backend-developr"], "backend-developer"),
        (["show", "nowhere.md"], "cannot read nowhere.md"),
        (["show", "backend-developer", "--client", "other@1"], "other@1"),
        (["contract", "nowhere.md"], "cannot read nowhere.md"),
        (["contract"], "no definition is named"),
        (["show"], "no definition is named"),
        (["contract", "tests"], "definitions"),
        (["list", "--format", "xml"], "xml"),
    ],
)
def test_wrong_use_is_told_and_exits_2(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert run(["agents", *arguments]) == 2

    assert said in capsys.readouterr().err


def test_a_folder_is_a_table_with_its_sum_and_the_names_that_are_taken_twice(
    capsys: pytest.CaptureFixture[str], keeper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(keeper.parent)  # a long path would be cut
    (keeper.parent / "twin.md").write_bytes(keeper.read_bytes())
    (keeper.parent / "dead.md").write_text("---\nname: dead\n---\n")

    assert run(["agents", "show", "."]) == 0

    printed = " ".join(capsys.readouterr().out.split())
    assert "there is no description" in printed
    assert "read; lost edit" in printed
    assert "3 files: 2 load, 0 changed, 1 dead; about 42 tokens in every conversation" in printed
    assert "2 are called 'keeper': of a name that is taken twice in one folder, the client keeps one file" in printed


def test_a_long_path_leaves_room_for_what_an_agent_may_do(
    capsys: pytest.CaptureFixture[str], keeper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(keeper.parent)
    for number in range(2):
        (keeper.parent / f"{'keeper-of-many-bees-' * 6}{number}.md").write_bytes(keeper.read_bytes())

    assert run(["agents", "show", "."]) == 0

    assert capsys.readouterr().out.count("read; lost edit") == 3


def test_several_definitions_are_one_page(capsys: pytest.CaptureFixture[str], keeper: Path) -> None:
    assert run(["agents", "show", str(keeper), "backend-developer", "--format", "html"]) == 0

    assert capsys.readouterr().out.count("<article") == 2
