"""A change is judged by the rules that held before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from backcheck.audit import Options, audit, judge_change
from backcheck.errors import UsageError
from backcheck.findings import Outcome, Verdict
from backcheck.repository import private_copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backcheck.findings import AuditResult

    Commit = Callable[[Path], str]

NEW = '\n\ndef more():\n    return requests.get("https://more.example.org")\n'
ONLY = ("call-without-timeout",)


def failing(result: AuditResult) -> list[str]:
    return [
        subject.id
        for verdict in result.verdicts
        if verdict.verdict is Verdict.FAIL
        for subject in verdict.subjects
        if subject.judgement is Outcome.FAIL and not subject.waived
    ]


def grow(shop: Path) -> None:
    path = shop / "app" / "main.py"
    path.write_text(path.read_text() + NEW)


def test_only_what_did_not_fail_before_counts(shop: Path, commit: Commit) -> None:
    base = commit(shop)
    grow(shop)
    result = audit(shop, Options(base="HEAD", items=ONLY))
    assert failing(result) == ['more: requests.get("https://more.example.org")']
    assert result.base == base


def test_a_change_that_adds_no_failure_does_not_fail_and_is_no_pass(shop: Path, commit: Commit) -> None:
    commit(shop)
    (shop / "app" / "main.py").write_text("# moved down\n\n" + (shop / "app" / "main.py").read_text())
    (verdict,) = audit(shop, Options(base="HEAD", items=ONLY)).verdicts
    assert verdict.verdict is Verdict.WAIVED
    assert {subject.waived for subject in verdict.subjects} == {"", "failed before the change"}


@pytest.mark.parametrize("goalpost", ["waiver", "baseline", "configuration", "gitignore", "generated", "folder"])
def test_a_change_cannot_move_its_own_goalposts(shop: Path, commit: Commit, goalpost: str) -> None:
    commit(shop)
    grow(shop)
    (shop / ".backcheck").mkdir()
    match goalpost:
        case "waiver":
            entry = {"item": "call-without-timeout", "reason": "mine", "owner": "agent", "expires": "2999-01-01"}
            entry["subject"] = 'more: requests.get("https://more.example.org")'
            (shop / ".backcheck" / "waivers.yaml").write_text(yaml.safe_dump([entry]))
        case "baseline":
            marks = [s.fingerprint for v in audit(shop, Options(items=ONLY)).verdicts for s in v.subjects]
            (shop / ".backcheck" / "baseline.json").write_text(
                yaml.safe_dump({"failures": [{"fingerprint": mark} for mark in marks]}, default_flow_style=True)
            )
        case "configuration":
            (shop / "backcheck.yaml").write_text("items: [query-in-loop]\n")
            result = audit(shop, Options(base="HEAD"))
            assert failing(result)
            return
        case "gitignore":
            (shop / "app" / "more.py").write_text("import requests\n" + NEW)
            (shop / ".gitignore").write_text("more.py\n")
            assert len(failing(audit(shop, Options(base="HEAD", items=ONLY)))) == 2
            return
        case "generated":
            (shop / "app" / "rates.gen.py").write_text("import requests\n" + NEW)
            assert len(failing(audit(shop, Options(base="HEAD", items=ONLY)))) == 2
            return
        case _:
            (shop / "generated").mkdir()
            (shop / "generated" / "more.py").write_text("import requests\n" + NEW)
            assert len(failing(audit(shop, Options(base="HEAD", items=ONLY)))) == 2
            return
    assert failing(audit(shop, Options(base="HEAD", items=ONLY)))


def test_a_file_that_newly_calls_itself_generated_is_judged(shop: Path, commit: Commit) -> None:
    commit(shop)
    (shop / "app" / "more.py").write_text("# @generated\nimport requests\n" + NEW)
    assert failing(audit(shop, Options(base="HEAD", items=ONLY)))


def test_a_folder_may_be_the_base_and_both_results_are_given(shop: Path, tmp_path: Path) -> None:
    private_copy(shop, tmp_path / "before")
    grow(shop)
    whole, change = judge_change(tmp_path / "before", shop, Options(items=ONLY))
    assert len(failing(whole)) == 2
    assert len(failing(change)) == 1
    assert failing(audit(shop, Options(base=tmp_path / "before", items=ONLY))) == failing(change)


def test_a_base_that_is_no_commit_is_refused_by_name(shop: Path, commit: Commit) -> None:
    commit(shop)
    with pytest.raises(UsageError, match="no commit 'main~7'"):
        audit(shop, Options(base="main~7", items=ONLY))


def test_a_base_outside_git_is_refused(shop: Path) -> None:
    with pytest.raises(UsageError, match="not in a git repository"):
        audit(shop, Options(base="HEAD", items=ONLY))
