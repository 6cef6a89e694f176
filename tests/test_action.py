"""The GitHub action's own script, run as a runner runs it; only the installation is replaced, since it needs a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
BAD = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/notes')\ndef add(note: dict) -> dict:\n    return note\n"
INSTALLED = """\
#!/bin/sh
# `python -m venv DIR`: an environment whose pip installs nothing and whose backcheck is the one under test.
mkdir -p "$3/bin"
printf '#!/bin/sh\\nexit 0\\n' > "$3/bin/pip"
printf '#!/bin/sh\\nexec "{python}" -m backcheck "$@"\\n' > "$3/bin/backcheck"
chmod +x "$3/bin/pip" "$3/bin/backcheck"
"""


@dataclass(frozen=True)
class Job:
    code: int
    outputs: dict[str, str]
    summary: str


def run(tmp_path: Path, source: str, **inputs: str) -> Job:
    """Run the step with its inputs' defaults, and those given, on one source file."""
    described = yaml.safe_load((ROOT / "action.yml").read_text())
    [step] = described["runs"]["steps"]
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "app.py").write_text(source)
    (checkout / "requirements.txt").write_text("fastapi==0.115.0\n")
    python = tmp_path / "python"
    python.write_text(INSTALLED.format(python=sys.executable))
    python.chmod(0o755)
    values = {name: about["default"] for name, about in described["inputs"].items()} | {"python": str(python)} | inputs
    files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    done = subprocess.run(
        ["bash", "-c", step["run"]],
        cwd=checkout,
        env={
            **os.environ,
            **{f"INPUT_{name.upper()}": value for name, value in values.items()},
            **{name: str(path) for name, path in files.items()},
            "RUNNER_TEMP": str(tmp_path / "temp"),
            "ACTION_ROOT": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    return Job(done.returncode, dict(line.split("=", 1) for line in lines), files["GITHUB_STEP_SUMMARY"].read_text())


def test_a_failed_item_fails_the_job_and_leaves_sarif_json_and_a_summary(tmp_path: Path) -> None:
    job = run(tmp_path, BAD)
    assert (job.code, job.outputs["exit-code"]) == (1, "1")
    results = json.loads(Path(job.outputs["sarif"]).read_text())["runs"][0]["results"]
    assert "body-not-validated" in {result["ruleId"] for result in results}
    assert json.loads(Path(job.outputs["json"]).read_text())["exit_code"] == 1
    assert "body-not-validated" in job.summary


def test_an_input_is_never_code(tmp_path: Path) -> None:
    job = run(tmp_path, BAD, checklist="$(touch pwned)`touch pwned`; touch pwned")
    assert job.code == 2
    assert not (tmp_path / "checkout" / "pwned").exists()


def test_every_input_reaches_the_script_as_a_variable() -> None:
    described = yaml.safe_load((ROOT / "action.yml").read_text())
    [step] = described["runs"]["steps"]
    assert {f"INPUT_{name.upper()}" for name in described["inputs"]} == {
        name for name in step["env"] if name.startswith("INPUT_")
    }
    assert "${{" not in step["run"]
