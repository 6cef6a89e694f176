"""A live model behind the Messages API, through the anthropic SDK. The only module that imports it.

The SDK retries what fails before the first byte (429, 5xx, connection). It does not retry a stream that breaks off
later, and a stream that ends politely without `message_stop` raises nothing: the message then has no stop reason, and
a tool call in it may be cut in half and still parse. Such an answer is a transport fault here, and the whole request
is sent again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

import anthropic
import httpx2

from backcheck.errors import EnvironmentFault, UsageError
from backcheck.runtime.model import Reply, Request, Usage

if TYPE_CHECKING:
    from anthropic.types import Message, OutputConfigParam

_ATTEMPTS = 3


class LiveModel:
    """The model of a server that speaks the Messages API; an async context manager that closes its connections."""

    def __init__(self, *, base_url: str | None = None, api_key: str | None = None) -> None:
        """Connect lazily to ``base_url`` (default: the environment's ANTHROPIC_BASE_URL, then the vendor's).

        A server named by base URL may need no key. Raises `UsageError` where neither a key nor a base URL is known.
        """
        base_url = base_url or os.environ.get("ANTHROPIC_BASE_URL") or None
        api_key = api_key or os.environ.get("ANTHROPIC_API_KEY") or None
        token = os.environ.get("ANTHROPIC_AUTH_TOKEN")
        if not (api_key or token or base_url):
            raise UsageError(
                "no model to ask: ANTHROPIC_API_KEY is not set",
                help="set ANTHROPIC_API_KEY, name a server with --base-url URL, or play a recording with --replay FILE",
            )
        self._client = anthropic.AsyncAnthropic(
            api_key=api_key or (None if token else "unused"), base_url=base_url, max_retries=2
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def reply(self, request: Request) -> Reply:
        """Stream one answer and return it whole; a stream that breaks off is sent again, three times in all."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                message = await self._stream(request)
            except httpx2.HTTPError as error:
                fault = f"{type(error).__name__}: {error}"
            except anthropic.APIStatusError as error:
                raise _refused(error) from error
            except anthropic.APIError as error:
                raise EnvironmentFault(
                    f"the model's server cannot be reached at {self._client.base_url}: {error}",
                    help="look at the network and the base URL",
                ) from error
            else:
                if message.stop_reason is not None:
                    return _reply(message)
                fault = "the answer ended before its last event"
            if attempt == _ATTEMPTS:
                raise EnvironmentFault(
                    f"the model's answer broke off {_ATTEMPTS} times ({fault})", help="try again later"
                )
        raise AssertionError("unreachable: the loop returns or raises")

    async def _stream(self, request: Request) -> Message:
        async with self._client.messages.stream(
            model=request.model,
            max_tokens=request.max_tokens,
            system=request.system,
            tools=list(request.tools),  # type: ignore[arg-type] # plain JSON of the wire form
            messages=list(request.messages),  # type: ignore[arg-type] # as above
            cache_control={"type": "ephemeral"},
            output_config=_effort(request),
        ) as stream:
            return await stream.get_final_message()


def _effort(request: Request) -> OutputConfigParam | anthropic.Omit:
    return {"effort": request.effort} if request.effort else anthropic.omit  # type: ignore[return-value] # one of conduct.EFFORTS


def _reply(message: Message) -> Reply:
    data: dict[str, Any] = message.model_dump(mode="json", exclude_none=True)
    usage = data["usage"]
    return Reply(
        content=tuple(data["content"]),
        stop_reason=data["stop_reason"],
        usage=Usage(
            input=usage.get("input_tokens", 0),
            output=usage.get("output_tokens", 0),
            cache_read=usage.get("cache_read_input_tokens", 0),
            cache_write=usage.get("cache_creation_input_tokens", 0),
        ),
        model=data["model"],
    )


def _refused(error: anthropic.APIStatusError) -> EnvironmentFault:
    advice = {
        401: "the key is not accepted: look at ANTHROPIC_API_KEY",
        403: "the key may not use this model",
        404: "the server does not know this model: name another with --model",
        413: "the conversation is too large: give a smaller task",
        429: "the account's rate is used up: wait, then try again",
    }
    return EnvironmentFault(
        f"the model's server refused the request with {error.status_code}: {error.message}",
        help=advice.get(error.status_code, "try again later, or name another server with --base-url"),
    )
