from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAIN = """\
from fastapi import FastAPI
import requests

app = FastAPI()


@app.get("/rates")
def rates():
    return requests.get("https://rates.example.org/today").json()


@app.get("/health")
def health():
    return requests.get("https://health.example.org", timeout=3).json()
"""


def _git(folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": "/dev/null",
        **{f"GIT_{who}_{what}": f"{who}@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=True,
    ).stdout.decode()


@pytest.fixture
def commit() -> Callable[[Path], str]:
    """Commit everything in a folder and return the commit's id."""

    def commit(folder: Path) -> str:
        if not (folder / ".git").exists():
            _git(folder, "init", "-q")
        _git(folder, "add", "-A")
        _git(folder, "commit", "-qm", "as it stands", "--allow-empty")
        return _git(folder, "rev-parse", "HEAD").strip()

    return commit


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A FastAPI backend with one call without a time-out and one with."""
    root = tmp_path / "shop"
    (root / "app").mkdir(parents=True)
    (root / "app" / "main.py").write_text(MAIN)
    (root / "requirements.txt").write_text("fastapi==0.115.0\nrequests==2.32.0\n")
    return root
