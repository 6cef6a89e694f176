"""How a definition asks to be run: on which model, with what effort, for how many turns, in which permission mode."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.agents.restrictions import letters
from backcheck.definitions.running.models import default_model, ends, is_inherited, model_id, price
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent

EFFORTS = ("low", "medium", "high", "xhigh", "max")
"""What the Messages API takes as `output_config.effort`. Claude Code 2.1.329 sends it for every model, an unknown one too."""

MODES = ("default", "manual", "acceptEdits", "auto", "dontAsk", "bypassPermissions", "plan")
"""Permission modes of Claude Code. A run asks nobody and never leaves its sandbox, so all but `plan` come to the same here."""

_NUMBER = re.compile(r"0*[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Conduct:
    """What one run of the agent is like."""

    model: str
    """The id that is sent."""
    effort: str | None = None
    """One of `EFFORTS`; None leaves it to the server."""
    max_turns: int | None = None
    """None where the definition sets no limit."""
    mode: str = "default"
    """One of `MODES`."""
    has_overview: bool = True
    """Whether the prompt tells of the project; `context_mode: minimal` asks it not to."""
    notes: tuple[str, ...] = ()
    """Sentences for the person who starts the run."""


def conduct(agent: Agent, *, model: str | None = None) -> Conduct:
    """Return how the agent is to be run; ``model`` is an alias or id that replaces the definition's own.

    Keys may be spelt in any way (`max_turns`, `Permission-Mode`). Raises `UsageError` for a value that means nothing: a limit
    that is not understood must not become no limit.
    """
    mode = _mode(agent)
    wanted = model or agent.model
    name = default_model() if wanted is None or is_inherited(wanted) else model_id(wanted, planning=mode == "plan")
    return Conduct(
        name,
        _effort(agent),
        _max_turns(agent),
        mode,
        (agent.context_mode or "").casefold() != "minimal",
        tuple(_notes(agent, name, mode)),
    )


def _notes(agent: Agent, model: str, mode: str) -> Iterator[str]:
    if day := ends(model):
        yield f"the vendor ends the model {model!r} on {day}: name `sonnet` or `opus`, which stand for the model of the day"
    if price(model) is None:
        yield f"no price is listed for the model {model!r}: what the run costs will be unknown"
    if mode == "bypassPermissions":
        yield "bypassPermissions changes nothing here: a run never leaves its sandbox"
    if _effort(agent) is None and _field(agent, "effort") not in (None, ""):
        yield "an effort in numbers is not sent, as Claude Code does not send it either"
    if "model" in agent.fields and agent.model is None:
        yield f"`model` is no name, so the run takes {model}"


def _effort(agent: Agent) -> str | None:
    value = _field(agent, "effort")
    match value:
        case None | "":
            return None
        case bool():
            pass
        case int() if value > 0:
            return None
        case str() if value.strip().casefold() in EFFORTS:
            return value.strip().casefold()
        case str() if _NUMBER.fullmatch(value.strip()):
            return None
        case _:
            pass
    raise _wrong(agent, "effort", value, f"it is one of {', '.join(EFFORTS)}")


def _max_turns(agent: Agent) -> int | None:
    value = _field(agent, "maxturns")
    match value:
        case None | "":
            return None
        case int() if value > 0 and value is not True:
            return value
        case str() if _NUMBER.fullmatch(value.strip()):
            return int(value)
        case _:
            raise _wrong(agent, "maxTurns", value, "it is a number of turns above 0")


def _mode(agent: Agent) -> str:
    value = _field(agent, "permissionmode")
    if value is None or value == "":
        return MODES[0]
    known = {letters(mode): mode for mode in MODES}
    mode = known.get(letters(value)) if isinstance(value, str) else None
    if mode is None:
        raise _wrong(agent, "permissionMode", value, f"it is one of {', '.join(MODES)}")
    return mode


def _field(agent: Agent, plain: str) -> object:
    """Return the value of the key with these letters, whatever its case and its hyphens; None where there is none."""
    return next((value for key, value in agent.fields.items() if letters(key) == plain), None)


def _wrong(agent: Agent, key: str, value: object, choices: str) -> UsageError:
    return UsageError(f"{agent.path}: the {key} {value!r} of {agent.name!r} means nothing", help=choices)
