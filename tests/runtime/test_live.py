from __future__ import annotations

import asyncio

import pytest

from backcheck.errors import EnvironmentFault, UsageError
from backcheck.runtime.live import LiveModel
from backcheck.runtime.model import Reply, Request
from runtime.messages_server import EndsEarly, Refuses, Says, Turn, messages_server

REQUEST = Request(
    model="claude-sonnet-5-5",
    system="You build backends.",
    tools=(),
    messages=({"role": "user", "content": [{"type": "text", "text": "Begin."}]},),
)


async def ask_at(url: str) -> Reply:
    async with LiveModel(base_url=url, api_key="scripted") as model:
        return await model.reply(REQUEST)


def ask(*turns: Turn) -> tuple[Reply, int]:
    """Ask a scripted server once; give the reply and how many requests it took."""
    with messages_server(*turns) as server:
        return asyncio.run(ask_at(server.url)), len(server.requests)


def test_an_answer_arrives_whole_with_its_tool_calls_and_usage() -> None:
    reply, _ = ask(Says("I look.", calls=(("read", {"file_path": "app.py"}),)))
    assert reply.text == "I look."
    assert [(call["name"], call["input"]) for call in reply.tool_calls] == [("read", {"file_path": "app.py"})]
    assert (reply.stop_reason, reply.usage.input, reply.usage.output) == ("tool_use", 1000, 50)


@pytest.mark.parametrize("politely", [True, False], ids=["polite end", "cut connection"])
def test_an_answer_that_ends_early_is_asked_for_again(politely: bool) -> None:
    reply, requests = ask(EndsEarly(politely), Says("whole"))
    assert (reply.text, requests) == ("whole", 2)


@pytest.mark.parametrize("politely", [True, False], ids=["polite end", "cut connection"])
def test_an_answer_that_always_ends_early_is_never_taken_for_one(politely: bool) -> None:
    with pytest.raises(EnvironmentFault, match="broke off 3 times"):
        ask(*[EndsEarly(politely)] * 3)


def test_a_busy_server_is_asked_again() -> None:
    reply, requests = ask(Refuses(529), Refuses(429), Says("at last"))
    assert (reply.text, requests) == ("at last", 3)


@pytest.mark.parametrize("status, advice", [(401, "ANTHROPIC_API_KEY"), (404, "--model"), (400, "--base-url")])
def test_a_refusal_names_the_status_and_what_to_do(status: int, advice: str) -> None:
    with pytest.raises(EnvironmentFault, match=str(status)) as caught:
        ask(Refuses(status))
    assert advice in caught.value.help


def test_a_server_that_is_not_there_is_named() -> None:
    with messages_server() as server:
        url = server.url
    with pytest.raises(EnvironmentFault, match=url):
        asyncio.run(ask_at(url))


def test_without_key_or_server_there_is_no_model() -> None:
    with pytest.raises(UsageError, match="ANTHROPIC_API_KEY") as caught:
        LiveModel()
    assert "--replay" in caught.value.help
