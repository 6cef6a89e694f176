"""Editing and writing: one place or none, every other byte as it was, and nobody's work lost."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from backcheck.errors import ToolError
from backcheck.workspace import Session, Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "before, old, new, after",
    [
        (b"a\r\nb\r\nc\r\n", "a\nb", "x\ny\nz", b"x\r\ny\r\nz\r\nc\r\n"),
        (b"a\r\nb\r\n", "b", "b\nc", b"a\r\nb\r\nc\r\n"),
        (b"a\nb\r\nc\n", "b", "x", b"a\nx\r\nc\n"),
        (b"\xef\xbb\xbfa\n", "a", "b", b"\xef\xbb\xbfb\n"),
        ("é = 1\n".encode("latin-1"), "é = 1", "é = 2", "é = 2\n".encode("latin-1")),
        ("a\n".encode("utf-16"), "a", "b", "b\n".encode("utf-16")),
        (b"no end of line", "end", "END", b"no END of line"),
        (b"a\x0cb\n", "b", "c", b"a\x0cc\n"),
    ],
    ids=["CRLF", "CRLF added", "mixed", "byte order mark", "Latin-1", "UTF-16", "no last line end", "form feed"],
)
def test_every_other_byte_stays(
    before: bytes, old: str, new: str, after: bytes, workspace: Workspace, root: Path
) -> None:
    (root / "file").write_bytes(before)
    workspace.edit(file_path="file", old_string=old, new_string=new)
    assert (root / "file").read_bytes() == after


def test_the_mode_stays_and_a_new_file_has_that_of_the_umask(workspace: Workspace, root: Path) -> None:
    (root / "run.sh").write_text("echo 1\n")
    (root / "run.sh").chmod(0o751)
    workspace.edit(file_path="run.sh", old_string="1", new_string="2")
    workspace.write(file_path="new/file", content="")
    assert stat.S_IMODE((root / "run.sh").stat().st_mode) == 0o751
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((root / "new/file").stat().st_mode) == 0o666 & ~umask


def test_white_space_at_line_ends_is_overlooked_and_said(workspace: Workspace, root: Path) -> None:
    (root / "app.py").write_text("def f():  \n    return 1\n")
    answer = workspace.edit(
        file_path="app.py", old_string="def f():\n    return 1\n", new_string="def f():\n    return 2\n"
    )
    assert "matched without regard to white space at line ends" in answer
    assert (root / "app.py").read_text() == "def f():\n    return 2\n"


def test_uniform_indentation_is_overlooked_kept_and_said(workspace: Workspace, root: Path) -> None:
    (root / "app.py").write_text("class A:\n    def f(self):\n        return 1\n")
    answer = workspace.edit(
        file_path="app.py",
        old_string="def f(self):\n    return 1",
        new_string="def f(self):\n    x = 2\n\n    return x",
    )
    assert "matched without regard to indentation" in answer
    assert (root / "app.py").read_text() == "class A:\n    def f(self):\n        x = 2\n\n        return x\n"


@pytest.mark.parametrize("old", ["def f(self):\n  return 1", "def g(self):\n    return 1", "retrun 1"])
def test_nothing_is_matched_by_resemblance(old: str, workspace: Workspace, root: Path) -> None:
    text = "class A:\n    def f(self):\n        return 1\n"
    (root / "app.py").write_text(text)
    with pytest.raises(ToolError, match=r"old_string was not found in 'app\.py'; nearest: lines"):
        workspace.edit(file_path="app.py", old_string=old, new_string="x")
    assert (root / "app.py").read_text() == text


def test_the_nearest_region_tells_the_first_line_that_differs(workspace: Workspace, root: Path) -> None:
    (root / "app.py").write_text("a = 1\nb = 2\nc = 3\n")
    with pytest.raises(ToolError, match=r"nearest: lines 1-3; line 2 is 'b = 2', old_string has 'b = 7'"):
        workspace.edit(file_path="app.py", old_string="a = 1\nb = 7\nc = 3", new_string="x")


def test_several_places_are_all_named(workspace: Workspace, root: Path) -> None:
    (root / "app.py").write_text("x\ny\nx\nx\n")
    with pytest.raises(ToolError, match="3 times: lines 1, 3, 4"):
        workspace.edit(file_path="app.py", old_string="x", new_string="z")
    answer = workspace.edit(file_path="app.py", old_string="x", new_string="z", replace_all=True)
    assert "3 replacements at line 1, 3, 4" in answer
    assert (root / "app.py").read_text() == "z\ny\nz\nz\n"


def test_places_that_overlap_are_several(workspace: Workspace, root: Path) -> None:
    (root / "a").write_text("aaa")
    with pytest.raises(ToolError, match="2 times"):
        workspace.edit(file_path="a", old_string="aa", new_string="b")


def test_several_edits_are_all_made_or_none(workspace: Workspace, root: Path) -> None:
    (root / "app.py").write_text("a\nb\n")
    edits = [{"old_string": "a", "new_string": "x"}, {"old_string": "missing", "new_string": "y"}]
    with pytest.raises(ToolError, match="edit 2: old_string was not found"):
        workspace.edit(file_path="app.py", edits=edits)
    assert (root / "app.py").read_text() == "a\nb\n"
    workspace.edit(file_path="app.py", edits=[edits[0], {"old_string": "x\nb", "new_string": "y"}])
    assert (root / "app.py").read_text() == "y\n"


def test_a_file_that_changed_since_it_was_read_is_not_overwritten(workspace: Workspace, root: Path) -> None:
    path = root / "app.py"
    path.write_text("a = 1\n")
    workspace.read(file_path="app.py")
    before = path.stat()
    path.write_text("a = 2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ToolError, match="has changed since it was read"):
        workspace.write(file_path="app.py", content="b\n")
    with pytest.raises(ToolError, match="has changed since it was read"):
        workspace.edit(file_path="app.py", old_string="a", new_string="b")
    assert path.read_text() == "a = 2\n"
    workspace.read(file_path="app.py")
    workspace.edit(file_path="app.py", old_string="a = 2", new_string="b = 2")
    workspace.write(file_path="app.py", content="its own writes are known\n")


def test_a_session_is_remembered_by_the_next_process(root: Path, tmp_path: Path) -> None:
    (root / "app.py").write_text("a = 1\n")
    first = Workspace(root)
    first.read(file_path="app.py")
    first.session.save(tmp_path / "session.json")
    (root / "app.py").write_text("a = 2\n")
    second = Workspace(root, Session.load(tmp_path / "session.json"))
    with pytest.raises(ToolError, match="has changed since it was read"):
        second.write(file_path="app.py", content="")


def test_an_empty_old_string_makes_a_file_and_never_adds_to_one(workspace: Workspace, root: Path) -> None:
    workspace.edit(file_path="new.py", old_string="", new_string="a = 1\n")
    assert (root / "new.py").read_text() == "a = 1\n"
    with pytest.raises(ToolError, match="old_string is empty"):
        workspace.edit(file_path="new.py", old_string="", new_string="b = 1\n")


def test_text_that_the_encoding_lacks_is_refused(workspace: Workspace, root: Path) -> None:
    (root / "old.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(ToolError, match="the file is latin-1"):
        workspace.edit(file_path="old.txt", old_string="café", new_string="€")
    assert (root / "old.txt").read_bytes() == b"caf\xe9\n"


def test_a_refused_write_leaves_neither_a_part_nor_a_temporary_file(workspace: Workspace, root: Path) -> None:
    (root / "folder").mkdir()
    with pytest.raises(ToolError, match="is a folder"):
        workspace.write(file_path="folder", content="x")
    with pytest.raises(ToolError, match="over 1,048,576"):
        workspace.write(file_path="big", content="x" * 1_048_577)
    with pytest.raises(ToolError, match="lone surrogate"):
        workspace.write(file_path="bad", content="\ud800")
    with pytest.raises(ToolError):
        workspace.write(file_path="n" * 300, content="x")
    assert [path.name for path in root.iterdir()] == ["folder"]


def test_what_is_written_is_exactly_what_was_given(workspace: Workspace, root: Path) -> None:
    (root / "windows.txt").write_bytes(b"a\r\n")
    workspace.write(file_path="windows.txt", content="é\r\nb\n\n")
    assert (root / "windows.txt").read_bytes() == "é\r\nb\n\n".encode()


def test_a_process_killed_while_writing_leaves_the_old_file_or_the_new_one(workspace: Workspace, root: Path) -> None:
    script = (
        "import sys; from backcheck.workspace import Workspace; workspace = Workspace(sys.argv[1])\n"
        "while True:\n"
        "    for letter in 'ab':\n"
        "        workspace.write(file_path='file', content=letter * 1_000_000); print(flush=True)"
    )
    for killed_after in (1, 2, 3):
        with subprocess.Popen([sys.executable, "-c", script, root], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            for _ in range(killed_after):
                writer.stdout.readline()
            writer.kill()
        assert (root / "file").read_bytes() in {b"a" * 1_000_000, b"b" * 1_000_000}
