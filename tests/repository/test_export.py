from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backcheck import repository as room
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_commit_is_exported_with_modes_and_links_and_without_ignored_files(repository: Path, tmp_path: Path) -> None:
    into = tmp_path / "out"
    assert room.export(repository, "HEAD", into) == room.head(repository)
    assert sorted(path.name for path in into.iterdir()) == [".gitignore", "app", "latest", "run.sh"]
    assert (into / "app" / "main.py").read_text() == "print('shop')\n"
    assert os.access(into / "run.sh", os.X_OK)
    assert str((into / "latest").readlink()) == "app/main.py"


def test_a_part_of_a_repository_is_exported_alone(repository: Path, tmp_path: Path) -> None:
    room.export(repository / "app", "HEAD", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["main.py"]


def test_a_tree_that_leaves_its_folder_is_refused(repository: Path, tmp_path: Path, git: Callable[..., str]) -> None:
    blob = git(repository, "hash-object", "-w", "run.sh").strip()
    entry = f"100644 blob {blob}\t..".encode()
    tree = _mktree(repository, entry)
    outer = _mktree(repository, f"040000 tree {tree}\tdir".encode())
    commit = git(repository, "commit-tree", "-m", "evil", outer).strip()
    with pytest.raises(UsageError, match=r"dir/\.\."):
        room.export(repository, commit, tmp_path / "out")
    assert not any((tmp_path / "out").iterdir())


def _mktree(repository: Path, entry: bytes) -> str:
    """Write a tree object by its bytes: git's own `mktree` refuses hostile names."""
    about, _, name = entry.partition(b"\t")
    mode, _, oid = about.split(b" ")
    body = mode.lstrip(b"0") + b" " + name + b"\0" + bytes.fromhex(oid.decode())
    done = subprocess.run(
        ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
        input=body,
        cwd=repository,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def test_a_blob_is_read_from_its_commit_and_not_from_disk(repository: Path) -> None:
    (repository / "app" / "main.py").write_text("changed\n")
    assert room.blob(repository, "HEAD", "app/main.py") == b"print('shop')\n"
    assert room.blob(repository / "app", "HEAD", "main.py") == b"print('shop')\n"
    assert room.blob(repository, "HEAD", "app/none.py") is None


def test_a_private_copy_holds_what_stands_and_can_be_compared_with_where_it_began(
    repository: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    (repository / "app" / "main.py").write_text("changed\n")
    (repository / "new.py").write_text("new\n")
    copy = tmp_path / "copy"
    commit = room.private_copy(repository, copy)
    assert room.files(copy) == [".gitignore", "app/main.py", "latest", "new.py", "run.sh"]
    assert not (copy / ".env").exists()
    assert room.head(copy) == commit
    assert not room.is_dirty(copy)
    assert git(copy, "status", "--porcelain") == ""
    assert room.blob(copy, commit, "app/main.py") == b"changed\n"


def test_a_folder_outside_git_is_copied_whole_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.py").write_text("")
    (tmp_path / "plain" / "loop").symlink_to(".")
    os.mkfifo(tmp_path / "plain" / "pipe")
    room.private_copy(tmp_path / "plain", tmp_path / "copy")
    assert room.files(tmp_path / "copy") == ["a.py", "loop"]
    assert str((tmp_path / "copy" / "loop").readlink()) == "."


def test_a_copy_never_lands_on_something_or_inside_the_original(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not empty"):
        room.private_copy(repository, tmp_path)
    with pytest.raises(UsageError, match="lies in"):
        room.private_copy(repository, repository / "inner")


def test_a_patch_turns_the_one_folder_into_the_other(repository: Path, tmp_path: Path, git: Callable[..., str]) -> None:
    copy = tmp_path / "copy"
    room.private_copy(repository, copy)
    (copy / "app" / "main.py").write_bytes(b"print('caf\xe9')\r\n")
    (copy / "logo.png").write_bytes(bytes(range(256)) * 4)
    (copy / "run.sh").unlink()
    (copy / 'with space "and" quote.txt').write_text("no newline at end")
    (copy / "link").symlink_to("app")
    (copy / "build").mkdir()
    (copy / "build" / "junk.o").write_text("left out")
    patch = room.patch(repository, copy)
    (tmp_path / "change.patch").write_bytes(patch)
    git(repository, "apply", "--whitespace=nowarn", str(tmp_path / "change.patch"))
    assert room.patch(repository, copy) == b""
    assert b"junk" not in patch
    assert (repository / "logo.png").read_bytes() == (copy / "logo.png").read_bytes()
    assert not (repository / "run.sh").exists()
    assert str((repository / "link").readlink()) == "app"


def test_equal_folders_give_an_empty_patch(repository: Path, tmp_path: Path) -> None:
    room.private_copy(repository, tmp_path / "copy")
    assert room.patch(repository, tmp_path / "copy") == b""


def test_a_private_copy_may_be_named_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "app.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    room.private_copy(Path("workspace"), Path("copies/first"))
    room.private_copy(Path("workspace"), Path("copies/second"))
    (tmp_path / "copies/second/app.py").write_text("x = 2\n")
    assert b"+x = 2" in room.patch(Path("copies/first"), Path("copies/second"))
