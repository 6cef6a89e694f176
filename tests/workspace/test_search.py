"""Searching with ripgrep and without it: the same answers, and neither hangs nor runs what it searches for."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from backcheck.errors import ToolError
from backcheck.workspace.grep import ripgrep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.workspace import Workspace


@pytest.fixture(params=["ripgrep", "own"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each of the two; hosts without ripgrep are real."""
    if request.param == "own":
        monkeypatch.setenv("PATH", "/nowhere")
        monkeypatch.setattr("sys.prefix", "/nowhere")
        ripgrep.cache_clear()
    elif not ripgrep():
        pytest.skip("ripgrep is not installed")
    yield str(request.param)
    ripgrep.cache_clear()


@pytest.fixture
def tree(root: Path) -> Path:
    files = {
        "app/main.py": "import os\n\ndef main():\n    return os.environ['KEY']\n",
        "app/test_main.py": "def test_main():\n    pass\n",
        "web/index.js": "const key = process.env.KEY\n",
        ".env.example": "KEY=\n",
        ".git/config": "KEY = hidden\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    (root / "binary").write_bytes(b"KEY\0KEY")
    return root


@pytest.mark.usefixtures("engine", "tree")
class TestGrep:
    def test_paths_come_newest_first(self, workspace: Workspace, tree: Path) -> None:
        os.utime(tree / "app/main.py", (1, 1))
        os.utime(tree / ".env.example", (3, 3))
        os.utime(tree / "web/index.js", (2, 2))
        assert workspace.grep(pattern="KEY").split("\n") == [".env.example", "web/index.js", "app/main.py"]

    def test_lines_come_with_path_and_number(self, workspace: Workspace) -> None:
        answer = workspace.grep(pattern=r"def \w+\(", output_mode="content", glob="*.py")
        assert answer.split("\n") == ["app/main.py:3:def main():", "app/test_main.py:1:def test_main():"]

    def test_counts_come_by_path(self, workspace: Workspace) -> None:
        assert workspace.grep(pattern="main", output_mode="count").split("\n") == [
            "app/main.py:1",
            "app/test_main.py:1",
        ]

    def test_context_case_type_and_only_matching(self, workspace: Workspace) -> None:
        answer = workspace.grep(pattern="RETURN", output_mode="content", ignore_case=True, type="py", context=1)
        assert answer.split("\n") == ["app/main.py:3-def main():", "app/main.py:4:    return os.environ['KEY']"]
        answer = workspace.grep(pattern="env[a-z]*", output_mode="content", only_matching=True, path="web/index.js")
        assert answer == "web/index.js:1:env"

    def test_a_match_may_span_lines(self, workspace: Workspace) -> None:
        answer = workspace.grep(pattern=r"main\(\):.*KEY", output_mode="content", multiline=True, path="app")
        assert answer.split("\n") == ["app/main.py:3:def main():", "app/main.py:4:    return os.environ['KEY']"]

    def test_pages_meet(self, workspace: Workspace, tree: Path) -> None:
        for number in range(30):
            (tree / f"f{number:02}.txt").write_text("needle\n" * 10)
        seen: list[str] = []
        offset: int | None = 0
        while offset is not None:
            lines = workspace.grep(pattern="needle", output_mode="content", head_limit=70, offset=offset).split("\n")
            footer = lines.pop() if lines[-1].startswith("[") else ""
            seen += lines
            offset = int(footer.rpartition("next offset=")[2].rstrip("]")) if "next" in footer else None
        assert seen == [f"f{file:02}.txt:{line}:needle" for file in range(30) for line in range(1, 11)]

    @pytest.mark.parametrize("pattern", ["--pre=touch planted", "-f/etc/passwd", "--files", "-e"])
    def test_a_pattern_is_never_an_option(self, pattern: str, workspace: Workspace, tree: Path) -> None:
        assert workspace.grep(pattern=pattern) == "[no matches]"
        assert workspace.grep(pattern="nowhere", glob=pattern) == "[no matches]"
        assert not (tree / "planted").exists()

    def test_a_bad_pattern_is_one_line_of_cause(self, workspace: Workspace) -> None:
        with pytest.raises(ToolError) as refused:
            workspace.grep(pattern="(")
        assert "\n" not in str(refused.value)

    def test_a_search_for_what_is_not_there(self, workspace: Workspace) -> None:
        assert workspace.grep(pattern="nowhere to be found") == "[no matches]"
        with pytest.raises(ToolError, match="'missing' does not exist"):
            workspace.grep(pattern="x", path="missing")

    def test_a_flood_of_matches_is_stopped_at_the_limit(self, workspace: Workspace, tree: Path) -> None:
        (tree / "flood.txt").write_text("x\n" * 2_000_000)
        began = time.monotonic()
        answer = workspace.grep(pattern="x", output_mode="content", path="flood.txt", head_limit=5)
        assert answer.split("\n")[-1] == "[results 1-5; there are more: next offset=5]"
        assert time.monotonic() - began < 5

    def test_a_name_with_a_newline_takes_one_line(self, workspace: Workspace, tree: Path) -> None:
        (tree / "a\nb\nc.txt").write_text("needle\n")
        (tree / "b.bin").write_bytes(b"needle\n" + b"x" * 100_000 + b"\0")
        (tree / "c.txt").write_text("needle\n")
        lines = workspace.grep(pattern="needle", output_mode="content").split("\n")
        assert lines[0] == r"a\x0ab\x0ac.txt:1:needle"
        assert lines[-1] == "c.txt:1:needle"

    def test_it_works_inside_an_event_loop_too(self, workspace: Workspace) -> None:
        async def inside() -> str:
            return workspace.grep(pattern="import os")

        assert asyncio.run(inside()) == "app/main.py"


def test_a_pattern_that_never_ends_is_killed_in_time(
    workspace: Workspace, root: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[ripgrep.__module__], "SECONDS", 1.0)
    (root / "evil.txt").write_text("a" * 40 + "!\n")
    began = time.monotonic()
    if engine == "own":
        with pytest.raises(ToolError, match="the search took longer than 1 s"):
            workspace.grep(pattern="(a+)+$", output_mode="content")
    else:
        assert workspace.grep(pattern="(a+)+$", output_mode="content") == "[no matches]"
    assert time.monotonic() - began < 4


def test_cancelling_a_search_kills_it(workspace: Workspace, root: Path, engine: str) -> None:
    (root / "evil.txt").write_text("a" * 40 + "!\n")
    pattern = f"(a+)+$|{uuid4()}"

    async def cancelled() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(workspace.grep_async(pattern=pattern), 0.2)

    if engine == "own":  # ripgrep is done long before
        asyncio.run(cancelled())
    for words in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            assert pattern.encode() not in words.read_bytes()


@pytest.mark.usefixtures("engine")
def test_a_file_that_may_not_be_read_hides_no_other(workspace: Workspace, root: Path) -> None:
    (root / "open.txt").write_text("needle\n")
    (root / "closed.txt").write_text("needle\n")
    (root / "closed.txt").chmod(0)
    readable = os.access(root / "closed.txt", os.R_OK)  # for root it is
    assert workspace.grep(pattern="needle", output_mode="content").split("\n")[-1] == "open.txt:1:needle"
    assert ("closed.txt" in workspace.grep(pattern="needle")) == readable
    assert readable or workspace.grep(pattern="needle", path="open.txt") == "open.txt"


def test_ripgrep_leaves_out_what_git_ignores_also_without_git(workspace: Workspace, root: Path) -> None:
    if not ripgrep():
        pytest.skip("ripgrep is not installed")
    (root / ".gitignore").write_text("dist/\n")
    (root / "dist").mkdir()
    (root / "dist/app.js").write_text("needle\n")
    (root / ".ripgreprc").write_text("--no-ignore\n")
    assert workspace.grep(pattern="needle") == "[no matches]"


class TestGlob:
    @pytest.mark.parametrize(
        "pattern, found",
        [
            ("*.py", {"app/main.py", "app/test_main.py"}),
            ("**/*.py", {"app/main.py", "app/test_main.py"}),
            ("app/*", {"app/main.py", "app/test_main.py"}),
            ("*/*.js", {"web/index.js"}),
            ("**/*.{js,example}", {"web/index.js", ".env.example"}),
            ("app/[!t]*.py", {"app/main.py"}),
            ("/nowhere", set()),
            ("config", set()),
            ("mai?.py", {"app/main.py"}),
        ],
    )
    def test_patterns(self, pattern: str, found: set[str], workspace: Workspace, tree: Path) -> None:
        if pattern == "/nowhere":
            pattern = str(tree / "nowhere")
        assert set(workspace.glob(pattern=pattern).split("\n")) - {"[no files match]"} == found

    def test_newest_first(self, workspace: Workspace, tree: Path) -> None:
        os.utime(tree / "app/main.py", (1, 1))
        assert workspace.glob(pattern="*.py").split("\n") == ["app/test_main.py", "app/main.py"]

    def test_what_tools_make_is_left_out_unless_named(self, workspace: Workspace, root: Path) -> None:
        (root / "node_modules/pg").mkdir(parents=True)
        (root / "node_modules/pg/index.js").touch()
        assert workspace.glob(pattern="**/*.js") == "[no files match]"
        assert workspace.glob(pattern="node_modules/**/*.js") == "node_modules/pg/index.js"
        assert workspace.glob(pattern="*.js", path="node_modules/pg") == "node_modules/pg/index.js"

    def test_many_files_come_in_pages(self, workspace: Workspace, root: Path) -> None:
        for number in range(620):
            (root / f"{number}.txt").touch()
        first = workspace.glob(pattern="*.txt").split("\n")
        second = workspace.glob(pattern="*.txt", offset=500).split("\n")
        assert first.pop() == "[1-500 of 620 files; next offset=500]"
        assert len({*first, *second}) == 620

    def test_a_tree_deeper_than_any_path_may_be_is_no_fault(self, workspace: Workspace, root: Path) -> None:
        (root / "top.py").touch()
        folder = os.open(root, os.O_RDONLY)
        for _ in range(600):
            os.mkdir("deepdeepdeep", dir_fd=folder)
            inner = os.open("deepdeepdeep", os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = inner
        os.close(folder)
        assert workspace.glob(pattern="*.py") == "top.py"

    def test_a_bad_pattern_and_one_that_climbs_out_are_refused(self, workspace: Workspace) -> None:
        for pattern in ("../*", "a/../../*", "/etc/*", "[z-a]"):
            with pytest.raises(ToolError):
                workspace.glob(pattern=pattern)
