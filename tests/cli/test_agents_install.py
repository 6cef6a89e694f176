"""`backcheck agents install`, `uninstall` and `export`, as their users see them."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
from typing import TYPE_CHECKING

import pytest
import yaml

from backcheck.cli import run
from backcheck.definitions.clients import CLAUDE_CODE, Outcome, load_in

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = (
    '---\nname: keeper\n# Bees first.\ndescription: "Keeps bees: all of them"\ntools: Read, Edit\n---\nKeep bees.\n'
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def keeper(tmp_path: Path) -> Path:
    return written(tmp_path / "keeper.md")


def written(path: Path, text: str = DEFINITION) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def install(*words: object) -> int:
    return run(["agents", "install", *map(str, words)])


def uninstall(*words: object) -> int:
    return run(["agents", "uninstall", *map(str, words)])


def state(folder: Path) -> dict[str, tuple[int, str]]:
    """Return every path below a folder with its time and content."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.read_text() if path.is_file() else "")
        for path in sorted(folder.rglob("*"))
    }


def refused(capsys: pytest.CaptureFixture[str], code: int) -> str:
    assert code == 2
    return capsys.readouterr().err


def test_a_copy_is_the_definition_and_one_line_more(project: Path, keeper: Path) -> None:
    assert install(keeper) == 0

    lines = (project / ".claude/agents/keeper.md").read_text().splitlines(keepends=True)
    stamp = lines.pop(1)
    assert "".join(lines) == DEFINITION
    assert stamp.startswith("# installed by backcheck ")
    assert stamp.count(hashlib.sha256(DEFINITION.encode()).hexdigest()) == 2, (
        "of the source, and of the copy without it"
    )


def test_installing_twice_changes_nothing(project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(keeper, "backend-developer")
    before = state(project)

    assert install(keeper, "backend-developer") == 0

    assert state(project) == before
    assert capsys.readouterr().out.count("unchanged") == 2


@pytest.mark.parametrize(
    "client, scope",
    [(client, "project") for client in ("claude-code", "codex", "copilot", "cursor", "gemini", "opencode")]
    + [("claude-code", "user"), ("opencode", "user")],
)
def test_uninstalling_leaves_nothing(
    project: Path, keeper: Path, scrubbed_environment: Path, client: str, scope: str
) -> None:
    where = ("--client", client, "--scope", scope)
    before = state(project), state(scrubbed_environment)
    assert install(keeper, *where) == 0
    assert install("backend-developer", *where) == 0
    assert len(list((project if scope == "project" else scrubbed_environment).rglob("*.*"))) >= 2

    assert uninstall("keeper", *where) == 0
    assert uninstall("backend-developer", *where) == 0

    assert [sorted(now) for now in (state(project), state(scrubbed_environment))] == [sorted(one) for one in before]


def test_folders_that_were_there_stay(project: Path, keeper: Path) -> None:
    (project / ".claude").mkdir()
    install(keeper)

    assert uninstall("--all") == 0

    assert sorted(state(project)) == [".claude"]


def test_what_somebody_else_put_there_stays(project: Path, keeper: Path) -> None:
    install(keeper)
    written(project / ".claude/agents/mine.md", DEFINITION.replace("keeper", "mine"))

    assert uninstall("--all") == 0

    assert sorted(state(project)) == [".claude", ".claude/agents", ".claude/agents/mine.md"]


def test_an_agent_that_backcheck_did_not_install_is_not_uninstalled(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(project / ".claude/agents/mine.md")

    assert "was not installed by backcheck" in refused(capsys, uninstall("keeper", "--force"))
    assert "no 'ghost' is installed" in refused(capsys, uninstall("ghost"))
    assert path.read_text() == DEFINITION


def test_a_copy_follows_its_source(project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(keeper)
    written(keeper, DEFINITION.replace("Keep bees.", "Keep more bees."))

    assert install(keeper) == 0

    assert "updated" in capsys.readouterr().out
    assert "Keep more bees." in (project / ".claude/agents/keeper.md").read_text()


def test_an_edited_copy_is_nobody_s_to_overwrite(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(keeper)
    copy = project / ".claude/agents/keeper.md"
    edited = copy.read_text().replace("Keep bees.", "Keep wasps.")
    copy.write_text(edited)

    assert "was edited since" in refused(capsys, install(keeper))
    assert "was edited since" in refused(capsys, uninstall("keeper"))
    assert copy.read_text() == edited

    assert install(keeper, "--force") == 0
    assert "Keep bees." in copy.read_text()


def test_a_file_that_nobody_installed_is_never_overwritten(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(project / ".claude/agents/keeper.md", "My own notes.\n")

    said = refused(capsys, install(keeper, "--force"))

    assert str(path) in said
    assert str(keeper) in said
    assert path.read_text() == "My own notes.\n"


def test_a_name_that_is_taken_names_both_files(
    project: Path, tmp_path: Path, keeper: Path, scrubbed_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (
        project / ".claude/agents/insects/other.md",
        tmp_path / ".claude/agents/above.md",
        scrubbed_environment / ".claude/agents/user.md",
    ):
        written(place, DEFINITION.replace("all of them", "not yours"))

        said = refused(capsys, install(keeper))

        assert str(place) in said
        assert str(keeper) in said
        assert "--as" in said
        place.unlink()
    assert install(keeper) == 0


def test_a_project_s_agent_is_not_shadowed_from_the_user_s_side(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(project / ".claude/agents/x.md", DEFINITION.replace("all of them", "not yours"))

    assert "would be shadowed" in refused(capsys, install(keeper, "--scope", "user"))


def test_the_same_agent_for_the_user_and_the_project_is_told(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(keeper)

    assert install(keeper, "--scope", "user") == 0
    assert f"also finds it in {project / '.claude/agents/keeper.md'}" in capsys.readouterr().out


@pytest.mark.parametrize("client", ["copilot", "cursor"])
def test_a_client_that_reads_claude_s_agents_too_is_not_given_two_of_one_name(
    project: Path, keeper: Path, client: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = written(project / ".claude/agents/other.md", DEFINITION.replace("all of them", "not yours"))
    assert str(other) in refused(capsys, install(keeper, "--client", client))
    other.unlink()
    install(keeper)

    assert install(keeper, "--client", client) == 0
    assert f"also finds it in {project / '.claude/agents/keeper.md'}" in capsys.readouterr().out


def test_the_folders_above_the_repository_do_not_count(project: Path, tmp_path: Path, keeper: Path) -> None:
    written(tmp_path / ".claude/agents/above.md", DEFINITION.replace("all of them", "not yours"))
    (project / ".git").mkdir()

    assert install(keeper) == 0


def test_three_agents_of_one_name_live_side_by_side_under_others(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three = [written(tmp_path / f"{n}.md", DEFINITION.replace("all", f"{n}")) for n in range(3)]

    said = refused(capsys, install(*three))
    assert str(three[0]) in said
    assert str(three[1]) in said
    assert state(project) == {}, "nothing was written"

    assert [install(three[0]), install(three[1], "--as", "second"), install(three[2], "--as", "third")] == [0, 0, 0]
    copies = sorted((project / ".claude/agents").iterdir())
    assert [load_in(CLAUDE_CODE, path.read_bytes(), path, meant=None).name for path in copies] == [
        "keeper",
        "second",
        "third",
    ]
    assert install(three[1], "--as", "second") == 0, "again, and it is still its own copy"


def test_all_or_nothing(project: Path, keeper: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = written(tmp_path / "broken.md", "no definition")

    assert install("backend-developer", keeper, broken) == 2
    assert state(project) == {}


def test_a_disk_that_refuses_leaves_all_as_it_was(
    project: Path, keeper: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(keeper)
    before = state(project)
    written(keeper, DEFINITION.replace("Keep", "Sell"))
    long = written(tmp_path / "long.md", DEFINITION.replace("keeper", "other").replace("Keep bees.", "x" * 100_000))
    # The limit stands for a disk that is full: the second file meets it after the first was replaced.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        code = install(keeper, long)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, kept)

    assert code == 5
    assert "nothing was changed" in capsys.readouterr().err
    assert {path: text for path, (_, text) in state(project).items()} == {
        path: text for path, (_, text) in before.items()
    }


@pytest.mark.parametrize("link", [".claude", ".claude/agents", ".claude/agents/keeper.md"])
def test_nothing_is_written_through_a_link(
    project: Path, tmp_path: Path, keeper: Path, link: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / link).parent.mkdir(parents=True, exist_ok=True)
    (project / link).symlink_to(outside / "x.md" if link.endswith(".md") else outside)

    said = refused(capsys, install(keeper))

    assert "is a link" in said
    assert list(outside.iterdir()) == []
    assert run(["agents", "export", str(keeper), "--to", "claude-code", "--into", str(project)]) == 2


def test_a_pipe_in_the_way_is_refused_at_once(project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".claude/agents").mkdir(parents=True)
    os.mkfifo(project / ".claude/agents/keeper.md")

    assert "no plain file" in refused(capsys, install(keeper))


def test_a_user_s_own_link_is_followed(project: Path, keeper: Path, tmp_path: Path, scrubbed_environment: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (scrubbed_environment / ".claude").symlink_to(tmp_path / "dotfiles")

    assert install(keeper, "--scope", "user") == 0
    assert (tmp_path / "dotfiles/agents/keeper.md").is_file()


def test_what_no_client_loads_is_installed_in_a_form_that_it_does(project: Path, tmp_path: Path) -> None:
    seed = written(
        tmp_path / "seed.txt",
        '\n---\nname: seed\ndescription: Use it: user: "Feed"\nassistant: "Done"\ntools: [Read, MultiEdit]\n---\nKeep.\n',
    )

    assert install(seed) == 0

    path = project / ".claude/agents/seed.md"
    loaded = load_in(CLAUDE_CODE, path.read_bytes(), path, meant=None)
    assert (loaded.outcome, loaded.name, loaded.tools.effective) == (Outcome.LOADS, "seed", ("Read", "Edit"))
    assert yaml.safe_load(path.read_text().split("---\n")[1])["description"].startswith('Use it: user: "Feed"')
    assert path.read_text().endswith("---\nKeep.\n")


def test_our_tools_are_named_as_the_packaging_names_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install("backend-developer")
    install("backend-developer", "--client", "copilot")

    assert "mcp__backcheck__audit" in (project / ".claude/agents/backend-developer.md").read_text()
    copilot = (project / ".github/agents/backend-developer.agent.md").read_text()
    assert "backcheck/audit" in copilot
    assert "mcp__" not in copilot.split("---\n")[1]
    assert "needs MCP server backcheck" in capsys.readouterr().err


def test_a_copy_s_copy_remembers_the_first_text_alone(project: Path, keeper: Path, tmp_path: Path) -> None:
    install(keeper)
    second = tmp_path / "second"
    second.mkdir()

    assert install(project / ".claude/agents/keeper.md", "--dir", second) == 0

    assert (second / ".claude/agents/keeper.md").read_text().count("# installed by backcheck") == 1


def test_a_folder_is_installed_whole(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        written(tmp_path / "pack" / f"{name}.md", DEFINITION.replace("keeper", name))

    assert install(tmp_path / "pack") == 0
    assert sorted(path.name for path in (project / ".claude/agents").iterdir()) == ["a.md", "b.md"]
    assert "one definition" in refused(capsys, install(tmp_path / "pack", "--as", "c"))


@pytest.mark.parametrize("client", ["plugin", "emacs"])
def test_a_client_that_nobody_installs_for_is_named(
    project: Path, keeper: Path, client: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there are: claude-code, codex" in refused(capsys, install(keeper, "--client", client))


def test_names_that_differ_in_capitals_alone_do_not_share_a_folder(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(project / ".claude/agents/KEEPER.md", DEFINITION.replace("name: keeper", "name: other"))

    assert "differs from 'keeper.md' in capitals alone" in refused(capsys, install(keeper))


def test_export_writes_once_and_tells_what_is_lost(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["agents", "export", str(keeper), "--to", "codex", "--into", "out"]
    assert run(words) == 0
    printed = capsys.readouterr()
    assert "written    out/.codex/agents/keeper.toml" in printed.out
    assert "keeper: gains tools beyond its list: it can also run commands" in printed.err

    before = state(project)
    assert run(words) == 0
    assert state(project) == before

    (project / "out/.codex/agents/keeper.toml").write_text("mine")
    assert "is there and differs" in refused(capsys, run(words))
    assert run([*words, "--force"]) == 0


def test_export_prints_where_no_folder_is_named(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["agents", "export", str(keeper), "--to", "gemini", "--as", "beekeeper"]) == 0

    assert yaml.safe_load(capsys.readouterr().out.split("---\n")[1])["name"] == "beekeeper"
    assert state(project) == {}


def test_export_names_the_targets_that_there_are(keeper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "claude-code, codex, copilot" in refused(capsys, run(["agents", "export", str(keeper), "--to", "emacs"]))


def test_what_is_printed_acts_on_no_terminal(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = written(
        tmp_path / "evil.md", '---\nname: "evil\\x1b[2J\\u202e"\ndescription: d\ntools: "\\e[31mRaed"\n---\nx\n'
    )

    assert install(evil) == 0

    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert "\u202e" not in printed.out + printed.err


def test_line_ends_that_version_control_changed_are_no_edit(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(keeper)
    copy = project / ".claude/agents/keeper.md"
    copy.write_bytes(copy.read_bytes().replace(b"\n", b"\r\n"))

    assert uninstall("keeper") == 0


def test_a_stamp_that_a_text_quotes_is_no_stamp(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(keeper)
    stamp = (project / ".claude/agents/keeper.md").read_text().splitlines(keepends=True)[1]
    written(project / ".claude/agents/quoting.md", DEFINITION.replace("keeper", "quoting") + stamp)

    assert "was not installed by backcheck" in refused(capsys, uninstall("quoting"))


def test_a_stamp_below_another_comment_is_still_one(
    project: Path, keeper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(keeper)
    copy = project / ".claude/agents/keeper.md"
    copy.write_text(copy.read_text().replace("---\n", "---\n# mine\n", 1))

    assert "was edited since" in refused(capsys, install(keeper))


def test_the_user_s_folder_moves_with_the_client_s_variable(
    project: Path, keeper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "elsewhere"))

    assert install(keeper, "--scope", "user") == 0
    assert (tmp_path / "elsewhere/agents/keeper.md").is_file()

    assert uninstall("--all", "--scope", "user") == 0
    assert not (tmp_path / "elsewhere").exists()


ODD = (
    "tools: {read: [1]}\nmodel: {a: b}\nhooks: {}\ncolor: [1]\nmode: [1]\neffort: {}\nmaxTurns: .nan\n",
    "mcp-servers: 3\nskills: !!set {a}\nmemory: 2020-01-01\nisolation: !!binary aGVsbG8=\n",
    "tools: mcp__, mcp____, mcp__plugin_a_b_c__d, Bash(, (, '*'\n",
    f"maxTurns: 0x{'f' * 5000}\n",
)


@pytest.mark.parametrize("target", ["claude-code", "codex", "copilot", "cursor", "gemini", "opencode", "plugin"])
def test_no_definition_is_too_odd_to_be_read(
    project: Path, tmp_path: Path, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    several = [
        written(tmp_path / f"odd{n}.md", f"---\nname: odd{n}\ndescription: d\n{front}---\nx\n")
        for n, front in enumerate(ODD)
    ]

    assert run(["agents", "export", *map(str, several), "--to", target]) == 0, capsys.readouterr().err
