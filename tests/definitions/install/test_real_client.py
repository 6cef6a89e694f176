"""What is installed and exported, in the real Claude Code. Skipped where the client is not installed; nothing asks a model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backcheck.cli import run
from backcheck.definitions.agents import shipped_agents
from real_client import NEEDS_CLIENT, claude, roster

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = NEEDS_CLIENT
BUILT_IN = {"claude", "Explore", "general-purpose", "Plan", "statusline-setup"}


def installed(project: Path) -> dict[str, str]:
    return {name: description for name, description in roster(project).items() if name not in BUILT_IN}


def test_the_client_lists_what_was_installed_as_its_authors_wrote_it(tmp_path: Path) -> None:
    hard = tmp_path / "hard.txt"
    text = 'Use it: user: "Feed" --- then #1 & *all*'
    hard.write_text(f"---\nname: hard\ndescription: {text}\n---\nKeep.\n")
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    names = [agent.name for agent in shipped_agents()]

    assert run(["agents", "install", *names, str(hard), "--dir", str(project)]) == 0

    assert installed(project) == {agent.name: agent.description.strip() for agent in shipped_agents()} | {"hard": text}


def test_the_client_finds_no_fault_in_an_exported_plugin(tmp_path: Path) -> None:
    names = [agent.name for agent in shipped_agents()]
    assert run(["agents", "export", *names, "--to", "plugin", "--into", str(tmp_path)]) == 0

    report = json.loads(claude("plugin", "validate", "--strict", "--json", ".", cwd=tmp_path).stdout)

    assert report["success"], report
    assert (report["manifest"]["errors"], report["manifest"]["warnings"]) == ([], [])
    assert report["provides"]["agents"] == [f"exported-agents:{name}" for name in sorted(names)]
