"""What the loop asks of a model, and what it gets back. Messages have the wire form of the Messages API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Block: TypeAlias = dict[str, Any]
"""One content block as JSON: `{"type": "text" | "tool_use" | "tool_result" | "thinking" …}`."""
Message: TypeAlias = dict[str, Any]
"""`{"role": "user" | "assistant", "content": [Block, …]}`."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply, or summed over several."""

    input: int = 0
    """Input tokens that were neither read from the cache nor written to it."""
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
        )

    @property
    def total(self) -> int:
        """All tokens, of every kind."""
        return self.input + self.output + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True)
class Request:
    """One request: the whole conversation so far."""

    model: str
    system: str
    tools: tuple[Block, ...]
    messages: tuple[Message, ...]
    max_tokens: int = 16_000
    effort: str | None = None
    """`low`, `medium`, `high`, `xhigh` or `max`; None leaves it to the server."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete answer. A stream that ended early never becomes one."""

    content: tuple[Block, ...]
    stop_reason: str
    """`end_turn`, `tool_use`, `max_tokens`, `stop_sequence`, `pause_turn`, `refusal` …"""
    usage: Usage
    model: str
    """The model that answered, as the server names it."""

    @property
    def text(self) -> str:
        """The text blocks, joined."""
        return "\n".join(block["text"] for block in self.content if block.get("type") == "text")

    @property
    def tool_calls(self) -> tuple[Block, ...]:
        """The `tool_use` blocks, in order."""
        return tuple(block for block in self.content if block.get("type") == "tool_use")


class Model(Protocol):
    """Anything that answers a request: a live model, a recording."""

    async def reply(self, request: Request) -> Reply:
        """Answer the request whole.

        Raises `EnvironmentFault` where no complete answer can be had.
        """
        ...
