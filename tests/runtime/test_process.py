"""Rules of work, judged from the journal of a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from backcheck.definitions.contract import read_contract
from backcheck.runtime.process import RuleVerdict, judge_rules

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = ("read", "edit", "write", "bash", "audit")
READ = ("read", {"file_path": "app.py"})
EDIT = ("edit", {"file_path": "app.py", "old_string": "a", "new_string": "b"})
OTHER = ("edit", {"file_path": "./db.py", "old_string": "a", "new_string": "b"})
AUDIT: tuple[str, dict[str, Any]] = ("audit", {})
TEST = ("bash", {"command": "cd api && python -m pytest -q"})
SHOW = ("bash", {"command": "cat db.py"})
FORCE = ("bash", {"command": "git add . && git push --force"})


def journal(path: Path, *calls: tuple[str, dict[str, Any]], ok: bool = True) -> Path:
    """Write a journal with a call on every odd line and its result on the line below; the last line is torn."""
    records = [
        record
        for number, (name, given) in enumerate(calls)
        for record in (
            {"kind": "tool_call", "id": str(number), "name": name, "input": given},
            {"kind": "tool_result", "id": str(number), "ok": ok, "text": ""},
        )
    ]
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records) + '{"kind": "tool_c')
    return path


def judged(rule: str, path: Path) -> RuleVerdict:
    (verdict,) = judge_rules(read_contract(f"{rule}\n").rules, path, TOOLS)
    return verdict


@pytest.mark.parametrize(
    "rule, calls, verdict, lines",
    [
        ("Never use the bash tool.", (READ,), "pass", ()),
        ("Never use `Bash`.", (READ, TEST), "fail", (3,)),
        ("Never use tabs.", (READ,), "manual", ()),
        ("Never use bash to write files.", (TEST,), "manual", ()),
        ("Never run `git push --force`.", (FORCE,), "fail", (1,)),
        ("Never run `git push --force`.", (TEST,), "pass", ()),
        ("Never run `git push --force`.", (("bash", {"command": "echo 'git push'"}),), "manual", ()),
        ("Always read the file before editing it.", (READ, EDIT), "pass", (3,)),
        ("Always read the file before editing it.", (EDIT, READ), "fail", (1,)),
        ("Always read the file before editing it.", (READ, EDIT, OTHER), "fail", (5,)),
        ("Always read the file before editing it.", (SHOW, OTHER), "manual", ()),
        ("Never edit a file you have not read.", (READ,), "not_applicable", ()),
        ("Always run the tests before you finish.", (EDIT, TEST), "pass", (3,)),
        ("Always run the tests before you finish.", (TEST, EDIT), "fail", (1, 3)),
        ("Always run the tests before you finish.", (EDIT,), "fail", (1,)),
        ("Always run the tests before you finish.", (EDIT, SHOW), "manual", ()),
        ("Always run the tests before you finish.", (TEST,), "not_applicable", ()),
        ("When you are done, run the `audit` tool.", (EDIT, AUDIT), "pass", (3,)),
        ("When you are done, run the `audit` tool.", (AUDIT, EDIT), "fail", (1, 3)),
        ("When you are done, run the `audit` tool and mend what it shows.", (EDIT, AUDIT), "manual", (3,)),
        ("When you are done, run the `audit` tool and mend what it shows.", (EDIT,), "fail", (1,)),
        ("When you are done, run the `deploy` tool.", (EDIT,), "manual", ()),
        ("Always use the docs tool when a library is new.", (READ,), "manual", ()),
        ("Always prioritize security.", (READ,), "manual", ()),
        ("1. Read the code", (READ,), "manual", ()),
    ],
)
def test_a_rule_is_judged_where_the_journal_decides_it(
    rule: str, calls: tuple[tuple[str, dict[str, Any]], ...], verdict: str, lines: tuple[int, ...], tmp_path: Path
) -> None:
    found = judged(rule, journal(tmp_path / "journal.jsonl", *calls))

    assert (found.verdict, found.journal) == (verdict, lines)
    assert found.line == 1
    assert found.reason


def test_a_call_that_failed_changes_nothing(tmp_path: Path) -> None:
    found = judged("Always run the tests before you finish.", journal(tmp_path / "journal.jsonl", EDIT, ok=False))

    assert found.verdict == "not_applicable"
