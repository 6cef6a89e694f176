"""`backcheck demo`: the whole loop on an embedded shop, with a script in the place of the model."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcheck.cli._output import emit, wants_colour, width, write
from backcheck.errors import BackcheckError, EnvironmentFault, UsageError
from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.runtime.demo import Shown

_INTRODUCTION = """\
A small shop API with planted faults, and an agent that is given a task in it.
The model's turns are a script and not a live model; everything else is real: the definition, the tools, the sandbox,
the audits, the feedback. No key, no network.
"""


def demo(
    into: Annotated[Path, typer.Option("--into", help="Folder for everything that is written.")] = Path(
        "backcheck-demo"
    ),
) -> None:
    """Show the whole loop: an agent at work in the sandbox, its change audited, a failure sent back, verdicts."""
    from backcheck.definitions.items import load_items
    from backcheck.reports import render, terminal
    from backcheck.runtime.demo import missed, show

    if into.exists() and not into.is_dir():
        raise UsageError(f"{str(into)!r} is not a folder", help="name a folder with --into DIR")
    emit(f"{_INTRODUCTION}\n")
    into.mkdir(parents=True, exist_ok=True)
    stood = set(into.iterdir())
    try:
        shown = asyncio.run(show(into, _say))
    except OSError as error:
        _remove(set(into.iterdir()) - stood)
        raise EnvironmentFault(
            f"cannot write below {str(into)!r}: {error.strerror or error}",
            help="make room; nothing is left of the demo",
        ) from error
    except KeyboardInterrupt:
        _remove(set(into.iterdir()) - stood)
        raise
    items = load_items()
    result = shown.ran.judged.whole
    emit("\n" + terminal.render(result, items, width=width(), colour=wants_colour()) + "\n")
    emit("".join(f"{printable(line, keep='')}\n" for line in _told(shown)))
    for name in ("sarif", "json"):
        write(into / f"backcheck.{name}", render(name, result, items))
        emit(f"{name}: {into / f'backcheck.{name}'}\n")
    if failures := missed(shown):
        raise BackcheckError(f"the demo did not show {'; '.join(failures)}", help="report it: this is a bug")


def _remove(halves: set[Path]) -> None:
    for half in halves:
        if half.is_dir():
            shutil.rmtree(half)
        else:
            half.unlink()


def _say(doing: str) -> None:
    emit(f"  {printable(doing, keep='')}\n")


def _told(shown: Shown) -> Iterator[str]:
    from backcheck.cli._receipt import lines

    contract = shown.agent.contract
    yield (
        f"The agent {shown.agent.name!r} promises {len(contract.items)} checklist items, {len(contract.targets)} targets "
        f"and {len(contract.promises)} more things in its own text; it is judged by them."
    )
    if shown.ran.receipt.sandbox.startswith("none"):
        yield f"Not shown: bash was refused, since there is no sandbox here ({shown.ran.receipt.sandbox})."
    yield ""
    yield from lines(shown.ran.receipt)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)
