"""`backcheck verify`: prove the quotes of a report again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcheck.cli._output import emit
from backcheck.errors import ExitCode
from backcheck.escape import printable


def verify(
    report: Annotated[Path, typer.Argument(help="A report that `audit --output json=PATH` wrote.")],
    root: Annotated[Path | None, typer.Option(help="The folder of the code now, if it is not where it was.")] = None,
) -> int:
    """Prove every quote of a report again, from the recorded commit, the folder, or the stored files.

    Exit codes: 0 every quote holds, 1 one does not, 2 no report of ours, 3 the report has no quote.
    """
    from backcheck.audit import verify as prove

    proofs = prove(report, root)
    broken = [proof for proof in proofs if not proof.holds]
    for proof in broken:
        place = proof.evidence.place
        emit(
            printable(f"does not hold: {place}-{place.end_line} ({proof.item}, {proof.subject}): {proof.why}", keep="")
            + "\n"
        )
    emit(f"{len(proofs) - len(broken)} of {len(proofs)} quotes hold\n")
    if not proofs:
        return ExitCode.UNDECIDED
    return ExitCode.FAILED if broken else ExitCode.OK


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)
