"""Recorded turns: a JSON Lines file with a model's answers, to be played without a model.

The first line says what the file is; each later one is one answer. A recorded answer carries a key over what the
conversation began with (agent, task, tools): played for another one, it is refused instead of giving nonsense. A script
written by hand has no keys. Tool results are not part of the key, since they hold times and temporary names.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backcheck.errors import EnvironmentFault, UsageError
from backcheck.runtime.model import Model, Reply, Request, Usage

if TYPE_CHECKING:
    from pathlib import Path

_FORMAT = "backcheck-turns/1"


def _key(request: Request) -> str:
    opening = [request.system, [tool["name"] for tool in request.tools], request.messages[0]]
    return hashlib.sha256(json.dumps(opening, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


class Recording:
    """Passes requests on to another model and keeps its answers in a file, whole lines at a time."""

    def __init__(self, model: Model, path: Path) -> None:
        """Record into ``path``, begun with the first answer; an existing file is refused, never overwritten."""
        self._model = model
        self._path = path
        self._begun = False
        if path.exists():
            raise _taken(path)

    async def reply(self, request: Request) -> Reply:
        """Ask the model behind, keep its answer, return it."""
        reply = await self._model.reply(request)
        lines = json.dumps({"key": _key(request), **asdict(reply)}, ensure_ascii=True) + "\n"
        if not self._begun:
            lines = json.dumps({"format": _FORMAT}) + "\n" + lines
        try:
            with self._path.open("a" if self._begun else "x", encoding="utf-8") as file:
                file.write(lines)
        except FileExistsError as error:
            raise _taken(self._path) from error
        self._begun = True
        return reply


class Replay:
    """Plays the answers of a file in their order."""

    def __init__(self, path: Path) -> None:
        """Read the file whole. Raises `UsageError` where it is no recording, naming the line."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise UsageError(f"cannot read the recording {path}: {error.strerror}", help="name a file") from error
        except UnicodeDecodeError as error:
            raise _broken(path, 1, "it is not UTF-8") from error
        header, *turns = [_parsed(path, number, line) for number, line in enumerate(lines, 1)] or [{}]
        if header.get("format") != _FORMAT:
            raise _broken(path, 1, f"it does not begin with {{'format': {_FORMAT!r}}}")
        self._path = path
        self._turns = [(turn.get("key"), _reply(path, number, turn)) for number, turn in enumerate(turns, 2)]
        self._played = 0

    async def reply(self, request: Request) -> Reply:
        """Return the next recorded answer.

        Raises `EnvironmentFault` where the recording is at its end, or was made for another conversation.
        """
        if self._played == len(self._turns):
            raise EnvironmentFault(
                f"the recording {self._path} ends after {self._played} turns, and the run goes on",
                help="record the run again with --record",
            )
        key, reply = self._turns[self._played]
        if key is not None and key != _key(request):
            raise EnvironmentFault(
                f"the recording {self._path} was made for another agent, task or set of tools",
                help="play it with the agent and task that it was recorded with, or record anew",
            )
        self._played += 1
        return reply


def _taken(path: Path) -> UsageError:
    return UsageError(f"{path} exists already", help="record into a new file")


def _parsed(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise _broken(path, number, error.msg) from error
    if not isinstance(value, dict):
        raise _broken(path, number, "it is no JSON object")
    return value


def _reply(path: Path, number: int, turn: dict[str, Any]) -> Reply:
    try:
        return Reply(
            content=tuple(turn["content"]),
            stop_reason=str(turn["stop_reason"]),
            usage=Usage(**turn.get("usage", {})),
            model=str(turn.get("model", "script")),
        )
    except (KeyError, TypeError) as error:
        raise _broken(path, number, f"it is no recorded turn ({error})") from error


def _broken(path: Path, number: int, why: str) -> UsageError:
    return UsageError(f"{path}:{number}: this is no recording: {why}", help="name a file made by --record")
