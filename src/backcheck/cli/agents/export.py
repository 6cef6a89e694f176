"""`backcheck agents export`: definitions in the form of other clients, and what that form cannot say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcheck.cli._output import emit
from backcheck.cli.agents._named import paths
from backcheck.cli.agents._told import tell
from backcheck.errors import UsageError
from backcheck.escape import printable


def export(
    wanted: Annotated[
        list[str],
        typer.Argument(metavar="PATH|NAME...", help="Definitions, folders of them, or names that `agents list` shows."),
    ],
    target: Annotated[
        str, typer.Option("--to", help="claude-code, codex, copilot, cursor, gemini, opencode or plugin.")
    ],
    into: Annotated[
        Path | None, typer.Option("--into", help="Write the files below this folder; else they are printed.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Call it otherwise; for one definition at a time.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
) -> None:
    """Write definitions in another client's form; what that form cannot express is told on standard error."""
    from dataclasses import replace

    from backcheck.definitions.agents import load_agent
    from backcheck.definitions.export import exported

    named = {path.resolve(): path for word in wanted for path in paths(word)}
    agents = [load_agent(path) for path in named.values()]
    if name is not None and not name.strip():
        raise UsageError("`--as` needs a name", help="such as `--as keeper`")
    if name is not None and len(agents) != 1:
        raise UsageError("`--as` names one definition", help="export the others in a call of their own")
    files = exported([replace(agent, name=name) if name else agent for agent in agents], target)
    if into is None:
        for file in files:
            emit((f"==> {file.path} <==\n" if len(files) > 1 else "") + file.text)
    else:
        from backcheck.definitions.install import write_below

        for path, state in write_below(into, {file.path: file.text for file in files}, force=force):
            typer.echo(f"{state:<9}  {printable(str(path), keep='')}")
    tell((file.name or file.path, file.losses) for file in files)


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(export)
