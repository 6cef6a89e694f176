"""Conduct: how a definition asks to be run. A value that means nothing is refused, never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcheck.definitions.agents import parse_agent
from backcheck.definitions.running.conduct import Conduct, conduct
from backcheck.errors import UsageError


def conducted(front: str, model: str | None = None) -> Conduct:
    agent = parse_agent(f"---\nname: keeper\ndescription: Keeps bees\n{front}\n---\n".encode(), Path("keeper.md"))
    return conduct(agent, model=model)


@pytest.mark.parametrize(
    "front, wanted, model",
    [
        ("model: Haiku", None, "claude-haiku-5-5"),
        ("model: OPUS", None, "claude-opus-5-5"),
        ("model: best", None, "claude-opus-5-5"),
        ("model: default", None, "claude-opus-5-5"),
        ("model: sonnet[1m]", None, "claude-sonnet-5-5"),
        ("model: claude-opus-5-5[1m]", None, "claude-opus-5-5"),
        ("model: Claude-Opus-5-5", None, "claude-opus-5-5"),
        ("model: inherit", None, "claude-sonnet-5-5"),
        ("model: Inherit", None, "claude-sonnet-5-5"),
        ("model:", None, "claude-sonnet-5-5"),
        ("color: red", None, "claude-sonnet-5-5"),
        ("model: [sonnet, opus]", None, "claude-sonnet-5-5"),
        ("model: gpt-5", None, "gpt-5"),
        ("model: claude-sonnet-4-20250514", None, "claude-sonnet-4-20250514"),
        ("model: opusplan", None, "claude-sonnet-5-5"),
        ("model: opusplan\npermissionMode: plan", None, "claude-opus-5-5"),
        ("model: haiku", "FABLE", "claude-fable-5-2"),
        ("model: haiku", "inherit", "claude-sonnet-5-5"),
    ],
)
def test_a_model_is_an_alias_an_id_or_the_default(front: str, wanted: str | None, model: str) -> None:
    assert conducted(front, wanted).model == model


@pytest.mark.parametrize(
    "front, effort",
    [
        ("effort: low", "low"),
        ("effort: XHigh", "xhigh"),
        ("Effort: max", "max"),
        ("effort:", None),
        ("effort: 50", None),
        ('effort: "3"', None),
        ("color: red", None),
    ],
)
def test_effort_is_a_word_of_the_api_in_any_case(front: str, effort: str | None) -> None:
    assert conducted(front).effort == effort


@pytest.mark.parametrize(
    "front, turns",
    [
        ("maxTurns: 5", 5),
        ('maxTurns: "5"', 5),
        ("max_turns: 5", 5),
        ("Max-Turns: 5", 5),
        ("maxTurns:", None),
        ("color: red", None),
    ],
)
def test_turns_are_a_number_under_a_key_in_any_spelling(front: str, turns: int | None) -> None:
    assert conducted(front).max_turns == turns


@pytest.mark.parametrize(
    "front, mode",
    [("permissionMode: plan", "plan"), ("permission-mode: Accept-Edits", "acceptEdits"), ("color: red", "default")],
)
def test_a_permission_mode_may_be_spelt_in_any_way(front: str, mode: str) -> None:
    assert conducted(front).mode == mode


@pytest.mark.parametrize(
    "front, choices",
    [
        ("effort: huge", "low, medium, high, xhigh, max"),
        ("effort: -1", "low"),
        ("effort: [high]", "low"),
        ("effort: true", "low"),
        ("maxTurns: 0", "above 0"),
        ("maxTurns: -3", "above 0"),
        ("maxTurns: many", "above 0"),
        ("maxTurns: true", "above 0"),
        ("maxTurns: 2.5", "above 0"),
        (f'maxTurns: "{"9" * 5000}"', "above 0"),
        ("permissionMode: yolo", "plan"),
        ("permission_mode: [plan]", "plan"),
    ],
)
def test_a_value_that_means_nothing_is_refused_with_the_choices(front: str, choices: str) -> None:
    with pytest.raises(UsageError, match=r"keeper\.md") as caught:
        conducted(front)

    assert choices in caught.value.help


@pytest.mark.parametrize(
    "front, said",
    [
        ("model: gpt-5", "unknown"),
        ("model: [sonnet, opus]", "claude-sonnet-5-5"),
        ("permissionMode: bypassPermissions", "sandbox"),
        ("effort: 50", "not sent"),
        ('effort: "50"', "not sent"),
    ],
)
def test_what_is_not_done_as_written_is_told(front: str, said: str) -> None:
    assert any(said in note for note in conducted(front).notes)


def test_a_plain_definition_needs_no_word() -> None:
    assert conducted("model: sonnet").notes == ()
