"""`backcheck run`: an agent at work on a private copy, audited."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcheck.cli._output import check_target, write
from backcheck.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from backcheck.audit import Options
    from backcheck.definitions.agents import Agent
    from backcheck.runtime.model import Model
    from backcheck.runtime.run import Order, Ran


def run(
    agent: Annotated[str, typer.Argument(help="Name of a shipped agent, or path of a definition.")],
    task: Annotated[str, typer.Argument(help="What it is to do.")],
    directory: Annotated[Path, typer.Option("--dir", help="The repository; it is only read.")] = Path(),
    model: Annotated[str, typer.Option("--model", help="Alias or id, instead of the definition's own.")] = "",
    base_url: Annotated[str, typer.Option("--base-url", help="A server that speaks the Messages API.")] = "",
    replay: Annotated[
        Path | None, typer.Option("--replay", help="Play recorded turns instead of asking a model.")
    ] = None,
    record: Annotated[Path | None, typer.Option("--record", help="Keep the model's turns in a new file.")] = None,
    checklist: Annotated[
        str, typer.Option("--checklist", help="Judge the change against this, not the agent's own contract.")
    ] = "",
    turns: Annotated[
        int | None,
        typer.Option("--max-turns", min=1, help="Turns after which it is stopped: before its own `maxTurns`, and 60."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Copy the patch to this new file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
) -> int:
    """Let an agent work on a private copy, audit its change, and give the result as a patch with a receipt."""
    from backcheck.audit import Options
    from backcheck.cli._receipt import print_receipt
    from backcheck.definitions.agents import find_agent
    from backcheck.overview import check_folder
    from backcheck.runtime.loop import Limits
    from backcheck.runtime.run import Order

    if not task.strip():
        raise UsageError("the task is empty", help="say in a sentence what the agent is to do")
    if replay and (record or base_url):
        raise UsageError("--replay asks no model", help="leave out --record and --base-url")
    for target in (output, record):
        if target and target.exists():
            raise UsageError(f"{target} exists already", help="name a new file")
        if target:
            check_target(target)
    check_folder(directory)
    definition = find_agent(agent)
    judged_by = Options(checklist=checklist) if checklist else _contract(definition, directory)
    order = Order(definition, task, directory, model or None, judged_by, Limits(turns=turns), say=_say)
    try:
        ran = asyncio.run(_ask(order, replay, record, base_url))
    except OSError as error:
        where = error.filename or "the journal and the copies (user's state directory, TMPDIR)"
        raise EnvironmentFault(
            f"the run cannot go on: {where}: {error.strerror or error}", help="make room or mend the permissions there"
        ) from error
    if output and ran.receipt.patch:
        write(output, Path(ran.receipt.patch).read_bytes())
    print_receipt(ran, as_json=as_json)
    return int(ran.exit_code)


def _contract(agent: Agent, directory: Path) -> Options:
    """Return what the agent promises as what it is judged by; the default checklist where that is nothing."""
    from backcheck.audit import Options
    from backcheck.definitions.contract import bind_contract
    from backcheck.definitions.items import load_items

    if bind_contract(agent.contract, load_items(directory / ".backcheck" / "checklists"), agent.name).items:
        return Options(agent=str(agent.path))
    _say(f"the contract of {agent.name!r} binds no item: the change is judged by the checklist 'ci'")
    return Options(checklist="ci")


async def _ask(order: Order, replay: Path | None, record: Path | None, base_url: str) -> Ran:
    from backcheck.runtime.cassette import Recording, Replay
    from backcheck.runtime.run import run as run_order

    async with AsyncExitStack() as stack:
        model: Model
        if replay:
            model = Replay(replay)
        else:
            from backcheck.runtime.live import LiveModel  # anthropic: 0.8 s, for a live model alone

            model = await stack.enter_async_context(LiveModel(base_url=base_url or None))
        if record:
            model = Recording(model, record)
        return await run_order(order, model)


def _say(doing: str) -> None:
    from backcheck.escape import printable

    sys.stderr.write(f"  {printable(doing, keep='')}\n")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)
