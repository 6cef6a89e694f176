"""Process rules of a contract, judged from a run's journal: "read a file before you edit it", "never use bash".

Few rules can be judged so, and only those are where every word of the sentence is understood; all others are manual, the
steps of a workflow among them. A journal shows which tools were called, not why.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backcheck.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from backcheck.definitions.contract import Rule


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule of work with what the journal says of it."""

    text: str
    line: int
    """Line of the definition."""
    verdict: str
    """`pass`, `fail`, `not_applicable` where its case did not arise, `manual` where the journal cannot tell."""
    reason: str
    journal: tuple[int, ...] = ()
    """Lines of the journal that show it, first things first; the first few where there are many."""


@dataclass(frozen=True, slots=True)
class _Call:
    line: int
    """Line of the journal."""
    name: str
    arguments: dict[str, Any]
    ok: bool

    @property
    def path(self) -> str:
        named = self.arguments.get("file_path") or self.arguments.get("path")
        return re.sub(r"^(?:\./|/workspace/)", "", named) if isinstance(named, str) else ""

    @property
    def command(self) -> str:
        command = self.arguments.get("command")
        return command if self.name == "bash" and isinstance(command, str) else ""


@dataclass(frozen=True)
class _Work:
    calls: tuple[_Call, ...]
    tools: frozenset[str]
    """Tools that the agent was given."""
    changes: tuple[_Call, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", tuple(c for c in self.calls if c.name in {"edit", "write"} and c.ok))

    def of(self, name: str) -> list[_Call]:
        return [call for call in self.calls if call.name == name]

    def tool(self, said: str) -> str:
        """Return the tool that a sentence means by a name; empty where the run knows none of that name."""
        return (
            _TODAY.get(said.lower(), said.lower())
            if _TODAY.get(said.lower(), said.lower()) in _KNOWN | self.tools
            else ""
        )


_KNOWN = frozenset({"read", "write", "edit", "grep", "glob", "bash", "routes", "audit", "explain", "docs"})
_TODAY = {"multiedit": "edit", "ls": "glob"}
_SHOWN = 5
_TOOL = r"(?:the )?`?(?P<tool>[\w-]+)`?(?: tools?)?"
_NEVER_TOOL = re.compile(rf"never(?:: | )(?:use|call|invoke|run) {_TOOL}\.?", re.IGNORECASE)
_NEVER_COMMAND = re.compile(
    r"(?:never|do not|don.?t)(?:: | )(?:use|run|execute) `(?P<command>[^`]+)`\.?", re.IGNORECASE
)
_ALWAYS_TOOL = re.compile(rf"always (?:use|call|run) {_TOOL}\.?", re.IGNORECASE)
_READ_FIRST = re.compile(
    r"(?:always )?read (?:the |a |any |each |every |all )?(?:existing |relevant )?(?:files?|code) (?:first )?before (?:you )?(?:edit\w*|modif\w*|chang\w*)"
    r"(?: (?:it|them|a file|any file|the files?|files|code))?\.?"
    r"|(?:never(?:: | )|do not )(?:edit|modify|change) (?:a |any )?files? (?:without reading (?:it|them)(?: first)?|(?:that )?you have not read(?: first)?)\.?",
    re.IGNORECASE,
)
_DONE = r"(?:finish\w*|complet\w*(?: (?:the|a|your) (?:task|work))?|you (?:finish|are done|stop|report|say (?:so|that you are done))|reporting(?: back)?|declaring (?:done|success)|handing (?:over|off))"
_TEST_FIRST = re.compile(
    rf"(?:always )?run (?:the |all |your )?(?:the )?(?:unit |integration )?tests? before {_DONE}\.?", re.IGNORECASE
)
_TOOL_AT_END = re.compile(
    rf"(?:(?:when|before) (?:you think that )?{_DONE}, (?:always )?|)(?:run|use|call) (?:the )?`(?P<tool>\w+)`(?: tool)?(?: before {_DONE})?(?P<more> and .+)?\.?",
    re.IGNORECASE,
)
_RUNNER = re.compile(
    r"(?:^|[\s;&|(/])(?:pytest|py\.test|tox|nox|jest|vitest|mocha|rspec|phpunit|ctest|(?:npm|pnpm|yarn|bun|deno)(?: run)? test\S*"
    r"|(?:go|cargo|dotnet|mvn|gradle|make|mix|swift|node --)\s?test|\S*gradlew test|\S*mvnw test|manage\.py test|python3? -m (?:pytest|unittest))(?:\s|$|;|\))"
)


def judge_rules(rules: Iterable[Rule], journal: Path, tools: Iterable[str]) -> tuple[RuleVerdict, ...]:
    """Return each rule with its verdict; ``tools`` are those that the agent was given.

    A torn last line of the journal is left out.
    """
    work = _Work(tuple(_calls(journal)), frozenset(tools))
    return tuple(_judged(rule, work) for rule in rules)


def _judged(rule: Rule, work: _Work) -> RuleVerdict:
    said = " ".join(rule.text.split())
    for pattern, judge in _JUDGES:
        if (match := pattern.fullmatch(said)) and (found := judge(match, work)):
            verdict, reason, lines = found
            return RuleVerdict(rule.text, rule.line, verdict.value, reason, tuple(lines[:_SHOWN]))
    return RuleVerdict(rule.text, rule.line, Verdict.MANUAL.value, "the journal cannot tell: a person has to look")


_Found = tuple[Verdict, str, list[int]]


def _never_tool(match: re.Match[str], work: _Work) -> _Found | None:
    tool = work.tool(match["tool"])
    if not tool:
        return None
    lines = [call.line for call in work.of(tool)]
    if lines:
        return Verdict.FAIL, f"`{tool}` was called {_times(lines)}", lines
    return Verdict.PASS, f"`{tool}` was not called", []


def _never_command(match: re.Match[str], work: _Work) -> _Found | None:
    words = match["command"].split()
    spelt = re.compile(r"(?:^|[;&|]\s*)" + r"\s+".join(map(re.escape, words)) + r"(?=\s|$|[;&|])", re.MULTILINE)
    lines = [call.line for call in work.calls if spelt.search(call.command)]
    if lines:
        return Verdict.FAIL, f"`{match['command']}` was run {_times(lines)}", lines
    if any(words[0] in call.command for call in work.calls):
        return None  # inside another command, or quoted: a person has to look
    return Verdict.PASS, f"no command holds `{words[0]}`", []


def _always_tool(match: re.Match[str], work: _Work) -> _Found | None:
    tool = work.tool(match["tool"])
    if not tool:
        return None
    lines = [call.line for call in work.of(tool)]
    return (
        (Verdict.PASS, f"`{tool}` was called {_times(lines)}", lines)
        if lines
        else (Verdict.FAIL, f"`{tool}` was never called", [])
    )


def _read_first(_match: re.Match[str], work: _Work) -> _Found | None:
    edits = [call for call in work.changes if call.name == "edit"]
    if not edits:
        return Verdict.NOT_APPLICABLE, "no file was edited", []
    blind = [edit for edit in edits if not any(_is_read(call, edit) for call in work.calls)]
    if not blind:
        return Verdict.PASS, f"each of {len({edit.path for edit in edits})} edited files had been read", [edits[0].line]
    name = blind[0].path.rpartition("/")[2]
    if not name or any(name in call.command for call in work.calls if call.line < blind[0].line):
        return None  # a command may have shown it
    return Verdict.FAIL, f"{blind[0].path} was edited and had not been read", [edit.line for edit in blind]


def _is_read(call: _Call, edit: _Call) -> bool:
    """Whether the call shows the agent the file that it edits, or wrote it as it stands."""
    return call.line < edit.line and call.name in {"read", "write"} and call.ok and call.path == edit.path


def _test_first(_match: re.Match[str], work: _Work) -> _Found | None:
    if not work.changes:
        return Verdict.NOT_APPLICABLE, "nothing was changed", []
    last = work.changes[-1].line
    runs = [call.line for call in work.calls if _RUNNER.search(call.command)]
    if after := [line for line in runs if line > last]:
        return Verdict.PASS, "the tests were run after the last change", after
    if any(call.line > last for call in work.of("bash")):
        return None  # a command that may run them under another name
    if runs:
        return Verdict.FAIL, "files were changed after the tests were run last", [runs[-1], last]
    if work.of("bash"):
        return None
    return Verdict.FAIL, "no command was run, the tests neither", [last]


def _tool_at_end(match: re.Match[str], work: _Work) -> _Found | None:
    tool = work.tool(match["tool"])
    if not tool or tool not in work.tools:
        return None
    if not work.changes:
        return Verdict.NOT_APPLICABLE, "nothing was changed", []
    last = work.changes[-1].line
    lines = [call.line for call in work.of(tool)]
    after = [line for line in lines if line > last]
    if not after:
        why = f"files were changed after `{tool}` was called last" if lines else f"`{tool}` was never called"
        return Verdict.FAIL, why, [*lines[-1:], last]
    if match["more"]:
        return Verdict.MANUAL, f"`{tool}` was called after the last change; for the rest a person has to look", after
    return Verdict.PASS, f"`{tool}` was called after the last change", after


_JUDGES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Work], _Found | None]], ...] = (
    (_NEVER_TOOL, _never_tool),
    (_NEVER_COMMAND, _never_command),
    (_ALWAYS_TOOL, _always_tool),
    (_READ_FIRST, _read_first),
    (_TEST_FIRST, _test_first),
    (_TOOL_AT_END, _tool_at_end),
)


def _times(lines: list[int]) -> str:
    return "once" if len(lines) == 1 else f"{len(lines)} times"


def _calls(journal: Path) -> list[_Call]:
    """Return the tool calls of a journal with how each went, in their order."""
    calls: list[tuple[int, dict[str, Any]]] = []
    went: dict[str, bool] = {}
    for number, row in enumerate(journal.read_bytes().splitlines(), 1):
        try:
            record = json.loads(row)
        except ValueError:
            continue
        match record:
            case {"kind": "tool_call", "id": str(), "name": str(), "input": dict()}:
                calls.append((number, record))
            case {"kind": "tool_result", "id": str(mark), "ok": bool(ok)}:
                went[mark] = ok
    return [_Call(line, call["name"], call["input"], went.get(call["id"], False)) for line, call in calls]
