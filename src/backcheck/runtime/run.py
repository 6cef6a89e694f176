"""One run: a private copy, the agent at work on it, the audit of its change, a patch and a receipt."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from backcheck.audit import Options, silent
from backcheck.definitions.prompts import render
from backcheck.definitions.running.capability import grant
from backcheck.definitions.running.conduct import conduct
from backcheck.errors import ExitCode, worst
from backcheck.findings import Verdict
from backcheck.overview import overview, survey
from backcheck.repository import patch, private_copy
from backcheck.runtime.claims import claims
from backcheck.runtime.gate import Gate, Judged
from backcheck.runtime.journal import Journal
from backcheck.runtime.loop import TURNS, Limits, Loop
from backcheck.runtime.model import Request
from backcheck.runtime.prices import cost
from backcheck.runtime.process import judge_rules
from backcheck.runtime.receipt import Receipt, changes
from backcheck.sandbox import Missing, probe
from backcheck.settings import state_directory
from backcheck.toolbox import Toolbox
from backcheck.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.running.capability import Grant
    from backcheck.definitions.running.conduct import Conduct
    from backcheck.definitions.tools import ToolPage
    from backcheck.runtime.model import Block, Model

ROUNDS = 3
"""How often an agent may stop: after its own work, and after each time new failures were sent back."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked for."""

    agent: Agent
    task: str
    workspace: Path
    model: str | None = None
    """Alias or id that replaces the definition's own."""
    options: Options = field(default_factory=Options)
    """What the change is judged against; its base is the workspace as it stands."""
    limits: Limits = field(default_factory=Limits)
    folder: Path | None = None
    """Where journal, patch, receipt and both trees (`before`, `after`) are kept; None for a new folder in the user's
    state directory, without the trees."""
    say: Callable[[str], None] = silent
    """Takes one line of progress."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that came to its end."""

    receipt: Receipt
    judged: Judged
    """The tree as the agent found it and as it left it."""
    folder: Path
    """Where journal, receipt and patch lie."""

    @property
    def exit_code(self) -> ExitCode:
        """The audit's word on the change, never the model's: failed where something new fails.

        Undecided where an item became so, and where the agent was stopped before it was done.
        """
        undecided = self.judged.doubts or self.receipt.status != "done"
        return worst(
            ExitCode.FAILED if self.judged.failures else ExitCode.OK,
            ExitCode.UNDECIDED if undecided else ExitCode.OK,
        )


async def run(order: Order, model: Model) -> Ran:
    """Let the agent work on a private copy until its change brings no new failure, it makes no progress, or a limit ends it.

    The workspace itself is only read. Where the run is interrupted or the model fails, the patch of what was done so
    far is still written. Raises `UsageError` for a definition that names unknown tools or values, `EnvironmentFault` where
    the model gives no answer, `asyncio.CancelledError` where the caller interrupts.
    """
    # Before anything is written: a definition that nobody can be sure of is refused.
    granted, conducted = grant(order.agent), conduct(order.agent, model=order.model)
    folder = order.folder or _new_folder()
    with ExitStack() as stack:
        scratch = order.folder or Path(stack.enter_context(TemporaryDirectory(prefix="backcheck-run-")))
        journal = stack.enter_context(Journal(folder / "journal.jsonl"))
        work = _Work(order, model, journal, scratch, granted, conducted)
        try:
            await work.rounds()
        except BaseException as error:
            kept = work.keep_patch(folder)
            journal.record("run_end", status=type(error).__name__, patch=kept)
            if kept:
                order.say(f"what was done so far is kept in {folder / kept}")
            raise
        receipt = work.receipt(folder, work.keep_patch(folder))
        (folder / "receipt.json").write_text(json.dumps(receipt.as_json(), indent=2) + "\n", encoding="utf-8")
        journal.record("run_end", status=receipt.status, patch=receipt.patch)
        return Ran(receipt, work.judged, folder)


def _new_folder() -> Path:
    """Make the folder of a new run: its name sorts by time."""
    name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
    folder = state_directory() / "runs" / name
    folder.mkdir(parents=True, mode=0o700)
    return folder


class _Work:
    """The agent at work in one scratch folder: `before` as the workspace stands, `after` for the agent."""

    def __init__(
        self, order: Order, model: Model, journal: Journal, scratch: Path, granted: Grant, conducted: Conduct
    ) -> None:
        self._order = order
        self._journal = journal
        self._granted = granted
        self._conduct = conducted
        self._began = time.monotonic()
        for note in filter(None, (granted.stated, *conducted.notes)):
            order.say(note)
        self._base, self._copy = scratch / "before", scratch / "after"
        order.say("copying the workspace")
        private_copy(order.workspace, self._base)
        private_copy(order.workspace, self._copy)
        order.say("auditing it as it stands")
        self._gate = Gate(self._base, order.options)
        self.before = self._gate.before
        self.judged = Judged(self.before, self.before, self.before)  # until the first round ends
        self._toolbox = Toolbox(Workspace(self._copy), self._granted.tools)
        limits = replace(order.limits, turns=order.limits.turns or self._conduct.max_turns or TURNS)
        journal.record(
            "run_start",
            agent=order.agent.name,
            model=self._conduct.model,
            effort=self._conduct.effort,
            permission_mode=self._conduct.mode,
            tools=list(self._toolbox.pages),
            max_turns=limits.turns,
        )
        self._loop = Loop(model, self._toolbox, journal, self._opening(), limits, order.say)
        self._status = ""
        self._words = ""
        self._round = 0

    async def rounds(self) -> None:
        """Tell the agent its task, then what its change broke, until nothing new fails or nothing changes."""
        message, seen = self._order.task, None
        while self._round < ROUNDS:
            self._round += 1
            stop = await self._loop.tell(message)
            self._status, self._words = stop.reason, stop.text
            self._order.say(f"round {self._round}: auditing the change")
            self.judged = self._gate.judge(self._copy)
            complaints = self.judged.complaints
            self._journal.record("audit", round=self._round, complaints=sorted(complaints))
            if stop.reason != "done" or not complaints or complaints == seen:
                return
            for item, subject in self.judged.failures:
                self._order.say(f"fails now and did not before: {item}: {subject.id}")
            for verdict in self.judged.doubts:
                self._order.say(f"cannot be decided any more: {verdict.item}: {verdict.reason}")
            message, seen = self.judged.feedback(), complaints

    def keep_patch(self, folder: Path) -> str:
        """Write what turns the workspace into the copy; return the file's name, or nothing where nothing changed."""
        data = patch(self._base, self._copy)
        if not data:
            return ""
        (folder / "change.patch").write_bytes(data)
        return "change.patch"

    def receipt(self, folder: Path, kept: str) -> Receipt:
        """Return the record of the run."""
        usage = self._loop.usage
        found = probe()
        return Receipt(
            run=folder.name,
            agent=self._order.agent.name,
            task=self._order.task,
            model=self._loop.model,
            status=self._status,
            rounds=self._round,
            turns=self._loop.turns,
            tool_calls=self._loop.tool_calls,
            tokens={
                "input": usage.input,
                "output": usage.output,
                "cache_read": usage.cache_read,
                "cache_write": usage.cache_write,
            },
            cost_usd=cost(self._loop.model, usage),
            seconds=round(time.monotonic() - self._began, 1),
            tools_lost=tuple(f"{lost.name}: {lost.why}" for lost in self._granted.lost),
            sandbox=f"none: {found.why}" if isinstance(found, Missing) else found.name,
            changes=changes(self.judged),
            claims=claims(self._words, self.judged.whole),
            rules=judge_rules(self._order.agent.contract.rules, folder / "journal.jsonl", self._toolbox.pages),
            words=self._words,
            patch=str(folder / kept) if kept else "",
            journal=str(folder / "journal.jsonl"),
        )

    def _opening(self) -> Request:
        surroundings = render(
            "environment",
            tools=list(self._toolbox.pages),
            sandboxed=not isinstance(probe(), Missing),
            items=[verdict for verdict in self.before.verdicts if verdict.verdict is not Verdict.MANUAL],
            overview=overview(survey(self._base)) if self._conduct.has_overview else "",
        )
        return Request(
            model=self._conduct.model,
            effort=self._conduct.effort,
            system=f"{self._order.agent.body.strip()}\n\n{surroundings.strip()}\n",
            tools=tuple(map(_told, self._toolbox.pages.values())),
            messages=(),
        )


def _told(page: ToolPage) -> Block:
    return {"name": page.name, "description": page.description, "input_schema": page.input_schema}
