"""`backcheck agents fix`, as its users and programs see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from backcheck.cli import run
from backcheck.definitions.fix import replace
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = "---\nname: keeper\ndescription: Keeps bees: well\ntools: Read, MultiEdit\n---\nBody\n"
MENDED = '---\nname: keeper\ndescription: "Keeps bees: well"\ntools: Read, MultiEdit\n---\nBody\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One definition that wants mending, one that is sound, one that a person has to mend, and two that are none."""
    home = tmp_path / "agents"
    (home / "deep").mkdir(parents=True)
    (home / "deep" / "keeper.md").write_text(BROKEN)
    (home / "sound.md").write_text(MENDED)
    (home / "mute.md").write_text("---\nname: mute\n---\nBody\n")
    (home / "README.md").write_text("# Agents\n")
    (home / "notes.md").write_text("---\ntitle: Notes\n---\nBody\n")
    return home


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_folder_is_mended_and_what_is_left_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents", "fix", str(folder)]) == 1

    assert capsys.readouterr().out == (
        f"{folder}/deep/keeper.md: mended: `description` stands in quotes (unquoted-colon, line 3)\n"
        f"{folder}/mute.md: left for you: has no description\n"
        "3 definitions read, 1 mended, 1 left for you.\n"
    )
    assert (folder / "deep" / "keeper.md").read_text() == MENDED


def test_a_second_run_changes_nothing_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mute.md").unlink()
    assert run(["agents", "fix", str(folder)]) == 0
    mended = contents(folder)
    stamp = (folder / "deep" / "keeper.md").stat().st_mtime_ns

    assert run(["agents", "fix", str(folder)]) == 0

    assert capsys.readouterr().out.endswith("2 definitions read, nothing to mend.\n")
    assert contents(folder) == mended
    assert (folder / "deep" / "keeper.md").stat().st_mtime_ns == stamp


def test_a_diff_is_shown_that_patch_takes_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "deep" / "keeper.md"

    assert run(["agents", "fix", "--diff", str(path)]) == 1

    assert capsys.readouterr().out == (
        f"--- {path}\n+++ {path}\n@@ -1,6 +1,6 @@\n ---\n name: keeper\n-description: Keeps bees: well\n"
        '+description: "Keeps bees: well"\n tools: Read, MultiEdit\n ---\n Body\n'
        "1 definition read, 1 would be mended.\n"
    )
    assert path.read_text() == BROKEN


def test_check_tells_without_the_diff(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(folder)

    assert run(["agents", "fix", "--check", str(folder)]) == 1

    out = capsys.readouterr().out
    assert "keeper.md: would be mended: " in out
    assert "@@" not in out
    assert contents(folder) == before


@pytest.mark.parametrize("option", ["--diff", "--check"])
def test_a_sound_file_gives_0_to_a_check(folder: Path, option: str) -> None:
    assert run(["agents", "fix", option, str(folder / "sound.md")]) == 0


def test_tools_are_renamed_on_demand(folder: Path) -> None:
    path = folder / "deep" / "keeper.md"

    assert run(["agents", "fix", "--tools", str(path)]) == 0

    assert path.read_text() == MENDED.replace("MultiEdit", "Edit")


def test_a_program_gets_every_change_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents", "fix", "--diff", "--format", "json", str(folder)]) == 1

    found = json.loads(capsys.readouterr().out)
    keeper, mute, sound = found["files"]
    assert {key: keeper[key] for key in ("file", "changed", "changes", "left")} == {
        "file": str(folder / "deep" / "keeper.md"),
        "changed": True,
        "changes": [{"rule": "unquoted-colon", "line": 3, "what": "`description` stands in quotes"}],
        "left": "",
    }
    assert keeper["diff"].startswith("--- ")
    assert (mute["left"], sound["changed"], sound["diff"]) == ("has no description", False, "")
    assert (found["written"], found["changed"], found["left"]) == (False, 1, 1)


def test_a_file_that_is_named_is_told_of_whatever_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents", "fix", str(folder / "README.md"), str(folder / "sound.md"), str(folder)]) == 1

    out = capsys.readouterr().out
    assert "README.md: left for you: has no front matter" in out
    assert out.endswith("4 definitions read, 1 mended, 2 left for you.\n")


def test_the_mode_of_a_file_stays_and_nothing_lies_beside_it(folder: Path) -> None:
    path = folder / "deep" / "keeper.md"
    path.chmod(0o640)

    assert run(["agents", "fix", str(path)]) == 0

    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in path.parent.iterdir()] == ["keeper.md"]


def test_a_link_is_not_written_through(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = folder.parent / "outside.md"
    target.write_text(BROKEN)
    (folder / "link.md").symlink_to(target)

    assert run(["agents", "fix", str(folder / "link.md"), str(folder)]) == 1

    assert "link.md: left for you: is a link" in capsys.readouterr().out
    assert target.read_text() == BROKEN
    assert (folder / "link.md").is_symlink()


def test_a_file_that_changed_since_it_was_read_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("saved in between")

    with pytest.raises(UsageError, match="changed while it was mended"):
        replace(path, BROKEN.encode(), MENDED.encode())

    assert contents(tmp_path) == {str(path): b"saved in between"}


def test_a_disk_that_is_full_leaves_every_file_as_it_was(folder: Path) -> None:
    before = contents(folder)
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20));"
        f"from backcheck.cli import run; sys.exit(run(['agents', 'fix', {str(folder)!r}]))"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", script]

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL
    )

    assert done.returncode == 5, done.stdout + done.stderr
    assert contents(folder) == before


def test_a_name_or_a_text_that_acts_on_a_terminal_is_shown_as_an_escape(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a\x1b[2J.md").write_text("---\nname: a\ndescription: x\x1b[31m: y\n---\n")
    (tmp_path / "b\x1b[2J.md").write_text("---\nname: b\x1b:\ndescription: x\n---\n")

    run(["agents", "fix", "--diff", str(tmp_path)])
    run(["agents", "fix", str(tmp_path)])

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\x1b[31m" in out


@pytest.mark.parametrize(
    "arguments, said", [(["nowhere.md"], "nowhere.md"), ([], "Missing argument"), (["/dev/null"], "no regular file")]
)
def test_wrong_use_is_told_and_exits_2(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert run(["agents", "fix", *arguments]) == 2

    assert said in capsys.readouterr().err


def test_an_empty_folder_has_nothing_to_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents", "fix", str(tmp_path)]) == 0

    assert capsys.readouterr().out == "0 definitions read, nothing to mend.\n"
