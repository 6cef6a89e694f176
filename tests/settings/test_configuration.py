from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from backcheck.errors import UsageError
from backcheck.settings import Blobs, Configuration, load_configuration, read_below, state_directory

if TYPE_CHECKING:
    from pathlib import Path


def test_a_repository_without_configuration_has_the_defaults(tmp_path: Path) -> None:
    assert load_configuration(tmp_path) == Configuration()


def test_each_value_says_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "backcheck.yaml").write_text("# ours\nchecklist: release\nareas: [security]\n")
    read = load_configuration(tmp_path).with_options(checklist="ci", items=(), agent=None)
    assert (read.checklist, read.areas) == ("ci", ("security",))
    assert read.origin == {"checklist": "command line", "areas": "backcheck.yaml:3"}


@pytest.mark.parametrize(
    "text, message, hint",
    [
        ("cheklist: ci\n", "backcheck.yaml:1: unknown key 'cheklist'", "did you mean 'checklist'?"),
        ("areas: security\n", "backcheck.yaml:1: 'areas' is 'security'", "a list"),
        ("\nchecklist: [a]\n", "backcheck.yaml:2: 'checklist' is", "a word"),
        ("undecided: maybe\n", "backcheck.yaml:1: 'undecided' is 'maybe'", "`ok` or `fail`"),
        ("- a\n", "not a mapping", "key: value"),
        ("a: [\n", "not YAML", "mend"),
        ("checklist: a\nchecklist: b\n", "backcheck.yaml:2: 'checklist' stands twice", "keep one"),
        ("checklist: !!python/object/apply:os.system [ls]\n", "not YAML", "mend"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, message: str, hint: str) -> None:
    (tmp_path / "backcheck.yaml").write_text(text)
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        load_configuration(tmp_path)
    assert hint in caught.value.help


def test_what_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "backcheck.yaml").write_bytes(b"checklist: \xff\n")
    with pytest.raises(UsageError, match="UTF-8"):
        load_configuration(tmp_path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("checklist: ci\n")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "backcheck.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(UsageError, match="link"):
        load_configuration(tmp_path / "root")


def test_a_linked_folder_on_the_way_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "waivers.yaml").write_text("")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / ".backcheck").symlink_to(tmp_path / "other")
    with pytest.raises(UsageError, match="link"):
        read_below(tmp_path / "root", ".backcheck/waivers.yaml")


def test_a_fifo_does_not_hold_the_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "backcheck.yaml")
    with pytest.raises(UsageError, match="not a regular file"):
        load_configuration(tmp_path)


def test_an_oversized_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "backcheck.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(UsageError, match="larger"):
        load_configuration(tmp_path)


def test_state_lies_where_xdg_says_and_belongs_to_the_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = state_directory()
    assert folder == tmp_path / "state" / "backcheck"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_relative_xdg_value_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_directory() == tmp_path / ".local" / "state" / "backcheck"


def test_a_stored_blob_comes_back_and_a_changed_one_does_not(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    digest = blobs.put(b"quoted")
    assert blobs.get(digest) == b"quoted"
    (tmp_path / digest[:2] / digest).write_bytes(b"forged")
    assert blobs.get(digest) is None
    assert blobs.get("0" * 64) is None
