"""No path, however written and whatever changes meanwhile, leads a tool out of the workspace."""

from __future__ import annotations

import ctypes
import gc
import os
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backcheck.errors import ToolError
from backcheck.workspace import Workspace
from backcheck.workspace.resolve import Root

if TYPE_CHECKING:
    from collections.abc import Callable

TOOLS: dict[str, Callable[[Workspace, str], str]] = {
    "read": lambda workspace, path: workspace.read(file_path=path),
    "write": lambda workspace, path: workspace.write(file_path=path, content="planted"),
    "edit": lambda workspace, path: workspace.edit(file_path=path, old_string="SECRET", new_string="planted"),
    "grep": lambda workspace, path: workspace.grep(pattern="SECRET", path=path, output_mode="content"),
    "glob": lambda workspace, path: workspace.glob(pattern="*", path=path),
}


@pytest.fixture(params=["openat2", "walk"])
def workspace(request: pytest.FixtureRequest, root: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with each of the two ways to open a path; kernels without the first one are real."""
    if request.param == "walk":
        monkeypatch.setattr(Root, "_has_openat2", lambda _: False)
    return Workspace(root)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt", "a/../../secret.txt", "link", "chain", "folder-link/secret.txt", "absolute", "../project-evil/secret.txt",
        "{root}-evil/secret.txt", "{root}/../secret.txt", "//{root}/../secret.txt", "/etc/passwd", "/proc/self/environ",
        "/proc/self/root/etc/passwd", "fd/cwd", "~/secret.txt", "file:///etc/passwd", "sec\0ret", "\0",
    ],
)  # fmt: skip
def test_what_lies_outside_is_neither_read_nor_written(tool: str, path: str, workspace: Workspace, root: Path) -> None:
    (root / "a").mkdir()
    (root / "link").symlink_to("../secret.txt")
    (root / "chain").symlink_to("link")
    (root / "folder-link").symlink_to("..")
    (root / "absolute").symlink_to(root.parent / "secret.txt")
    (root / "fd").symlink_to("/proc/self")
    with pytest.raises(ToolError) as refused:
        TOOLS[tool](workspace, path.format(root=root))
    assert "SECRET" not in str(refused.value)
    assert refused.value.help
    assert (root.parent / "secret.txt").read_text() == "SECRET"
    assert (root.parent / "project-evil/secret.txt").read_text() == "SECRET"


def test_a_dangling_link_does_not_make_a_file_outside(workspace: Workspace, root: Path) -> None:
    (root / "dangling").symlink_to("../made")
    (root / "folder").symlink_to("../missing")
    for path in ("dangling", "folder/made"):
        with pytest.raises(ToolError):
            workspace.write(file_path=path, content="planted")
    assert sorted(path.name for path in root.parent.iterdir()) == ["project", "project-evil", "secret.txt"]


def test_a_link_inside_the_workspace_is_written_through_and_stays(root: Path) -> None:
    (root / "real").mkdir()
    (root / "real/app.py").write_text("a = 1\n")
    (root / "link.py").symlink_to("real/app.py")
    (root / "folder").symlink_to("real")
    workspace = Workspace(root)
    workspace.edit(file_path="link.py", old_string="1", new_string="2")
    workspace.write(file_path="folder/new.py", content="b = 1\n")
    assert (root / "link.py").is_symlink()
    assert (root / "real/app.py").read_text() == "a = 2\n"
    assert (root / "real/new.py").read_text() == "b = 1\n"


def test_a_workspace_may_itself_be_a_link_and_be_named_absolutely(root: Path) -> None:
    (root / "app.py").write_text("a = 1\n")
    alias = root.parent / "alias"
    alias.symlink_to(root)
    workspace = Workspace(alias)
    for path in (alias / "app.py", root / "app.py", Path("app.py"), Path("./app.py")):
        assert workspace.read(file_path=str(path)) == "1\ta = 1"


def test_a_loop_of_links_is_an_error_and_not_a_hang(workspace: Workspace, root: Path) -> None:
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    for tool in TOOLS.values():
        with pytest.raises(ToolError):
            tool(workspace, "one")


@pytest.mark.parametrize("tool", ["read", "write", "edit", "grep"])
def test_only_regular_files_are_opened(
    tool: str, workspace: Workspace, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(root / "fifo")
    (root / "zero").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(root)  # a socket's path must be short
        listener.bind("socket")
        for path in ("fifo", "zero", "socket", "/dev/zero"):
            with pytest.raises(ToolError):
                TOOLS[tool](workspace, path)


def test_a_hard_link_is_broken_by_a_write_and_the_other_name_keeps_its_text(workspace: Workspace, root: Path) -> None:
    (root / "inside.txt").hardlink_to(root.parent / "secret.txt")
    workspace.edit(file_path="inside.txt", old_string="SECRET", new_string="changed")
    assert (root.parent / "secret.txt").read_text() == "SECRET"


@pytest.mark.parametrize(
    "path",
    [
        ".git/config", ".git/hooks/pre-commit", "sub/.git/config", ".GIT/config", ".Git./config", ".g\u200bit/config", ".claude/x",
        "a/b/.mcp.json", ".vscode/settings.json", ".bashrc", ".envrc", "backcheck.yaml", "BACKCHECK.YAML", ".backcheck/waivers.yaml",
        "link-to-git/config", "a/../.git/config",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tool", ["write", "edit"])
def test_protected_names_are_refused_at_any_depth(tool: str, path: str, root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git/config").write_text("SECRET")
    (root / "link-to-git").symlink_to(".git")
    (root / "a").mkdir()
    before = sorted(root.rglob("*"))
    with pytest.raises(ToolError):
        TOOLS[tool](Workspace(root), path)
    assert sorted(root.rglob("*")) == before
    assert (root / ".git/config").read_text() == "SECRET"


def test_names_that_only_resemble_protected_ones_are_free(workspace: Workspace, root: Path) -> None:
    for path in (".gitignore", ".github/workflows/ci.yml", ".env.example", "git/config", "bashrc"):
        workspace.write(file_path=path, content="free")
        assert (root / path).read_text() == "free"


def test_a_folder_that_is_swapped_for_a_link_while_files_are_opened_leaks_nothing(
    workspace: Workspace, root: Path
) -> None:
    (root / "folder").mkdir()
    (root / "folder/secret.txt").write_text("harmless")
    (root / "away").symlink_to("..")
    stop = threading.Event()

    def swap() -> None:
        exchange, names = ctypes.CDLL(None).renameat2, [os.fsencode(root / name) for name in ("folder", "away")]
        while not stop.is_set():
            exchange(-1, names[0], -1, names[1], 2)  # RENAME_EXCHANGE

    swapper = threading.Thread(target=swap)
    swapper.start()
    seen = set()
    try:
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            try:
                seen.add(workspace.read(file_path="folder/secret.txt"))
                workspace.write(file_path="folder/planted.txt", content="planted")
            except ToolError:
                continue
    finally:
        stop.set()
        swapper.join()
    assert seen == {"1\tharmless"}
    assert not (root.parent / "planted.txt").exists()


def test_search_does_not_follow_links_out(root: Path) -> None:
    (root / "link").symlink_to("..")
    workspace = Workspace(root)
    assert workspace.grep(pattern="SECRET") == "[no matches]"
    assert "secret" not in workspace.glob(pattern="**/*")


def test_a_missing_workspace_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"cannot open the workspace .*missing"):
        Workspace(tmp_path / "missing")


def test_opening_a_path_leaves_no_file_open(workspace: Workspace, root: Path) -> None:
    (root / "app.py").write_text("SECRET\n")
    open_files = Path("/proc/self/fd")
    workspace.grep(pattern="x")  # the first event loop opens some for good
    gc.collect()
    before = len(list(open_files.iterdir()))
    for _ in range(3):
        for tool in TOOLS.values():
            for path in ("app.py", "missing/file", "../secret.txt"):
                try:
                    tool(workspace, path)
                except ToolError:
                    continue
    assert len(list(open_files.iterdir())) == before
