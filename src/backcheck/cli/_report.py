"""How a judging command gives its report: printed in one format, written to files in others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcheck.cli._output import check_target, emit, wants_colour, width, write
from backcheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backcheck.definitions.items import Item
    from backcheck.findings import AuditResult

FORM = Annotated[
    str,
    typer.Option(
        "--format", help="Format of what is printed: terminal, json, sarif, markdown …; a wrong name lists all."
    ),
]
OUTPUT = Annotated[list[str] | None, typer.Option(help="Write the report to a file too: FORMAT=PATH. May be repeated.")]
EXIT_ZERO = Annotated[
    bool, typer.Option("--exit-zero", help="Leave with 0 whatever the verdicts are; faults keep their exit code.")
]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a report goes."""

    form: str
    files: tuple[tuple[str, Path], ...]
    """Format and path of each file."""
    quiet: bool

    def give(self, result: AuditResult, items: Mapping[str, Item], root: Path) -> None:
        """Print and write the report; what a JSON report quotes is kept, so that `verify` can prove it after an edit."""
        from backcheck.audit import keep_quoted_files
        from backcheck.reports import render, terminal

        if not self.quiet:
            if self.form == "terminal":
                emit(terminal.render(result, items, width=width(), colour=wants_colour()))
            else:
                emit(render(self.form, result, items))
        for name, target in self.files:
            write(target, render(name, result, items))
        if "json" in {self.form, *(name for name, _ in self.files)}:
            keep_quoted_files(root, result)


def delivery(form: str, output: list[str] | None, *, quiet: bool) -> Delivery:
    """Return where the report goes. Raises `UsageError`, before any work, for a format that is none or a file that cannot be."""
    from backcheck.reports import check_format

    files = tuple(map(_file, output or ()))
    for name in (form, *(name for name, _ in files)):
        check_format(name)
    for _, target in files:
        check_target(target)
    return Delivery(form, files, quiet)


def exit_code(result: AuditResult, *, exit_zero: bool) -> ExitCode:
    """Return what the command leaves with: the result's code, or 0 where verdicts are not to count."""
    code = result.exit_code
    return ExitCode.OK if exit_zero and code in {ExitCode.FAILED, ExitCode.UNDECIDED} else code


def _file(word: str) -> tuple[str, Path]:
    name, equals, target = word.partition("=")
    if not equals or not target:
        raise UsageError(f"--output {word!r} names no file", help="write `--output sarif=backcheck.sarif`")
    return name, Path(target)
