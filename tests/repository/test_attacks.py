"""A repository names programs in many ways; none of them may run, whatever is asked of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck import repository as room
from backcheck.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CONFIGURATION = {
    "fsmonitor": "[core]\n\tfsmonitor = {trap}\n",
    "hooks": "[core]\n\thooksPath = {hooks}\n",
    "clean filter": '[filter "x"]\n\tclean = {trap}\n\tsmudge = {trap}\n\tprocess = {trap}\n',
    "textconv": '[diff "x"]\n\ttextconv = {trap}\n\tcommand = {trap}\n[diff]\n\texternal = {trap}\n',
    "pager": "[core]\n\tpager = {trap}\n\tsshCommand = {trap}\n\teditor = {trap}\n\taskPass = {trap}\n",
    "alias": "[alias]\n\tls-files = !{trap}\n\trev-parse = !{trap}\n",
    "partial clone": (
        '[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = {root}\n\tuploadpack = {trap}\n\tpromisor = true\n'
    ),
}


@pytest.fixture(params=_CONFIGURATION)
def trapped(request: pytest.FixtureRequest, repository: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A repository that runs a program on sight, and the file that the program would leave."""
    sprung, trap, hooks = tmp_path / "sprung", tmp_path / "trap", tmp_path / "hooks"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n")
    trap.chmod(0o755)
    hooks.mkdir()
    for name in ("post-checkout", "post-index-change", "reference-transaction", "pre-commit", "post-commit"):
        (hooks / name).symlink_to(trap)
        (repository / ".git" / "hooks" / name).unlink(missing_ok=True)
        (repository / ".git" / "hooks").mkdir(exist_ok=True)
        (repository / ".git" / "hooks" / name).symlink_to(trap)
    text = _CONFIGURATION[request.param].format(trap=trap, hooks=hooks, root=repository)
    with (repository / ".git" / "config").open("a") as file:
        file.write(text)
    (repository / ".gitattributes").write_text("* filter=x diff=x\n")
    (repository / "app" / "main.py").write_text("print('SHOP')\n")
    return repository, sprung


def test_nothing_that_a_repository_names_is_run(trapped: tuple[Path, Path], tmp_path: Path) -> None:
    root, sprung = trapped
    assert room.files(root)
    assert room.head(root)
    assert room.is_dirty(root)
    assert room.submodules(root) == []
    assert room.blob(root, "HEAD", "app/main.py") == b"print('shop')\n"
    room.export(root, "HEAD", tmp_path / "exported")
    room.private_copy(root, tmp_path / "copy")
    assert room.patch(tmp_path / "exported", tmp_path / "copy")
    assert not sprung.exists()


def test_the_traps_are_real(repository: Path, tmp_path: Path, git: Callable[..., str]) -> None:
    """An ordinary git call does run what is planted: else the test above would show nothing."""
    sprung = tmp_path / "sprung"
    git(repository, "config", "core.fsmonitor", f"touch {sprung};:")
    git(repository, "ls-files", "--others")
    assert sprung.exists()


def test_a_missing_object_of_a_partial_clone_is_said_and_not_fetched(
    repository: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    sprung = tmp_path / "sprung"
    oid = git(repository, "rev-parse", "HEAD:app/main.py").strip()
    (repository / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    for key, value in {
        "extensions.partialClone": "origin",
        "remote.origin.url": str(repository),
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": f"touch {sprung};git-upload-pack",
    }.items():
        git(repository, "config", key, value)
    git(repository, "config", "core.repositoryFormatVersion", "1")
    with pytest.raises(EnvironmentFault, match="not in the repository"):
        room.export(repository, "HEAD", tmp_path / "out")
    assert not sprung.exists()


def test_a_git_program_inside_the_audited_tree_is_not_used(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sprung = tmp_path / "sprung"
    planted = repository / ".venv" / "bin" / "git"
    planted.parent.mkdir(parents=True)
    planted.write_text(f"#!/bin/sh\ntouch {sprung}\n")
    planted.chmod(0o755)
    monkeypatch.setenv("PATH", f"{planted.parent}:.:/usr/local/bin:/usr/bin:/bin")
    monkeypatch.chdir(planted.parent)
    assert room.head(repository)
    assert not sprung.exists()


def test_a_configured_work_tree_does_not_move_the_listing(
    repository: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key.py").write_text("")
    git(repository, "config", "core.worktree", str(tmp_path / "secrets"))
    assert "key.py" not in (room.files(repository) or [])
    assert "app/main.py" in (room.files(repository) or [])


def test_the_callers_git_variables_do_not_move_the_calls(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "none"))
    assert "app/main.py" in (room.files(repository) or [])
