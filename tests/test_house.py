"""The house's own rules: layers, style, types, shipped data, and what its doors may cost."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA_FOLDERS = ("agents", "tools", "prompts", "checklists")


def command(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "words",
    [("ruff", "check", "--no-cache", "."), ("ruff", "format", "--no-cache", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_the_linters_find_nothing(words: tuple[str, ...]) -> None:
    done = command(*words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_imports_run_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_is_a_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = set(contracts[0]["layers"])
    source = ROOT / "src/backcheck"
    rooms = {
        path.stem for path in source.iterdir() if path.name[0] not in "_." and (path.is_dir() or path.suffix == ".py")
    }
    assert rooms == layers


def test_the_data_folders_hold_no_python() -> None:
    assert [path for folder in DATA_FOLDERS for path in (ROOT / folder).rglob("*.py")] == []


def test_the_wheel_ships_the_data_folders_byte_for_byte(tmp_path: Path) -> None:
    done = command("hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {
            name.removeprefix("backcheck/_data/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith("backcheck/_data/")
        }
    ours = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for folder in DATA_FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert shipped == ours


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from backcheck.cli import run; run(['--help']);"
        "print(sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'anthropic', 'mcp', 'mcp_types', 'git', 'jinja2', 'rich', 'tree_sitter', 'httpx2', 'pydantic'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "library, room",
    [("typer", "cli"), ("anthropic", "runtime"), ("mcp", "serve"), ("git", "repository")],
)
def test_each_heavy_library_has_one_room(library: str, room: str) -> None:
    imports = re.compile(rf"^\s*(?:import|from) {library}\b", re.MULTILINE)
    source = ROOT / "src/backcheck"
    users = {path.relative_to(source).parts[0] for path in source.rglob("*.py") if imports.search(path.read_text())}
    assert users <= {room}


def test_ci_runs_the_command_that_the_readme_gives() -> None:
    [last] = [line for line in (ROOT / ".ci/run").read_text().splitlines() if "pytest" in line and line[0] != "#"]
    assert last in (ROOT / "README.md").read_text()
