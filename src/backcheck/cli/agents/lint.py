"""`backcheck agents lint`: what is wrong with definitions, as a client sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcheck.cli._report import EXIT_ZERO, FORM, OUTPUT, delivery, exit_code
from backcheck.cli.agents._named import paths
from backcheck.errors import UsageError


def lint(
    wanted: Annotated[
        list[str], typer.Argument(metavar="PATH|NAME...", help="Definitions, folders of them, or names of agents.")
    ],
    client: Annotated[
        str, typer.Option(help="Client that loads them; without @VERSION the newest that was measured.")
    ] = "claude-code",
    rule: Annotated[list[str] | None, typer.Option(help="Judge by this rule alone. May be repeated.")] = None,
    severity: Annotated[str, typer.Option(help="Judge by the rules of this severity and of worse ones.")] = "low",
    form: FORM = "terminal",
    output: OUTPUT = None,
    exit_zero: EXIT_ZERO = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no report.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of a rule that fails.")] = False,
) -> int:
    """Judge definitions by what a client makes of them: every rule gets a verdict, with evidence.

    `backcheck explain RULE` shows a rule's page. Exit codes: 0 nothing failed, 1 failed, 2 wrong use, 3 undecided (a file
    could not be read, or there is none), 4 our fault, 5 the environment.
    """
    from backcheck.audit import lint as judge
    from backcheck.definitions.clients import measured
    from backcheck.definitions.items import load_items
    from backcheck.findings import Severity

    report = delivery(form, output, quiet=quiet)
    scale = list(Severity)
    if severity not in scale:
        raise UsageError(f"no severity {severity!r}", help=f"it is one of {', '.join(scale)}")
    # A folder is judged as one: what else lies in it decides what its files are.
    files = [path for word in wanted for path in ([Path(word)] if Path(word).is_dir() else paths(word))]
    chosen = scale[: scale.index(Severity(severity)) + 1]
    result = judge(files, client=measured(client), rules=rule or (), severities=chosen, debug=debug)
    report.give(result, load_items(), Path(result.root))
    return exit_code(result, exit_zero=exit_zero)


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(lint)
