"""A workspace with something outside it to steal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of the workspace; beside it lie a secret and a sibling with the same beginning."""
    (tmp_path / "secret.txt").write_text("SECRET")
    (tmp_path / "project-evil").mkdir()
    (tmp_path / "project-evil" / "secret.txt").write_text("SECRET")
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def workspace(root: Path) -> Workspace:
    return Workspace(root)
