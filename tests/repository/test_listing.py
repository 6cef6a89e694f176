from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from backcheck import repository as room
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_tracked_and_untracked_files_are_listed_and_ignored_ones_are_not(repository: Path) -> None:
    (repository / "new.py").write_text("")
    assert room.files(repository) == [".gitignore", "app/main.py", "latest", "new.py", "run.sh"]


def test_paths_are_relative_to_the_folder_asked_about(repository: Path) -> None:
    assert room.files(repository / "app") == ["main.py"]


def test_outside_git_there_is_no_listing_no_commit_and_the_tree_counts_as_dirty(tmp_path: Path) -> None:
    assert room.files(tmp_path) is None
    assert room.head(tmp_path) is None
    assert room.is_dirty(tmp_path)


def test_an_ignored_folder_is_not_seen_through_git(repository: Path) -> None:
    assert room.files(repository / "build") is None


def test_a_deleted_file_is_not_listed(repository: Path) -> None:
    (repository / "app" / "main.py").unlink()
    assert "app/main.py" not in (room.files(repository) or [])


def test_a_folder_that_became_a_link_is_listed_as_the_link_alone(repository: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (repository / "app").rename(elsewhere)
    (repository / "app").symlink_to(elsewhere)
    listed = room.files(repository) or []
    assert "app" in listed
    assert "app/main.py" not in listed


def test_an_untracked_nested_repository_hides_nothing(repository: Path, git: Callable[..., str]) -> None:
    nested = repository / "hidden"
    nested.mkdir()
    git(nested, "init", "-q")
    (nested / "evil.py").write_text("")
    git(nested, "add", ".")
    git(nested, "commit", "-qm", "hide")
    assert "hidden/evil.py" in (room.files(repository) or [])


def test_info_exclude_and_a_configured_excludes_file_hide_nothing(repository: Path, git: Callable[..., str]) -> None:
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "exclude").write_text("*.py\n")
    (repository / "more").write_text("*.py\n")
    git(repository, "config", "core.excludesFile", str(repository / "more"))
    (repository / "new.py").write_text("")
    assert "new.py" in (room.files(repository) or [])


def test_names_that_are_not_utf8_survive(repository: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (repository / name).write_text("")
    assert name in (room.files(repository) or [])


def test_head_is_the_full_commit_id_and_none_before_the_first(
    repository: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    assert room.head(repository) == git(repository, "rev-parse", "HEAD").strip()
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    assert room.head(empty) is None


def test_a_fresh_checkout_is_clean(repository: Path) -> None:
    assert not room.is_dirty(repository)


@pytest.mark.parametrize("change", ["edit", "add", "remove", "mode", "retarget"])
def test_any_change_makes_the_tree_dirty(repository: Path, change: str) -> None:
    match change:
        case "edit":
            (repository / "app" / "main.py").write_text("print('SHOP')\n")  # the same size
        case "add":
            (repository / "new.py").write_text("")
        case "remove":
            (repository / "run.sh").unlink()
        case "mode":
            (repository / "run.sh").chmod(0o644)
        case _:
            (repository / "latest").unlink()
            (repository / "latest").symlink_to("run.sh")
    assert room.is_dirty(repository)


def test_line_ends_alone_do_not_make_the_tree_dirty(repository: Path) -> None:
    (repository / "app" / "main.py").write_bytes(b"print('shop')\r\n")
    assert not room.is_dirty(repository)


@pytest.mark.parametrize("revision", ["--all", "-h", "no-such-branch", "HEAD:app"])
def test_a_revision_that_is_no_commit_is_refused_by_name(repository: Path, revision: str) -> None:
    with pytest.raises(UsageError, match=revision.replace("-", "[-]")):
        room.resolve(repository, revision)


def test_submodules_are_named_and_not_entered(repository: Path, git: Callable[..., str]) -> None:
    commit = room.head(repository)
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},vendor/lib")
    (repository / "vendor" / "lib").mkdir(parents=True)
    (repository / "vendor" / "lib" / "x.py").write_text("")
    assert room.submodules(repository) == ["vendor/lib"]
    assert not [path for path in room.files(repository) or [] if path.startswith("vendor")]


def test_borrowed_object_stores_are_noticed(repository: Path) -> None:
    assert room.alternates(repository) == []
    (repository / ".git" / "objects" / "info" / "alternates").write_text("/srv/other/objects\n")
    assert room.alternates(repository) == ["/srv/other/objects"]


def test_what_only_a_newer_gitignore_hides_is_found(repository: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    room.export(repository, "HEAD", before)
    (repository / "secret_api").mkdir()
    (repository / "secret_api" / "evil.py").write_text("")
    (repository / "one.py").write_text("")
    (repository / ".gitignore").write_text("build/\n.env\nsecret_api/\none.py\n")
    assert "one.py" not in (room.files(repository) or [])
    assert room.hidden(repository, before) == ["one.py", "secret_api/evil.py"]


def test_nothing_is_hidden_where_the_rules_did_not_change(repository: Path, tmp_path: Path) -> None:
    room.export(repository, "HEAD", tmp_path / "before")
    assert room.hidden(repository, tmp_path / "before") == []
