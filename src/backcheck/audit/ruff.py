"""Ruff as a second instrument on Python files: it never fails an item, and it can take a pass away.

Of its rules only those are asked that name exactly what an item of ours judges, and that are right when they speak:
`S113` (a `requests` call without time-out, an `httpx` call with `timeout=None`) and `ASYNC210`, `ASYNC212`, `ASYNC221`,
`ASYNC222`, `ASYNC251` (HTTP, processes, `time.sleep` directly inside `async def`). Left out, since they guess by names
or know no flow: `S105` to `S107` (any string beside the word "password"), `S608` (any SQL in an f-string, constant or
not), `S324`, `S311` (on two real FastAPI backends `S105` spoke three times: "bearer", "Token" and an error message, never a
secret; the chosen rules were silent there); and `ASYNC230` (`open` in `async def`), which our item judges by size of harm and not by presence.

Where ruff sees what a check has failed, the reason says that both agree. Where it sees what a check passed or did not
look at, the two disagree, and the subject is undecided. What it is silent about says nothing.

It is called `--isolated --no-cache --ignore-noqa`: no configuration, cache or comment of the workspace has a say.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from backcheck.findings import Confidence, Judgement, Outcome, Place, Subject
from backcheck.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.program import Program
    from backcheck.source import SourceTree

_ITEMS = {
    "S113": "call-without-timeout",
    "ASYNC210": "blocking-call-in-async",
    "ASYNC212": "blocking-call-in-async",
    "ASYNC221": "blocking-call-in-async",
    "ASYNC222": "blocking-call-in-async",
    "ASYNC251": "blocking-call-in-async",
}
_BATCH = 500
"""Files a call: keeps the command line below the system's limit."""
_TIMEOUT = 120
"""Seconds; 250,000 lines take less than one."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that ruff reports."""

    rule: str
    item: str
    place: Place
    text: str
    """The reported source text, white space folded."""

    def concerns(self, judgement: Judgement) -> bool:
        """Whether the judgement is about this place: one of its places holds the first line of what is reported."""
        places = (judgement.subject.place, *judgement.places)
        return any(
            place is not None
            and place.path == self.place.path
            and place.start_line <= self.place.start_line <= place.end_line
            for place in places
        )


def observe(program: Program) -> tuple[tuple[Observation, ...], str]:
    """Return what ruff reports on the application's Python files, and why it could not (empty where it could).

    It is given only files that we have read ourselves: fifty megabytes behind a `.py` held it for two minutes (measured).
    """
    tree = program.tree
    ours = {file.path for file in tree.files if file.language == "python" and file.role is not Role.MIGRATION}
    paths = [path for path in program.modules if path in ours and path.isprintable()]
    found: list[Observation] = []
    try:
        for start in range(0, len(paths), _BATCH):
            found.extend(_run(tree, paths[start : start + _BATCH]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        return (), f"ruff could not look at the Python files: {error}"
    return tuple(found), ""


def second_opinion(item: str, judgements: list[Judgement], observations: Iterable[Observation]) -> list[Judgement]:
    """Return the judgements of an item with what ruff has to say of their subjects, and of subjects not judged."""
    heard = list(judgements)
    for seen in observations:
        if seen.item != item:
            continue
        about = [index for index, judgement in enumerate(heard) if seen.concerns(judgement)]
        for index in about:
            heard[index] = _amended(heard[index], seen)
        if not about:
            heard.append(_unjudged(seen))
    return heard


def _amended(judgement: Judgement, seen: Observation) -> Judgement:
    match judgement.outcome:
        case Outcome.FAIL:
            return replace(judgement, reason=f"{judgement.reason} (ruff {seen.rule} agrees)")
        case Outcome.PASS:
            reason = f"this check passes it, but ruff {seen.rule} reports it"
            return replace(judgement, outcome=Outcome.UNDECIDED, reason=reason)
        case Outcome.UNDECIDED:
            return judgement


def _unjudged(seen: Observation) -> Judgement:
    subject = Subject("call", f"{seen.place.path}: {seen.text}", seen.place)
    reason = f"ruff {seen.rule} reports it, and this check did not see it"
    return Judgement(subject, Outcome.UNDECIDED, reason, (), Confidence.MEDIUM)


def _run(tree: SourceTree, paths: list[str]) -> Iterator[Observation]:
    from ruff import find_ruff_bin  # type: ignore[import-untyped]  # noqa: PLC0415 - asked only where there is Python to look at; it has no types

    options = ["--isolated", "--no-cache", "--ignore-noqa", "--no-fix", "--output-format", "json", "--exit-zero"]
    select = ["--select", ",".join(_ITEMS), "--target-version", "py313"]
    done = subprocess.run(  # noqa: S603 - our own ruff, on paths that cannot be options
        [find_ruff_bin(), "check", *options, *select, "--", *(f"./{path}" for path in paths)],
        cwd=tree.root,
        env={"PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_TIMEOUT,
        check=True,
    )
    root = os.path.realpath(tree.root)
    for report in json.loads(done.stdout):
        if report["code"] in _ITEMS:
            yield from _observation(tree, root, report)


def _observation(tree: SourceTree, root: str, report: dict[str, Any]) -> Iterator[Observation]:
    start, end = report["location"], report["end_location"]
    path = os.path.relpath(report["filename"], root)
    place = Place(path, start["row"], start["column"], end["row"], end["column"])
    lines = tree.read(path).decode("utf-8", "replace").split("\n")[start["row"] - 1 : end["row"]]
    text = " ".join(" ".join(lines).split())
    # Keyword arguments that are handed on may hold the time-out: ruff does not look.
    if not (report["code"] == "S113" and "**" in text):
        yield Observation(report["code"], _ITEMS[report["code"]], place, text)
