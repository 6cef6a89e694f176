from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.roster.folder import definitions_below

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_gives_its_markdown_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("a/one.md", "a/b/two.md", "a/three.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "four.md").symlink_to("one.md")

    assert [path.name for path in definitions_below(tmp_path)] == ["two.md", "one.md"]
