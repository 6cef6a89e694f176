"""`backcheck agents uninstall`: installed copies out again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcheck.cli.agents.install import CLIENT, PROJECT, SCOPE
from backcheck.errors import UsageError
from backcheck.escape import printable


def uninstall(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Names of installed agents.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every copy that was installed there.")] = False,
    scope: SCOPE = "project",
    client: CLIENT = "claude-code",
    project: PROJECT = Path(),
    force: Annotated[bool, typer.Option("--force", help="Remove copies that were edited by hand.")] = False,
) -> None:
    """Remove what `install` wrote, and the folders that it made and that are empty now."""
    from backcheck.definitions.install import Scope
    from backcheck.definitions.install import uninstall as take

    if bool(names) == everything:
        raise UsageError("name the agents, or say --all", help="`backcheck doctor` lists what is installed")
    removed = take(names or (), client.partition("@")[0], Scope(scope), project, force=force)
    for path in removed:
        typer.echo(f"removed  {printable(str(path), keep='')}")
    if not removed:
        typer.echo("nothing is installed there")


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(uninstall)
