"""Reading: numbered lines, the way to the rest, and what a file is when it is no plain text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from backcheck.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.workspace import Workspace


def test_a_long_file_comes_in_pages_that_meet(workspace: Workspace, root: Path) -> None:
    (root / "long.txt").write_text("".join(f"line {number}\n" for number in range(1, 5001)))
    seen, offset = [], 1
    while offset:
        *lines, footer = workspace.read(file_path="long.txt", offset=offset).split("\n")
        seen += lines
        offset = int(footer.rpartition("next offset=")[2].rstrip("]")) if "next offset" in footer else 0
    assert seen == [f"{number}\tline {number}" for number in range(1, 5001)]


def test_an_answer_is_never_longer_than_a_model_can_take(workspace: Workspace, root: Path) -> None:
    (root / "wide.txt").write_text(("x" * 5000 + "\n") * 100)
    answer = workspace.read(file_path="wide.txt", limit=100)
    assert len(answer) < 36_000
    assert "[... 3,000 more characters]" in answer
    assert "next offset=" in answer


@pytest.mark.parametrize(
    "data, notes",
    [
        (b"a\r\nb\r\n", "[line ends: CRLF]"),
        (b"a\r\nb\n", "[line ends: mixed CRLF and LF]"),
        (b"\xef\xbb\xbfa\nb\n", "[encoding: utf-8 with byte order mark]"),
        ("a\nb\n".encode("utf-16"), "[encoding: utf-16-le with byte order mark]"),
    ],
)
def test_what_the_lines_do_not_show_is_said(data: bytes, notes: str, workspace: Workspace, root: Path) -> None:
    (root / "file").write_bytes(data)
    assert workspace.read(file_path="file") == f"1\ta\n2\tb\n{notes}"


def test_bytes_that_are_not_utf8_are_shown_as_latin1(workspace: Workspace, root: Path) -> None:
    (root / "old.txt").write_bytes(b"caf\xe9\n")
    assert workspace.read(file_path="old.txt") == "1\tcafé\n[encoding: latin-1]"


def test_control_and_direction_characters_are_escaped(workspace: Workspace, root: Path) -> None:
    (root / "sly.py").write_text("a = 1 \x1b[2J \u202e\u2066 \u200b\n", encoding="utf-8")
    assert workspace.read(file_path="sly.py") == r"1	a = 1 \x1b[2J \u202e\u2066 \u200b"


def test_an_empty_file_and_an_offset_after_the_end_are_said(workspace: Workspace, root: Path) -> None:
    (root / "empty").touch()
    (root / "two").write_text("a\nb")
    assert workspace.read(file_path="empty") == "[the file is empty]"
    with pytest.raises(ToolError, match="'two' has 2 lines; offset is 3"):
        workspace.read(file_path="two", offset=3)


def test_a_binary_file_is_named_by_kind_and_size(workspace: Workspace, root: Path) -> None:
    (root / "logo").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    with pytest.raises(ToolError, match="'logo' is a PNG image of 108 bytes, not text"):
        workspace.read(file_path="logo")


def test_a_sparse_file_of_three_gigabytes_is_refused_at_once(workspace: Workspace, root: Path) -> None:
    with (root / "sparse").open("wb") as file:
        file.truncate(3 * 1024**3)
    for offset in (1, 1000):
        with pytest.raises(ToolError, match="binary file of 3,221,225,472 bytes"):
            workspace.read(file_path="sparse", offset=offset)


def test_a_part_of_a_large_file_is_read_without_the_rest(workspace: Workspace, root: Path) -> None:
    (root / "large.log").write_text("".join(f"{number:09}\n" for number in range(1_200_000)))
    with pytest.raises(ToolError, match="larger than 10 MiB"):
        workspace.read(file_path="large.log")
    answer = workspace.read(file_path="large.log", offset=1_000_000, limit=2)
    assert answer == "1000000\t000999999\n1000001\t001000000\n[lines 1000000-1000001 of more; next offset=1000002]"


def test_a_name_that_is_not_utf8_can_be_found_and_read(workspace: Workspace, root: Path) -> None:
    (root / os.fsdecode(b"caf\xe9.py")).write_text("a = 1\n")
    assert workspace.glob(pattern="*.py") == r"caf\udce9.py"
    assert workspace.grep(pattern="a = 1") == r"caf\udce9.py"
    assert workspace.read(file_path="caf\udce9.py") == "1\ta = 1"


def test_a_folder_is_not_a_file(workspace: Workspace, root: Path) -> None:
    (root / "app").mkdir()
    with pytest.raises(ToolError, match="'app' is a folder"):
        workspace.read(file_path="app")
