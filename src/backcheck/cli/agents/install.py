"""`backcheck agents install`: definitions into the folders where clients read them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from backcheck.cli.agents._named import paths
from backcheck.cli.agents._told import tell
from backcheck.escape import printable

SCOPE = Annotated[
    Literal["project", "user"], typer.Option("--scope", help="The project's agents, or the user's in every project.")
]
CLIENT = Annotated[str, typer.Option("--client", help="claude-code, codex, copilot, cursor, gemini or opencode.")]
PROJECT = Annotated[Path, typer.Option("--dir", metavar="PROJECT", help="The project's folder.")]


def install(
    wanted: Annotated[
        list[str],
        typer.Argument(metavar="PATH|NAME...", help="Definitions, folders of them, or names that `agents list` shows."),
    ],
    scope: SCOPE = "project",
    client: CLIENT = "claude-code",
    name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Call it otherwise; for one definition at a time.")
    ] = None,
    project: PROJECT = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite copies that were edited by hand.")] = False,
) -> None:
    """Install definitions where a client reads them; all of them or none, and never over another of the same name.

    What a definition brings along (hooks, servers, permissions) and what the client cannot express is told on standard
    error. `agents uninstall` takes it back.
    """
    from backcheck.definitions.agents import shipped_agents
    from backcheck.definitions.install import Scope, source_of
    from backcheck.definitions.install import install as put

    shipped = {agent.name for agent in shipped_agents()}
    files = [file for word in wanted for file in ([word] if word in shipped else [str(path) for path in paths(word)])]
    base = project if scope == "project" else None
    client = client.partition("@")[0]  # a version says nothing here: `claude-code@2.1.329`
    sources = {source.agent.path.resolve(): source for source in (source_of(file, base) for file in files)}
    copies = put(list(sources.values()), client, Scope(scope), project, name=name, force=force)
    for copy in copies:
        typer.echo(f"{copy.state.value:<9}  {printable(copy.name, keep='')}  {printable(str(copy.path), keep='')}")
        for other in copy.beside:
            typer.echo(
                f"           the client also finds it in {printable(str(other), keep='')}, and reads one of the two"
            )
    tell((copy.name, copy.losses) for copy in copies)


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(install)
