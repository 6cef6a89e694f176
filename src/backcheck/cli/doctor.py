"""`backcheck doctor`: whether what backcheck stands on is there, and whether what it installed is still what it was."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcheck.cli.agents._shown import FORMAT, Format, as_json
from backcheck.errors import ExitCode, UsageError, worst
from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.install import Health


class State(StrEnum):
    """How one thing stands."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; nothing has to be done."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the account."""

    part: str
    state: State
    what: str
    where: str = ""
    do: str = ""
    code: ExitCode = ExitCode.FAILED
    """What a wrong one makes of the exit code."""


def doctor(
    project: Annotated[Path, typer.Option("--dir", metavar="PROJECT", help="The project's folder.")] = Path(),
    form: FORMAT = Format.TERMINAL,
) -> int:
    """Tell the health of all: the sandbox, programs, clients, and the definitions that clients read here.

    Exits with 0 when all is well, 1 when a definition needs a hand (stale, edited, dead, changed, shadowed, without its MCP
    server), 5 when the surroundings do: no sandbox, no git.
    """
    if not project.is_dir():
        raise UsageError(f"there is no folder {str(project)!r}", help="name the project's folder: `--dir`")
    findings = [*_sandbox(), *_programs(), *_server(project), *_clients(project), *_definitions(project)]
    code = worst(*(one.code for one in findings if one.state is State.WRONG))
    if form is Format.JSON:
        as_json(
            {
                "exit_code": int(code),
                "findings": [{key: value for key, value in asdict(one).items() if key != "code"} for one in findings],
            }
        )
        return code
    for one in findings:
        _print(one)
    wrong = sum(one.state is State.WRONG for one in findings)
    typer.echo(f"\n{wrong} of {len(findings)} need a hand." if wrong else "\nAll is well.")
    return code


def _sandbox() -> Iterator[Finding]:
    from backcheck.sandbox import Missing, probe

    found = probe()
    if isinstance(found, Missing):
        yield Finding("sandbox", State.WRONG, f"none holds: {found.why}", do=found.help, code=ExitCode.ENVIRONMENT)
        return
    yield Finding("sandbox", State.OK, f"{found.name} holds: no write outside the workspace, no network")
    for hole in found.holes:
        yield Finding("sandbox", State.NOTE, f"known hole: {hole}")


def _programs() -> Iterator[Finding]:
    from backcheck.workspace.grep import ripgrep

    git = shutil.which("git")
    yield (
        Finding("git", State.OK, "found", git)
        if git
        else Finding("git", State.WRONG, "not on PATH", do="install git", code=ExitCode.ENVIRONMENT)
    )
    searcher = ripgrep()
    yield (
        Finding("ripgrep", State.OK, "found", searcher)
        if searcher
        else Finding(
            "ripgrep", State.NOTE, "not found: a slower search stands in", do="pip install 'backcheck[ripgrep]'"
        )
    )


def _server(project: Path) -> Iterator[Finding]:
    from backcheck.definitions.install import connected

    servers = connected(project)
    command = servers.get("backcheck", "backcheck")
    where = shutil.which(command) if command else None
    whose = "connected" if "backcheck" in servers else "not connected here"
    if where or not command:
        yield Finding("MCP server", State.OK, f"{whose}; its command is on PATH", where or "")
    elif "backcheck" in servers:
        yield Finding(
            "MCP server",
            State.WRONG,
            f"connected, but its command {command!r} is not on PATH",
            do="name the program's full path",
        )
    else:
        yield Finding(
            "MCP server",
            State.NOTE,
            f"{whose}, and `backcheck` is not on PATH",
            do="connect it by the program's full path",
        )


def _clients(project: Path) -> Iterator[Finding]:
    from backcheck.cli._clients import clients

    for one in clients(project):
        if one.path is None:
            yield Finding("client", State.NOTE, f"{one.client} is not on PATH")
        elif one.version and one.measured and one.version != one.measured:
            what = f"{one.client} {one.version}; what backcheck says of it was measured in {one.measured}"
            yield Finding("client", State.NOTE, what, one.path)
        else:
            yield Finding("client", State.OK, " ".join(filter(None, (one.client, one.version))), one.path)


def _definitions(project: Path) -> Iterator[Finding]:
    from backcheck.definitions.install import Drift, survey, unconnected

    sound = 0
    for health in survey(project):
        if health.drift is Drift.SOUND and not health.one.stamp:
            sound += 1
            continue
        state = {Drift.SOUND: State.OK, Drift.GONE: State.NOTE}.get(health.drift, State.WRONG)
        yield Finding("definition", state, _said(health), str(health.one.path), health.mend)
    if sound:
        yield Finding("definition", State.OK, f"claude-code: {sound} that nobody installed load as they are written")
    for path, server in unconnected(project):
        ours = server == "backcheck"
        yield Finding(
            "definition",
            State.WRONG if ours else State.NOTE,
            f"it names tools of the MCP server {server!r}, and no settings file connects one",
            str(path),
            "claude mcp add backcheck -- backcheck mcp" if ours else "connect it, or pass it by",
        )


def _print(one: Finding) -> None:
    typer.echo(printable(f"{one.state.value:<5}  {one.part:<10}  {one.what}", keep=""))
    for label, text in (("where", one.where), ("do", one.do)):
        if text:
            typer.echo(printable(f"       {label:<10}  {text}", keep=""))


def _said(health: Health) -> str:
    name = f"{health.client}: {health.one.name or health.one.path.name}"
    installed = " (installed)" if health.one.stamp else ""
    return f"{name}{installed}: {health.drift.value}" + (f": {health.why}" if health.why else "")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)
