from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from backcheck.backend import Application, Authentication, Backend, Guard, GuardKind, Route, Schema, Unresolved
from backcheck.docs import Document, Kind, api_specification, security_report, slug, write
from backcheck.errors import EnvironmentFault, UsageError
from backcheck.findings import (
    AuditResult,
    Confidence,
    Evidence,
    ItemVerdict,
    JudgedSubject,
    Outcome,
    Place,
    Severity,
    Unread,
    Verdict,
)

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 11, 21)
PLACE = Place("app/main.py", 12, 1, 12, 30)


def backend(**changes: object) -> Backend:
    guard = Guard(GuardKind.AUTHENTICATION, "current_user", PLACE, "raises 401 without a token")
    route = Route(
        method="POST",
        path="/orders/{id}",
        handler="place",
        framework="fastapi",
        place=PLACE,
        handler_place=PLACE,
        guards=(guard,),
        authentication=Authentication.REQUIRED,
        takes_body=True,
        body=Schema("NewOrder", PLACE),
        response=Unresolved("a union of two models"),
        statuses=(201, 404),
    )
    values = {
        "applications": (Application("app/main.py:app", "fastapi", PLACE),),
        "routes": (route,),
        "unread": (Unread("app/broken.py", "line 3 does not parse"),),
    } | changes
    return Backend(**values)  # type: ignore[arg-type] # fields by name


def result(reason: str = "no limiter") -> AuditResult:
    evidence = Evidence(PLACE, "@app.post('/login')", "0" * 64)
    subject = JudgedSubject("POST /login", "route", Outcome.FAIL, Confidence.HIGH, reason, "f" * 32, (evidence,))
    failing = ItemVerdict(
        "login-not-throttled",
        "security",
        "Login has no limit",
        Verdict.FAIL,
        Severity.HIGH,
        "static",
        "1 of 1",
        (subject,),
    )
    other = ItemVerdict("query-in-loop", "performance", "N+1", Verdict.FAIL, Severity.LOW, "static", "1 of 1")
    unknown = ItemVerdict(
        "dependency-vulnerable", "security", "Known holes", Verdict.UNKNOWN, Severity.HIGH, "evidence", "no report"
    )
    return AuditResult(".", "a" * 40, dirty=False, checklist="ci", verdicts=(failing, other, unknown))


def test_a_specification_holds_what_the_code_says_and_marks_what_it_does_not() -> None:
    text = api_specification(backend(), api="orders", day=DAY, commit="c" * 40).text
    assert (
        "| POST | `/orders/{id}` | required | `NewOrder` | unknown: a union of two models | none | 201, 404 |"
        " [app/main.py:12](../../app/main.py#L12) |"
    ) in text
    assert "required: 1 of 1, by `current_user` (raises 401 without a token)" in text
    assert "`app/broken.py`: line 3 does not parse" in text
    assert f"commit: {'c' * 40}" in text


def test_a_security_report_holds_the_security_items_and_where_to_look() -> None:
    text = security_report(result(), api="orders", day=DAY).text
    assert "1 fail, 1 unknown" in text
    assert "- `POST /login`: no limiter ([app/main.py:12](../../app/main.py#L12))" in text
    assert "`dependency-vulnerable` (unknown): no report" in text
    assert "query-in-loop" not in text


@pytest.mark.parametrize(
    "kind, path",
    [
        (Kind.API_SPECIFICATION, "docs/specifications/2026-11-21_backend_orders.md"),
        (Kind.SECURITY_REPORT, "docs/technical/2026-11-21_backend_orders-security.md"),
    ],
)
def test_each_kind_has_its_folder_and_dated_name(kind: Kind, path: str, tmp_path: Path) -> None:
    assert write(tmp_path, Document(kind, "orders", DAY, "text\n")) == tmp_path / path
    assert (tmp_path / path).read_text() == "text\n"


def test_an_existing_document_is_never_overwritten(tmp_path: Path) -> None:
    first = write(tmp_path, Document(Kind.SECURITY_REPORT, "orders", DAY, "by hand\n"))
    with pytest.raises(UsageError, match="exists already"):
        write(tmp_path, Document(Kind.SECURITY_REPORT, "orders", DAY, "anew\n"))
    assert first.read_text() == "by hand\n"
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_a_docs_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    root = tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (root / "docs").symlink_to(outside)
    with pytest.raises(EnvironmentFault, match="docs/technical"):
        write(root, Document(Kind.SECURITY_REPORT, "orders", DAY, "text\n"))
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", ["", "Orders", "a/b", "../x", "a b", "a--b", "-a"])
def test_a_name_that_cannot_stand_in_a_file_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="file name"):
        slug(name)


def test_text_of_the_code_base_cannot_become_markup() -> None:
    text = security_report(result("see [here](http://evil) | <img src=x> \x1b[31m\n# Heading"), api="a", day=DAY).text
    assert r"see \[here\](http://evil) \| \<img src=x\> \\x1b\[31m \# Heading" in text
