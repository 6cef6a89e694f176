"""Which files make up a code base, and how each counts."""

import os
from pathlib import Path

import pytest

from backcheck.source import MAX_BYTES, Role, Unreadable, collect, parse


def write(root: Path, path: str, text: str = "x = 1\n") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("app/main.py", Role.APPLICATION),
        ("app/contest.py", Role.APPLICATION),
        ("tests/test_main.py", Role.TEST),
        ("src/users.spec.ts", Role.TEST),
        ("app/migrations/0001_initial.py", Role.MIGRATION),
        ("proto/user_pb2.py", Role.GENERATED),
        ("static/jquery.min.js", Role.GENERATED),
        ("vendor/lib.py", Role.VENDORED),
    ],
)
def test_a_path_tells_the_role(tmp_path: Path, path: str, role: Role) -> None:
    write(tmp_path, path)
    (file,) = collect(tmp_path).files
    assert (file.path, file.role) == (path, role)


def test_what_a_manifest_starts_is_application_code_unless_it_is_built(tmp_path: Path) -> None:
    write(
        tmp_path,
        "package.json",
        '{"main": "dist/server.js", "scripts": {"start": "node dist/other", "test": "node test/run"}}',
    )
    for path in ("src/server.ts", "dist/server.js", "dist/other.js", "test/run.js", "vendor/x/package.json"):
        write(tmp_path, path)
    roles = {file.path: file.role for file in collect(tmp_path).files}
    assert roles["dist/server.js"] is Role.GENERATED
    assert roles["dist/other.js"] is Role.APPLICATION
    assert roles["test/run.js"] is Role.TEST


def test_a_link_out_is_not_followed_and_is_listed(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside/secret.py", "SECRET = 1\n")
    root = tmp_path / "root"
    write(root, "main.py")
    (root / "link.py").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    tree = collect(root)
    assert [file.path for file in tree.files] == ["main.py"]
    assert [(entry.path, "link" in entry.why) for entry in tree.unread] == [("link.py", True)]
    with pytest.raises(Unreadable, match="link"):
        tree.read("folder/secret.py")


def test_a_link_loop_ends(tmp_path: Path) -> None:
    write(tmp_path, "app/main.py")
    (tmp_path / "app" / "loop").symlink_to(tmp_path / "app")
    assert [file.path for file in collect(tmp_path).files] == ["app/main.py"]


@pytest.mark.parametrize("path", ["../x.py", "/etc/passwd", "a/../../x.py", ""])
def test_a_path_that_leaves_the_root_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(Unreadable, match="leaves"):
        collect(tmp_path).read(path)


def test_a_file_over_the_limit_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(Unreadable, match="larger than 2 MiB"):
        collect(tmp_path).read("big.py")


def test_a_fifo_neither_blocks_nor_passes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    tree = collect(tmp_path)
    assert [entry.why for entry in tree.unread] == ["it is not a regular file"]
    with pytest.raises(Unreadable, match="regular"):
        tree.read("pipe.py")


def test_a_name_that_is_no_utf8_survives(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.py"
    with open(raw, "wb") as file:  # noqa: PTH123 - pathlib takes no bytes
        file.write(b"x = 1\n")
    tree = collect(tmp_path)
    assert [tree.read(file.path) for file in tree.files] == [b"x = 1\n"]


@pytest.mark.parametrize("language", ["python", "javascript", "typescript", "tsx", "go", "java"])
def test_every_grammar_gives_a_tree(language: str) -> None:
    assert parse(language, b"").root_node is not None
