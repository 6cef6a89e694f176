"""What each door costs before it does anything, as ratios to a bare interpreter in the same run.

    python benchmarks/doors.py [--rounds N]

Median wall time of N starts each, the commands taken in turn, so that a slow moment of the machine hits all of them.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef home() -> str:\n    return 'up'\n"


def main() -> None:
    """Time the doors and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="starts of each command")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "app.py").write_text(APP, encoding="utf-8")
        backcheck = [sys.executable, "-m", "backcheck"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "backcheck --help": [*backcheck, "--help"],
            "backcheck explain": [*backcheck, "explain", "sql-injection"],
            "backcheck agents list": [*backcheck, "agents", "list"],
            "backcheck routes (1 file)": [*backcheck, "routes", folder],
            "backcheck audit (1 file)": [*backcheck, "audit", folder],
            "import mcp": [sys.executable, "-c", "import mcp"],
            "import anthropic": [sys.executable, "-c", "import anthropic"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, words in commands.items():
                began = time.perf_counter()
                subprocess.run(words, capture_output=True, check=False)
                times[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    floor = medians["python -c pass"]
    for name, median in medians.items():
        print(f"{name:<28} {median * 1000:7.0f} ms  {median / floor:6.1f} x")


if __name__ == "__main__":
    main()
