"""`backcheck doctor`, as its users and programs see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from backcheck.cli import run
from backcheck.sandbox import probe

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = "---\nname: keeper\ndescription: Keeps bees.\ntools: Read, Edit\n---\nKeep bees.\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def keeper(project: Path) -> Path:
    path = project / "sources/keeper.md"
    path.parent.mkdir()
    path.write_text(DEFINITION)
    assert run(["agents", "install", str(path)]) == 0
    return path


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]]]:
    capsys.readouterr()
    code = run(["doctor", *words, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert report["exit_code"] == code
    return code, report["findings"]


def definitions(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[tuple[str, str]]]:
    code, findings = asked(capsys, *words)
    return code, [(one["state"], one["what"]) for one in findings if one["part"] == "definition"]


def test_all_is_well_where_nothing_drifted(keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, findings = asked(capsys)

    assert code == 0
    assert {one["part"] for one in findings} >= {"sandbox", "git", "ripgrep", "MCP server", "client", "definition"}
    assert [one["what"] for one in findings if one["part"] == "definition"] == [
        "claude-code: keeper (installed): sound"
    ]


def test_the_sandbox_is_named_with_its_holes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, findings = asked(capsys)

    said = [one["what"] for one in findings if one["part"] == "sandbox"]
    assert said[0].startswith("bubblewrap holds")
    assert any("known hole" in one for one in said)


def test_a_source_that_changed_makes_its_copy_stale(keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keeper.write_text(DEFINITION + "Carefully.\n")

    code, found = definitions(capsys)

    assert (code, found) == (
        1, [("wrong", "claude-code: keeper (installed): stale: sources/keeper.md changed since")]
    )  # fmt: skip


def test_what_doctor_says_to_do_mends_a_stale_copy(keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keeper.write_text(DEFINITION + "Carefully.\n")
    _, findings = asked(capsys)
    (do,) = [one["do"] for one in findings if one["state"] == "wrong"]

    assert do == "backcheck agents install sources/keeper.md --as keeper"
    assert run(do.split()[1:]) == 0
    assert definitions(capsys)[0] == 0


def test_a_copy_that_was_edited_is_told(project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = project / ".claude/agents/keeper.md"
    copy.write_text(copy.read_text().replace("Keep bees.", "Keep wasps."))

    code, ((state, said),) = definitions(capsys)

    assert (code, state) == (1, "wrong")
    assert "hand-edited" in said


def test_a_source_that_is_gone_is_a_note(keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keeper.unlink()

    assert definitions(capsys) == (
        0, [("note", "claude-code: keeper (installed): source gone: no file to read at sources/keeper.md")]
    )  # fmt: skip


def test_copies_of_every_client_are_looked_at(project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for client in ("codex", "copilot", "cursor", "gemini", "opencode"):
        assert run(["agents", "install", str(keeper), "--client", client]) == 0
    keeper.write_text(DEFINITION + "Carefully.\n")

    code, found = definitions(capsys)

    assert code == 1
    assert sum("stale" in said for _, said in found) == 6


def test_what_the_client_does_not_load_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project / ".claude/agents"
    folder.mkdir(parents=True)
    (folder / "dead.md").write_text("\n" + DEFINITION)
    (folder / "README.md").write_text("# Agents\n")
    (folder / "sound.md").write_text(DEFINITION)

    code, (dead, sound) = definitions(capsys)

    assert code == 1
    assert dead[0] == "wrong"
    assert dead[1].startswith("claude-code: dead.md: dead: ")
    assert sound == ("ok", "claude-code: 1 that nobody installed load as they are written")


def test_a_shadowed_name_names_both_files(
    project: Path, keeper: Path, scrubbed_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = scrubbed_environment / ".claude/agents/mine.md"
    mine.parent.mkdir(parents=True)
    mine.write_text(DEFINITION)

    code, findings = asked(capsys)

    (shadowed,) = [one for one in findings if one["state"] == "wrong"]
    assert code == 1
    assert shadowed["where"] == str(mine)
    assert str(project / ".claude/agents/keeper.md") in shadowed["what"]


def test_an_agent_without_its_mcp_server_is_told_until_it_is_connected(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["agents", "install", "backend-developer"]) == 0
    code, findings = asked(capsys)
    (lost,) = [one for one in findings if one["state"] == "wrong"]
    assert code == 1
    assert "'backcheck'" in lost["what"]
    assert lost["do"] == "claude mcp add backcheck -- backcheck mcp"

    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"backcheck": {"command": "sh"}}}))
    assert asked(capsys)[0] == 0

    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"backcheck": {"command": "no-such-program"}}}))
    code, findings = asked(capsys)
    assert code == 1
    assert "'no-such-program' is not on PATH" in next(one["what"] for one in findings if one["state"] == "wrong")


@pytest.mark.parametrize(
    "settings", [b"[" * 100_000, b"\xff\xfe", b"[]", b'{"mcpServers": 3}', b'{"mcpServers": {"backcheck": 1}}']
)
def test_settings_that_are_none_connect_nothing(
    project: Path, settings: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["agents", "install", "backend-developer"])
    (project / ".mcp.json").write_bytes(settings)

    assert asked(capsys)[0] == 1


def test_a_stamp_that_names_a_device_is_not_read(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = project / ".claude/agents/keeper.md"
    copy.write_text(copy.read_text().replace('"sources/keeper.md"', '"/dev/zero"'))

    assert "source gone" in definitions(capsys)[1][0][1]


def test_a_project_that_is_not_there_is_wrong_use(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--dir", "nowhere"]) == 2
    assert "there is no folder 'nowhere'" in capsys.readouterr().err


def test_nothing_of_a_project_is_run(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = project / "bin/claude"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ntouch ran\necho 2.1.329\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

    asked(capsys)

    assert not list(project.rglob("ran"))


def test_a_client_of_another_version_is_told(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin/claude"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho '9.9.9 (Claude Code)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

    code, findings = asked(capsys)

    (claude,) = [one for one in findings if one["part"] == "client" and "claude-code" in one["what"]]
    assert (code, claude["state"], claude["where"]) == (0, "note", str(program))
    assert "9.9.9; what backcheck says of it was measured in 2.1.329" in claude["what"]


def test_without_git_the_surroundings_are_at_fault(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    code, findings = asked(capsys)

    assert code == 5
    assert next(one["do"] for one in findings if one["part"] == "git") == "install git"


def test_without_a_sandbox_the_command_that_mends_it_is_named(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("apt-get", "git"):
        (tools / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tools))
    probe.cache_clear()
    try:
        code, findings = asked(capsys)
    finally:
        probe.cache_clear()

    assert code == 5
    assert findings[0]["what"] == "none holds: bubblewrap is not installed"
    assert findings[0]["do"] == "sudo apt-get install -y bubblewrap"


def test_a_person_reads_what_where_and_what_to_do(keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keeper.write_text(DEFINITION + "Carefully.\n")
    capsys.readouterr()

    assert run(["doctor"]) == 1

    printed = capsys.readouterr().out
    assert "wrong  definition  claude-code: keeper (installed): stale" in printed
    assert "do          backcheck agents install sources/keeper.md" in printed
    assert "1 of" in printed


def test_what_doctor_prints_acts_on_no_terminal(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project / ".claude/agents"
    folder.mkdir(parents=True)
    (folder / "evil\x1b[2J.md").write_text('---\nname: "evil:\\x1b[31m\\u202e"\ndescription: d\n---\n')

    run(["doctor"])

    printed = capsys.readouterr()
    assert "evil" in printed.out
    assert not {"\x1b", "\u202e"} & set(printed.out + printed.err)
