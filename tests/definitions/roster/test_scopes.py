"""Scopes: which definitions a client has in a folder, and which of them another hides."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from backcheck.cli import run
from backcheck.definitions.roster.account import schema

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, scrubbed_environment: Path) -> Path:
    """A repository with three definitions and a folder with one, for a user with two."""
    definition(tmp_path, "keeper", "Of the project", "priority: low")
    definition(tmp_path, "builder", "Builds hives", "priority: High\ncolor: teal")
    definition(tmp_path, "painter", "Paints hives")
    definition(tmp_path / "deep", "painter", "Paints them here")
    definition(scrubbed_environment, "keeper", "Of the user")
    definition(scrubbed_environment, "tester", "Tests honey")
    (tmp_path / ".git").mkdir()
    return tmp_path


def definition(place: Path, name: str, description: str, front: str = "color: red", *, file: str = "") -> Path:
    path = place / ".claude" / "agents" / f"{file or name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\nname: {name}\ndescription: {description}\n{front}\n---\nBees.\n")
    return path


def listed(capsys: pytest.CaptureFixture[str], folder: Path) -> Any:
    capsys.readouterr()
    assert run(["agents", "list", str(folder), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(schema("list")))
    return found


def own(found: Any) -> list[dict[str, Any]]:
    return [agent for agent in found["agents"] if agent["scope"] != "shipped"]


def test_a_list_goes_by_scope_then_by_priority_then_by_name(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    assert [(agent["scope"], agent["name"], agent["priority"]) for agent in own(listed(capsys, project))] == [
        ("project", "builder", "High"),
        ("project", "painter", None),
        ("project", "keeper", "low"),
        ("user", "keeper", None),
        ("user", "tester", None),
    ]


def test_the_projects_definition_hides_the_users_of_that_name(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    hidden = {agent["description"]: agent["shadowed_by"] for agent in own(listed(capsys, project))}

    assert hidden.pop("Of the user") == str(project / ".claude/agents/keeper.md")
    assert set(hidden.values()) == {None}


def test_a_nearer_folders_definition_hides_the_one_above(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    hidden = {agent["description"]: agent["shadowed_by"] for agent in own(listed(capsys, project / "deep"))}

    assert hidden["Paints hives"] == str(project / "deep/.claude/agents/painter.md")
    assert hidden["Paints them here"] is None


def test_the_search_ends_at_the_repository(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "deep" / ".git").mkdir()

    found = [agent["description"] for agent in own(listed(capsys, project / "deep"))]

    assert found == ["Paints them here", "Of the user", "Tests honey"]


def test_two_of_one_name_in_one_place_are_told_of_each_other(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    other = definition(project, "painter", "Paints again", file="other")

    twins = {agent["file"]: agent["collides_with"] for agent in own(listed(capsys, project)) if agent["collides_with"]}

    painter = str(project / ".claude/agents/painter.md")
    assert twins == {painter: [str(other)], str(other): [painter]}
    assert run(["agents", "list", str(project)]) == 0
    assert "2 files have this name" in " ".join(capsys.readouterr().out.split())


def test_names_that_differ_by_case_hide_nothing(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    definition(project, "Tester", "Of the project, in capitals")

    assert [agent["shadowed_by"] for agent in own(listed(capsys, project)) if agent["name"].lower() == "tester"] == [
        None,
        None,
    ]


def test_what_is_dead_hides_nothing_and_costs_nothing(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    definition(project, "tester", "Of the project", "hooks: none")

    found = listed(capsys, project)
    testers = [agent for agent in own(found) if agent["name"] == "tester"]

    assert [(agent["outcome"], agent["shadowed_by"]) for agent in testers] == [("dead", None), ("loads", None)]
    assert found["roster_tokens"]["user"] == testers[1]["tokens"]["roster"]


def test_a_hidden_definition_costs_nothing_in_the_roster(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    found = listed(capsys, project)

    tokens = {agent["description"]: agent["tokens"]["roster"] for agent in own(found)}
    assert found["roster_tokens"]["user"] == tokens["Tests honey"]
    assert (
        found["roster_tokens"]["project"] == tokens["Of the project"] + tokens["Builds hives"] + tokens["Paints hives"]
    )


def test_a_list_is_printed_with_scope_outcome_and_what_hides(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    assert run(["agents", "list", str(project)]) == 0

    printed = " ".join(capsys.readouterr().out.split())
    assert "keeper: ~/.claude/agents/keeper.md is hidden by" in printed
    assert "High" in printed
    assert "tokens in every conversation" in printed


def test_a_list_is_a_page_too(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    assert run(["agents", "list", str(project), "--format", "html"]) == 0

    page = capsys.readouterr().out
    assert page.startswith("<!doctype html>")
    assert '<article class="cyan">' in page
    assert "<span>user</span>" in page


def test_an_agent_of_the_project_is_found_by_its_name(
    capsys: pytest.CaptureFixture[str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)

    assert run(["agents", "show", "keeper"]) == 0

    assert "Of the project" in capsys.readouterr().out


def test_the_users_definitions_lie_where_the_client_is_told_that_they_do(
    capsys: pytest.CaptureFixture[str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition(project / "elsewhere", "weigher", "Weighs hives")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(project / "elsewhere" / ".claude"))

    users = [agent["name"] for agent in listed(capsys, project)["agents"] if agent["scope"] == "user"]

    assert users == ["weigher"]


def test_in_the_users_home_a_definition_is_listed_once(
    capsys: pytest.CaptureFixture[str], project: Path, scrubbed_environment: Path
) -> None:
    found = own(listed(capsys, scrubbed_environment))

    assert [(agent["scope"], agent["name"]) for agent in found] == [("user", "keeper"), ("user", "tester")]


def test_a_folder_that_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["agents", "list", str(tmp_path / "nowhere")]) == 2

    assert "nowhere" in capsys.readouterr().err
