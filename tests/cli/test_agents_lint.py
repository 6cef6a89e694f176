"""`backcheck agents lint`, as its users and their pipelines see it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from backcheck.cli import run

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "---\nname: {name}\ndescription: Use to plan work with bees.\n{more}---\nYou keep bees.\n"


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    """Two definitions, of which one has lost the ability to edit."""
    folder = tmp_path / ".claude" / "agents"
    folder.mkdir(parents=True)
    (folder / "keeper.md").write_text(GOOD.format(name="keeper", more="tools: Read, Grep\n"))
    (folder / "builder.md").write_text(GOOD.format(name="builder", more="tools: Read, MultiEdit\n"))
    return tmp_path


def test_a_person_reads_what_is_wrong_by_rule_with_file_and_line(
    farm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["agents", "lint", str(farm)]) == 1

    told = capsys.readouterr().out
    assert re.search(r"^fail +ability-lost +high +2 +1 of 2 definitions failed", told, re.MULTILINE)
    assert "  fail      .claude/agents/builder.md:4: `MultiEdit` is gone" in told
    assert "backcheck explain ability-lost" in told


def test_good_definitions_leave_with_nothing_failed(farm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents", "lint", str(farm / ".claude/agents/keeper.md")]) == 0


def test_the_shipped_agents_are_good_and_go_by_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents", "lint", "backend-developer", "--severity", "medium"]) == 0


def test_an_agent_of_the_project_goes_by_its_name(farm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(farm)

    assert [run(["agents", "lint", name]) for name in ("keeper", "builder")] == [0, 1]


@pytest.mark.parametrize(
    "words, code",
    [
        (["--rule", "ability-lost"], 1),
        (["--rule", "tools-empty", "--rule", "no-live-tool"], 0),
        (["--severity", "critical"], 0),
        (["--client", "strict-yaml@1.1"], 0),
        (["--exit-zero"], 0),
        (["--quiet"], 1),
        (["--rule", "no-such-rule"], 2),
        (["--severity", "grave"], 2),
        (["--client", "claude-code@0"], 2),
        (["--format", "pdf"], 2),
        (["--output", "sarif"], 2),
        (["--output", "pdf=x"], 2),
    ],
)
def test_what_is_judged_and_the_exit_code_follow_the_options(
    farm: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    assert run(["agents", "lint", str(farm), *words]) == code


@pytest.mark.parametrize("name", ["nowhere.md", "no-such-agent"])
def test_a_name_that_is_nothing_is_refused(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["agents", "lint", name]) == 2
    assert name in capsys.readouterr().err


def test_a_folder_without_definitions_is_undecided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents", "lint", str(tmp_path)]) == 3


def test_a_file_that_cannot_be_read_is_named_and_undecided(
    farm: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (farm / ".claude/agents/huge.md").write_bytes(b"a" * (2 << 20))
    monkeypatch.chdir(farm)  # a long path would be wrapped

    assert run(["agents", "lint", ".", "--rule", "tools-empty"]) == 3
    assert ".claude/agents/huge.md is larger than" in " ".join(capsys.readouterr().out.split())


def test_sarif_has_the_place_and_the_page_of_every_rule(farm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["agents", "lint", str(farm), "--format", "sarif"])

    (report,) = json.loads(capsys.readouterr().out)["runs"]
    rules = report["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules if "## How to mend it" not in rule["help"]["markdown"]] == []
    found = {result["ruleId"]: result["locations"][0]["physicalLocation"] for result in report["results"]}
    assert found["ability-lost"]["region"] == {"startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 23}
    assert found["ability-lost"]["artifactLocation"]["uri"] == ".claude/agents/builder.md"


def test_reports_go_to_files_too(farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("json", "sarif", "markdown", "github"):
        run(["agents", "lint", str(farm), "--quiet", "--output", f"{form}={tmp_path / form}"])

    assert json.loads((tmp_path / "json").read_text())["exit_code"] == 1
    assert "ability-lost" in (tmp_path / "sarif").read_text()
    assert "`MultiEdit`" in (tmp_path / "markdown").read_text().replace("\\", "")
    assert "builder.md,line=4" in (tmp_path / "github").read_text()
    assert capsys.readouterr().out == ""


def test_the_quotes_of_a_report_can_be_proved_after_the_next_edit(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["agents", "lint", str(farm), "--quiet", "--output", f"json={tmp_path / 'report.json'}"])
    (farm / ".claude/agents/builder.md").write_text("another text")

    assert run(["verify", str(tmp_path / "report.json")]) == 0


def test_thousands_of_findings_stay_readable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(100):
        folder = tmp_path / "agents"
        folder.mkdir(exist_ok=True)
        (folder / f"a{number}.md").write_text(GOOD.format(name=f"a{number}", more="tools: All tools\n"))

    run(["agents", "lint", str(tmp_path), "--severity", "high"])

    told = capsys.readouterr().out
    assert "… 80 more" in told
    assert len(told.splitlines()) < 100


@pytest.mark.parametrize("key", ["allowed-tools", "permitted_tools", "Allowed_Tools"])
def test_a_restriction_fails_under_any_key_that_the_runner_takes_for_one(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keeper.md"
    path.write_text(f"---\nname: keeper\ndescription: x\n{key}: Read\n---\n")

    assert run(["agents", "lint", str(path), "--rule", "restriction-ignored"]) == 1
    assert f"the client does not read `{key}`" in capsys.readouterr().out


def test_a_rule_is_explained_by_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "restriction-ignored"]) == 0
    assert "## How to mend it" in capsys.readouterr().out


def test_text_of_a_definition_cannot_act_on_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.md"
    path.write_text('---\nname: "a\\e[31m b"\ndescription: x\ntools: "\\e[2J, \\u202eraed"\n---\n')

    run(["agents", "lint", str(path)])

    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", capsys.readouterr().out)
