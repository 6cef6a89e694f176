"""`backcheck audit`: judge a code base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcheck.cli._output import progress
from backcheck.cli._report import EXIT_ZERO, FORM, OUTPUT, delivery, exit_code
from backcheck.errors import UsageError


def audit(
    path: Annotated[Path, typer.Argument(help="The folder that holds the backend's source.")] = Path(),
    checklist: Annotated[str, typer.Option(help="Name of a shipped checklist, or path of one. Default: ci.")] = "",
    agent: Annotated[
        str, typer.Option(help="Name of a shipped agent, or path of a definition: its contract is the checklist.")
    ] = "",
    area: Annotated[list[str] | None, typer.Option(help="Judge only items of this area. May be repeated.")] = None,
    item: Annotated[
        list[str] | None, typer.Option(help="Judge this item instead of a checklist. May be repeated.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="Judge a change: only what did not fail at this revision counts as failed.")
    ] = "",
    evidence: Annotated[
        list[Path] | None, typer.Option(help="A report of another tool (load test, vulnerabilities). May be repeated.")
    ] = None,
    form: FORM = "terminal",
    output: OUTPUT = None,
    undecided: Annotated[str, typer.Option(help="`ok`: undecided items do not count for the exit code.")] = "",
    exit_zero: EXIT_ZERO = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no report and no progress.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of a check that fails.")] = False,
) -> int:
    """Judge a code base: every item of a checklist gets a verdict, with evidence.

    Exit codes: 0 nothing failed, 1 failed, 2 wrong use, 3 undecided, 4 our fault, 5 the environment, 130 interrupted.
    """
    from backcheck.audit import Options
    from backcheck.audit import audit as judge
    from backcheck.definitions.items import load_items

    if undecided not in {"", "ok", "fail"}:
        raise UsageError(f"--undecided {undecided!r} means nothing", help="write `--undecided ok`")
    report = delivery(form, output, quiet=quiet)
    options = Options(
        checklist,
        agent,
        tuple(area or ()),
        tuple(item or ()),
        base or None,
        tuple(evidence or ()),
        undecided == "ok",
        debug,
    )
    show, wipe = progress(quiet=quiet)
    try:
        result = judge(path, options, show)
    finally:
        wipe()
    report.give(result, load_items(path / ".backcheck" / "checklists"), path)
    return exit_code(result, exit_zero=exit_zero)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(audit)
