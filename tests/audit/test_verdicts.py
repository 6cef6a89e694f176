"""Verdicts of whole audits, on real files."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from backcheck.audit import Options, audit
from backcheck.checks.performance import query_in_loop
from backcheck.errors import ExitCode, UsageError
from backcheck.findings import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backcheck.findings import AuditResult, ItemVerdict

TIMEOUT = Options(items=("call-without-timeout",))


def only(result: AuditResult) -> ItemVerdict:
    (verdict,) = result.verdicts
    return verdict


def test_a_failure_is_quoted_from_disk_with_the_digest_of_its_file(shop: Path) -> None:
    result = audit(shop, TIMEOUT)
    verdict = only(result)
    assert verdict.verdict is Verdict.FAIL
    assert verdict.examined == 2
    (failing,) = [subject for subject in verdict.subjects if subject.judgement is Outcome.FAIL]
    (evidence,) = failing.evidence
    assert (evidence.place.path, evidence.place.start_line) == ("app/main.py", 9)
    assert evidence.quote == '    return requests.get("https://rates.example.org/today").json()'
    assert evidence.sha256 == hashlib.sha256((shop / "app/main.py").read_bytes()).hexdigest()
    assert result.exit_code is ExitCode.FAILED


def test_a_fingerprint_survives_edits_above_it(shop: Path) -> None:
    before = {subject.fingerprint for subject in only(audit(shop, TIMEOUT)).subjects}
    path = shop / "app" / "main.py"
    path.write_text("# a comment\n\n\n" + path.read_text())
    assert {subject.fingerprint for subject in only(audit(shop, TIMEOUT)).subjects} == before


def test_the_same_statement_twice_in_a_function_has_two_fingerprints(shop: Path) -> None:
    path = shop / "app" / "main.py"
    path.write_text(
        'import requests\n\n\ndef both():\n    requests.get("https://a.example")\n    requests.get("https://a.example")\n'
    )
    marks = [subject.fingerprint for subject in only(audit(shop, TIMEOUT)).subjects]
    assert len(marks) == len(set(marks)) == 2


def test_all_subjects_good_is_a_pass(shop: Path) -> None:
    path = shop / "app" / "main.py"
    path.write_text(path.read_text().replace('today")', 'today", timeout=2)'))
    result = audit(shop, TIMEOUT)
    assert only(result).verdict is Verdict.PASS
    assert result.exit_code is ExitCode.OK


def test_no_subject_is_not_applicable_with_the_proof(shop: Path) -> None:
    (shop / "app" / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    verdict = only(audit(shop, TIMEOUT))
    assert verdict.verdict is Verdict.NOT_APPLICABLE
    assert "1 python" in verdict.reason


@pytest.mark.parametrize(
    ("path", "line", "library"),
    [
        ("models.py", "from tortoise.models import Model\n", "tortoise-orm"),
        ("models.py", "from google.cloud import firestore\n", "google-cloud-firestore"),
        ("models.ts", "import {EntityManager} from '@mikro-orm/core'\n", "@mikro-orm/core"),
        ("models.js", "const low = require('lowdb/node')\n", "lowdb"),
        ("models.py", "import sqlalchemy\n", "sqlalchemy"),
    ],
)
def test_a_database_library_that_is_only_imported_may_make_queries(
    shop: Path, path: str, line: str, library: str
) -> None:
    (shop / "app" / "main.py").write_text(APP)
    (shop / "app" / path).write_text(line)
    verdict = only(audit(shop, Options(items=("query-in-loop",))))
    assert verdict.verdict is Verdict.UNKNOWN
    assert f"{library} is named in app/{path}" in verdict.reason


def test_a_router_that_nothing_includes_is_said(shop: Path) -> None:
    (shop / "app" / "main.py").write_text(APP)
    (shop / "app" / "old.py").write_text(
        "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.post('/purge')\ndef purge(): ...\n"
    )
    result = audit(shop, Options(items=("route-not-authenticated",)))
    assert result.exit_code is ExitCode.UNDECIDED
    assert [(entry.path, "nothing is seen to include this router" in entry.why) for entry in result.unread] == [
        ("app/old.py", True)
    ]


APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
TABLE = """
class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    password = Column(String)
"""


@pytest.mark.parametrize(
    ("item", "dependency", "source", "why"),
    [
        ("route-not-authenticated", "", "import fastapi\n", "no application of it was found"),
        ("query-in-loop", "fastcrud==0.16.0", APP, "fastcrud is named in requirements.txt"),
        ("query-in-loop", "sqlalchemy==2.0.0", APP, "sqlalchemy is named in requirements.txt, and no query was found"),
        (
            "query-in-loop",
            "sqlalchemy==2.0.0",
            "from sqlalchemy import select\nfrom sqlalchemy.orm import Session\n"
            + APP
            + "def f(s: Session):\n    return s.execute(select(1)).all()\n",
            "no route was found that makes the query at app/main.py:",
        ),
        (
            "password-stored-in-clear",
            "sqlalchemy==2.0.0",
            APP
            + "from sqlalchemy import Column, Integer, String\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n"
            + TABLE,
            "what is written to user.password",
        ),
    ],
)
def test_what_should_be_there_and_was_not_seen_is_undecided(
    shop: Path, item: str, dependency: str, source: str, why: str
) -> None:
    (shop / "app" / "main.py").write_text(source)
    (shop / "requirements.txt").write_text(f"fastapi==0.115.0\n{dependency}\n")
    verdict = only(audit(shop, Options(items=(item,))))
    assert verdict.verdict is Verdict.UNKNOWN
    assert why in verdict.reason


def test_an_audit_that_examined_nothing_is_undecided(shop: Path) -> None:
    (shop / "app" / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    assert audit(shop, TIMEOUT).exit_code is ExitCode.UNDECIDED


@pytest.mark.parametrize(
    "name, text, framework",
    [
        ("requirements.txt", "Django==5.1\n", "django"),
        ("Gemfile", 'source "https://rubygems.org"\ngem "rails", "~> 8.0"\n', "rails"),
    ],
)
def test_a_framework_that_nobody_reads_leaves_every_web_item_unknown_and_says_where(
    tmp_path: Path, name: str, text: str, framework: str
) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "views.py").write_text("def index(request):\n    return None\n")
    (tmp_path / "app.rb").write_text("class App\nend\n")
    result = audit(tmp_path, Options(items=("route-not-authenticated", "login-not-throttled", "query-in-loop")))
    assert {verdict.verdict for verdict in result.verdicts} == {Verdict.UNKNOWN}
    assert all(framework in verdict.reason and name in verdict.reason for verdict in result.verdicts)
    assert result.exit_code is ExitCode.UNDECIDED


def test_a_language_that_nobody_reads_is_no_proof_of_absence(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text("package main\n")
    verdict = only(audit(tmp_path, TIMEOUT))
    assert verdict.verdict is Verdict.UNKNOWN
    assert "no extractor reads go: 1 files such as main.go" in verdict.reason


def test_an_unparsable_file_is_listed_and_takes_the_pass_away(shop: Path) -> None:
    path = shop / "app" / "main.py"
    path.write_text(path.read_text().replace('today")', 'today", timeout=2)'))
    (shop / "app" / "broken.py").write_text("def broken(:\n    requests.get(\n")
    result = audit(shop, TIMEOUT)
    assert any(unread.path == "app/broken.py" for unread in result.unread)
    assert only(result).verdict is Verdict.UNKNOWN
    assert "app/broken.py" in only(result).reason


def test_an_unparsable_file_does_not_hide_a_failure(shop: Path) -> None:
    (shop / "app" / "broken.py").write_text("def broken(:\n    requests.get(\n")
    assert only(audit(shop, TIMEOUT)).verdict is Verdict.FAIL


def test_an_item_of_another_language_is_not_taken_away_by_a_broken_file(shop: Path) -> None:
    (shop / "schema.sql").write_text("CREATE TABEL x (((;\n")
    path = shop / "app" / "main.py"
    path.write_text(path.read_text().replace('today")', 'today", timeout=2)'))
    assert only(audit(shop, TIMEOUT)).verdict is Verdict.PASS


def test_a_secret_is_never_quoted_whatever_item_points_at_its_line(shop: Path) -> None:
    secret = "sk_live_51H8xT2eZvKYlo2C9aQ7bNfRw"
    (shop / "app" / "main.py").write_text(
        f'import requests\n\nAPI_SECRET_KEY = "{secret}"\n\n\n'
        f'def f():\n    return requests.get("https://x.example", headers={{"Authorization": "{secret}"}})\n'
    )
    result = audit(shop, Options(items=("secret-in-source", "call-without-timeout")))
    found = [s for s in result.verdicts[0].subjects if s.judgement is Outcome.FAIL]
    assert found
    assert all(e.redacted and e.quote is None for s in found for e in s.evidence)


def test_a_preview_item_does_not_count(shop: Path) -> None:
    result = audit(shop, TIMEOUT)
    preview = replace(result, verdicts=tuple(replace(v, preview=True) for v in result.verdicts))
    assert preview.exit_code is ExitCode.UNDECIDED  # nothing that counts was examined


def test_undecided_ok_counts_as_good_and_shows(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text("package main\n")
    result = audit(tmp_path, replace(TIMEOUT, undecided_ok=True))
    assert result.exit_code is ExitCode.OK
    assert "undecided items do not count for the exit code (command line)" in result.notes


# Selection


@pytest.mark.parametrize(
    "options, message, hint",
    [
        (Options(items=("login-not-throtled",)), "no item 'login-not-throtled'", "login-not-throttled"),
        (Options(checklist="cii"), "no checklist 'cii'", "ci"),
        (Options(areas=("securty",)), "no area 'securty'", "security"),
        (Options(areas=("documentation",)), "no item in documentation", "another"),
        (Options(agent="nobody-at-all"), "no agent 'nobody-at-all'", ""),
        (Options(checklist="none/such.yaml"), "cannot read none/such.yaml", "name a file"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused_by_name(shop: Path, options: Options, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        audit(shop, options)
    assert hint in caught.value.help


def test_an_area_narrows_the_checklist(shop: Path) -> None:
    result = audit(shop, Options(areas=("performance",)))
    assert {verdict.area for verdict in result.verdicts} == {"performance"}
    assert result.checklist == "ci"


def test_a_checklist_of_ones_own_is_a_file(shop: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("title: Mine\nitems: [call-without-timeout]\n")
    result = audit(shop, Options(checklist=str(mine)))
    assert (result.checklist, only(result).item) == ("mine", "call-without-timeout")


def test_the_repository_chooses_where_the_caller_does_not(shop: Path) -> None:
    (shop / "backcheck.yaml").write_text("items: [call-without-timeout]\n")
    assert only(audit(shop)).item == "call-without-timeout"
    assert only(audit(shop, Options(items=("query-in-loop",)))).item == "query-in-loop"


AGENT = """---
name: builder
description: Builds a backend.
---
# Checklist
- [ ] Every outgoing call has a timeout
- [ ] The sky is painted blue
"""


def test_an_agents_contract_is_the_checklist_and_no_line_is_dropped(shop: Path, tmp_path: Path) -> None:
    definition = tmp_path / "builder.md"
    definition.write_text(AGENT)
    result = audit(shop, Options(agent=str(definition)))
    verdicts = {verdict.item: verdict for verdict in result.verdicts}
    assert result.checklist == "agent:builder"
    assert verdicts["call-without-timeout"].verdict is Verdict.FAIL
    manual = verdicts["the-sky-is-painted-blue"]
    assert (manual.verdict, manual.title) == (Verdict.MANUAL, "The sky is painted blue")
    assert "line 7" in manual.reason


def test_an_empty_contract_decides_nothing_and_says_so(shop: Path, tmp_path: Path) -> None:
    definition = tmp_path / "empty.md"
    definition.write_text("---\nname: empty\ndescription: Says hello.\n---\nHello.\n")
    result = audit(shop, Options(agent=str(definition)))
    assert (result.verdicts, result.exit_code) == ((), ExitCode.UNDECIDED)
    assert any("the contract of 'empty'" in note and "decides nothing" in note for note in result.notes)


CONTRACT = """---
name: writer
description: Writes.
---
## Standards
- **API speed**: sub-200ms response time with 99.9% uptime
- Error rate: < 1%

## Workflow
1. Read the code
2. Write it

Always use the `docs` tool when a library is new.

## Documents
Reports are saved in `docs/reports/`. File naming convention: `YYYY-MM-DD_[topic].md`
"""


def manual_lines(result: AuditResult) -> dict[str, str]:
    return {verdict.title: verdict.reason for verdict in result.verdicts if verdict.verdict is Verdict.MANUAL}


def test_every_line_of_a_contract_that_nobody_answers_is_listed_once(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "writer.md").write_text(CONTRACT)
    lines = manual_lines(audit(shop, Options(agent=str(tmp_path / "writer.md"))))

    assert [title.split(":")[0] for title in lines] == [
        "API speed",
        "Error rate",
        "Read the code",
        "Write it",
        "Always use the `docs` tool when a library is new.",
        "Reports are saved in `docs/reports/`. File naming convention",
    ]
    # The bound on the response time is judged by a report; the uptime of the same line has no instrument.
    speed, *_ = lines.values()
    assert speed.startswith("line 6 of the definition")
    assert "uptime >= 99.9%" in speed
    assert "response time" not in speed


@pytest.mark.parametrize(
    "names, verdict",
    [
        ((), Verdict.MANUAL),
        (("2026-11-02_users.md", "README.md", "data.csv"), Verdict.PASS),
        (("2026-11-02_users.md", "users.md"), Verdict.FAIL),
        (("2026-13-02_users.md",), Verdict.FAIL),
    ],
)
def test_the_names_of_documents_are_judged_by_the_pattern_of_the_contract(
    shop: Path, tmp_path: Path, names: tuple[str, ...], verdict: Verdict
) -> None:
    (tmp_path / "writer.md").write_text(CONTRACT)
    (shop / "docs" / "reports").mkdir(parents=True)
    for name in names:
        (shop / "docs" / "reports" / name).write_text("# Users\n")
    result = audit(shop, Options(agent=str(tmp_path / "writer.md")))
    (rule,) = [found for found in result.verdicts if "naming convention" in found.title]
    assert rule.verdict is verdict
    failing = [subject.id for subject in rule.subjects if subject.judgement is Outcome.FAIL]
    assert failing == ([f"docs/reports/{names[-1]}"] if verdict is Verdict.FAIL else [])


def test_a_checklist_that_the_repository_names_must_lie_in_it(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("title: x\nitems: [query-in-loop]\n")
    (shop / "backcheck.yaml").write_text("checklist: ../outside.yaml\n")
    with pytest.raises(UsageError, match="lies outside"):
        audit(shop)


# Bad input


def test_a_missing_folder_and_a_file_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="none' does not exist"):
        audit(tmp_path / "none")
    with pytest.raises(UsageError, match="file' is not a folder"):
        audit(tmp_path / "file")


def test_an_empty_folder_is_undecided_and_says_why(tmp_path: Path) -> None:
    result = audit(tmp_path, TIMEOUT)
    assert result.exit_code is ExitCode.UNDECIDED
    assert only(result).reason == "there is no source file to look at"


def test_a_large_a_binary_and_a_linked_file_are_listed_as_unread(shop: Path) -> None:
    with (shop / "app" / "large.py").open("wb") as file:
        file.truncate(50_000_000)
    (shop / "app" / "binary.py").write_bytes(bytes(range(256)) * 10)
    (shop / "app" / "loop.py").symlink_to("loop.py")
    (shop / "app" / "again").symlink_to("..")
    (shop / "app" / "out.py").symlink_to("/etc/passwd")
    result = audit(shop, TIMEOUT)
    why = {unread.path: unread.why for unread in result.unread}
    assert "larger than" in why["app/large.py"]
    assert "binary" in why["app/binary.py"]
    assert "link" in why["app/loop.py"]
    assert "link" in why["app/out.py"]
    assert only(result).verdict is Verdict.FAIL


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_listed_as_unread(shop: Path) -> None:
    (shop / "app" / "closed.py").write_text("x = 1\n")
    (shop / "app" / "closed.py").chmod(0)
    assert ("app/closed.py", "Permission denied") in {(u.path, u.why) for u in audit(shop, TIMEOUT).unread}


def test_names_and_contents_that_are_not_utf8_are_judged_and_quoted(shop: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (shop / "app" / name).write_bytes(b'import requests\n# \xff\nrequests.get("https://x.example/\xe9")\n')
    subjects = only(audit(shop, TIMEOUT)).subjects
    (evidence,) = next(s for s in subjects if s.evidence[0].place.path == f"app/{name}").evidence
    assert evidence.quote == 'requests.get("https://x.example/\\xe9")'


def test_a_report_that_cannot_be_read_is_refused_by_name(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"metrics": ')
    for name in ("broken.json", "missing.json"):
        with pytest.raises(UsageError, match=name):
            audit(shop, replace(TIMEOUT, evidence=(tmp_path / name,)))


# Nothing of the workspace is run or obeyed


def test_nothing_of_the_workspace_is_imported_or_obeyed(shop: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    trap = f"import pathlib\npathlib.Path({str(sprung)!r}).touch()\n"
    for name in ("sitecustomize.py", "conftest.py", "setup.py", "ruff.py", "yaml.py", "app/__init__.py"):
        (shop / name).write_text(trap)
    (shop / "ruff.toml").write_text('exclude = ["*"]\n')
    (shop / "pyproject.toml").write_text('[tool.ruff]\nexclude = ["*"]\n')
    before = os.getcwd()  # noqa: PTH109 - compared with itself
    os.chdir(shop)
    try:
        result = audit(shop, TIMEOUT)
    finally:
        os.chdir(before)
    assert not sprung.exists()
    (failing,) = [s for s in only(result).subjects if s.judgement is Outcome.FAIL]
    assert "ruff S113 agrees" in failing.reason


def test_the_audit_writes_nothing_to_the_workspace(shop: Path, commit: Callable[[Path], str]) -> None:
    commit(shop)
    before = {path: path.stat().st_mtime_ns for path in shop.rglob("*")}
    audit(shop)
    assert {path: path.stat().st_mtime_ns for path in shop.rglob("*")} == before


# Reports of other tools

WRK = """\
Running 40s test @ http://localhost:8000/
  2 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   {p50}.00ms   20.00ms  400.00ms   80.00%
    Req/Sec   100.00     10.00   120.00     80.00%
  Latency Distribution
     50%  {p50}.00ms
     75%  {p75}.00ms
     90%  {p90}.00ms
     99%  {p99}.00ms
  8000 requests in 40.00s, 1.00MB read
Requests/sec:    200.00
Transfer/sec:     25.00KB
"""
TARGET = "---\nname: fast\ndescription: Builds fast backends.\n---\n## Performance targets\n- API response time: < 200ms (95th percentile)\n"


@pytest.mark.parametrize(
    "p90, p99, verdict",
    [(90, 150, Verdict.PASS), (250, 400, Verdict.FAIL), (150, 250, Verdict.UNKNOWN)],
)
def test_a_number_decides_only_where_its_interval_lies_on_one_side(
    shop: Path, tmp_path: Path, p90: int, p99: int, verdict: Verdict
) -> None:
    (tmp_path / "fast.md").write_text(TARGET)
    (tmp_path / "wrk.txt").write_text(WRK.format(p50=50, p75=70, p90=p90, p99=p99))
    result = audit(shop, Options(agent=str(tmp_path / "fast.md"), evidence=(tmp_path / "wrk.txt",)))
    (judged,) = [found for found in result.verdicts if found.item == "p95-above-target"]
    assert judged.verdict is verdict


def test_a_report_adds_the_item_that_it_answers_and_no_other(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "wrk.txt").write_text(WRK.format(p50=50, p75=70, p90=90, p99=150))
    result = audit(shop, Options(areas=("performance",), evidence=(tmp_path / "wrk.txt",)))
    methods = {verdict.item for verdict in result.verdicts if verdict.method == "evidence"}
    assert methods == {"p95-above-target"}


def test_a_report_below_the_root_is_quoted(shop: Path) -> None:
    (shop / "wrk.txt").write_text(WRK.format(p50=50, p75=70, p90=90, p99=150))
    result = audit(shop, Options(items=("p95-above-target",), evidence=(shop / "wrk.txt",)))
    (evidence,) = only(result).subjects[0].evidence
    assert evidence.place.path == "wrk.txt"
    assert evidence.quote
    assert evidence.quote in (shop / "wrk.txt").read_text()


def test_what_the_application_imports_counts_wherever_it_lies(shop: Path) -> None:
    path = shop / "app" / "main.py"
    path.write_text("from tests.helper import fetch\n" + path.read_text().replace('today")', 'today", timeout=2)'))
    (shop / "tests").mkdir()
    (shop / "tests" / "__init__.py").write_text("")
    (shop / "tests" / "other.py").write_text("def broken(:\n")
    (shop / "tests" / "helper.py").write_text("def fetch(:\n")
    verdict = only(audit(shop, TIMEOUT))
    assert verdict.verdict is Verdict.UNKNOWN
    assert verdict.reason.startswith("tests/helper.py was not read")


def test_ruff_takes_a_pass_away_and_never_makes_a_failure(shop: Path) -> None:
    (shop / "app" / "main.py").write_text(
        "import time\n\n\ndef pick(make):\n    return make\n\n\nasync def handler():\n    time.sleep(1)\n"
    )
    (verdict,) = audit(shop, Options(items=("blocking-call-in-async",))).verdicts
    assert any("ruff ASYNC251" in subject.reason for subject in verdict.subjects)


def test_a_check_that_fails_is_our_fault_and_the_others_are_still_judged(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(nonsense: object) -> None:
        """Ask for facts that nobody has."""

    monkeypatch.setattr(query_in_loop, "check", check)
    result = audit(shop, Options(items=("query-in-loop", "call-without-timeout")))
    assert [verdict.verdict for verdict in result.verdicts] == [Verdict.ERROR, Verdict.FAIL]
    assert "this is a bug in backcheck" in result.verdicts[0].reason
    assert result.exit_code is ExitCode.OURS
