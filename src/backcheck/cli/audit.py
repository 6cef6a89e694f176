"""`backcheck audit`: judge a code base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcheck.cli._output import check_target, emit, progress, wants_colour, width, write
from backcheck.errors import ExitCode, UsageError


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
    form: Annotated[
        str,
        typer.Option(
            "--format", help="Format of what is printed: terminal, json, sarif, markdown …; a wrong name lists all."
        ),
    ] = "terminal",
    output: Annotated[
        list[str] | None, typer.Option(help="Write the report to a file too: FORMAT=PATH. May be repeated.")
    ] = None,
    undecided: Annotated[str, typer.Option(help="`ok`: undecided items do not count for the exit code.")] = "",
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Leave with 0 whatever the verdicts are; faults keep their exit code.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no report and no progress.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of a check that fails.")] = False,
) -> int:
    """Judge a code base: every item of a checklist gets a verdict, with evidence.

    Exit codes: 0 nothing failed, 1 failed, 2 wrong use, 3 undecided, 4 our fault, 5 the environment, 130 interrupted.
    """
    from backcheck.audit import Options, keep_quoted_files
    from backcheck.audit import audit as judge
    from backcheck.definitions.items import load_items
    from backcheck.reports import check_format, render

    if undecided not in {"", "ok", "fail"}:
        raise UsageError(f"--undecided {undecided!r} means nothing", help="write `--undecided ok`")
    check_format(form)
    outputs = [_output(word) for word in output or ()]
    for name, target in outputs:
        check_format(name)
        check_target(target)
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
    items = load_items(path / ".backcheck" / "checklists")
    if not quiet:
        if form == "terminal":
            from backcheck.reports import terminal

            emit(terminal.render(result, items, width=width(), colour=wants_colour()))
        else:
            emit(render(form, result, items))
    for name, target in outputs:
        write(target, render(name, result, items))
    if "json" in {form, *(name for name, _ in outputs)}:
        keep_quoted_files(path, result)
    code = result.exit_code
    return ExitCode.OK if exit_zero and code in {ExitCode.FAILED, ExitCode.UNDECIDED} else code


def _output(word: str) -> tuple[str, Path]:
    name, equals, target = word.partition("=")
    if not equals or not target:
        raise UsageError(f"--output {word!r} names no file", help="write `--output sarif=backcheck.sarif`")
    return name, Path(target)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(audit)
