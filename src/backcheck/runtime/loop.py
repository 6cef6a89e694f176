"""The loop: ask, run the tools that the answer calls for, answer with all results, until the model is done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.runtime.model import Block, Message, Model, Reply, Request, Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.runtime.journal import Journal
    from backcheck.toolbox import Toolbox

_CUT = "This call was not run: the answer was cut off at the token limit. Make it again, in smaller steps."

TURNS = 60
"""Turns of a run that nobody limited."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What ends a run before the model does."""

    turns: int | None = None
    """None means the definition's own limit, and `TURNS` where it has none."""
    tokens: int = 2_000_000
    """All tokens of all turns; looked at before each request, so that a run goes over by one request at most."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the loop ended."""

    reason: str
    """`done`, `turns`, `tokens`, `refusal`, or a stop reason of the server that ends a run."""
    text: str
    """The model's last words."""


class Loop:
    """One conversation of an agent with its tools. It can be told more after it stopped."""

    def __init__(
        self,
        model: Model,
        toolbox: Toolbox,
        journal: Journal,
        opening: Request,
        limits: Limits,
        say: Callable[[str], None],
    ) -> None:
        """Hold the conversation that ``opening`` begins; ``say`` takes one line of progress."""
        self._model = model
        self._toolbox = toolbox
        self._journal = journal
        self._request = opening
        self._limits = limits
        self._say = say
        self.model = opening.model
        """The model that answered last, as the server names it."""
        self.usage = Usage()
        self.turns = 0
        self.tool_calls = 0

    async def tell(self, text: str) -> Stop:
        """Give the model a user message, and go on until it is done or a limit ends it."""
        self._append({"role": "user", "content": [{"type": "text", "text": text}]})
        while (reached := self._limit_reached()) is None:
            reply = await self._turn()
            results = await self._results(reply)
            if results:
                self._append({"role": "user", "content": results})
            elif reply.stop_reason == "pause_turn":
                continue
            elif reply.stop_reason in {"end_turn", "stop_sequence"}:
                return Stop("done", reply.text)
            else:
                return Stop(reply.stop_reason, reply.text)
        return Stop(reached, "")

    def _limit_reached(self) -> str | None:
        if self.turns >= (self._limits.turns or TURNS):
            return "turns"
        return "tokens" if self.usage.total >= self._limits.tokens else None

    async def _turn(self) -> Reply:
        self.turns += 1
        self._journal.record("request", turn=self.turns, messages=len(self._request.messages))
        reply = await self._model.reply(self._request)
        self.usage += reply.usage
        self.model = reply.model
        self._append({"role": "assistant", "content": list(reply.content)})
        return reply

    def _append(self, message: Message) -> None:
        self._journal.record("message", **message)
        self._request = replace(self._request, messages=(*self._request.messages, message))

    async def _results(self, reply: Reply) -> list[Block]:
        """Run the answer's tool calls and return their results in the order of the calls.

        Neighbouring calls that only read run side by side; one that may change something runs alone.
        """
        calls = reply.tool_calls
        if reply.stop_reason == "max_tokens":
            return [_result(call, _CUT, ok=False) for call in calls]
        results: list[Block] = []
        waiting: list[Block] = []
        for call in calls:
            if self._toolbox.reads_only(call["name"]):
                waiting.append(call)
                continue
            results += await asyncio.gather(*map(self._call, waiting))
            waiting.clear()
            results.append(await self._call(call))
        return results + await asyncio.gather(*map(self._call, waiting))

    async def _call(self, call: Block) -> Block:
        self._journal.record("tool_call", id=call["id"], name=call["name"], input=call["input"])
        self._say(f"{call['name']} {_gist(call['input'])}")
        result = await self._toolbox.call(call["name"], call["input"])
        self.tool_calls += 1
        self._journal.record("tool_result", id=call["id"], ok=result.ok, text=result.text)
        return _result(call, result.text, ok=result.ok)


def _result(call: Block, text: str, *, ok: bool) -> Block:
    block: Block = {"type": "tool_result", "tool_use_id": call["id"], "content": text or "(no output)"}
    return block if ok else {**block, "is_error": True}


def _gist(arguments: object) -> str:
    """Return the one argument that tells a person what the call is about."""
    if not isinstance(arguments, dict):
        return ""
    for key in ("file_path", "path", "command", "pattern"):
        if isinstance(arguments.get(key), str):
            return str(arguments[key]).split("\n", 1)[0][:100]
    return ""
