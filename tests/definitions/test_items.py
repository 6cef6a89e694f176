"""Items and checklists: strict pages, named selections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck import data
from backcheck.definitions.checklists import checklist_names, load_checklist, read_checklist
from backcheck.definitions.items import Area, Method, load_items
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """---
title: Debug endpoint is open
severity: high
confidence: medium
subject: route
method: static
cwe: [489]
owasp: ["API8:2023"]
asvs: []
answers: [debug endpoint]
status: preview
since: 0.1.0
---
## What it checks
Whether the debug endpoint of our gateway is open.
## Why it matters
It shows everything.
## How to mend it
Close it.
## Examples
None yet.
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "checklists" / "security"
    folder.mkdir(parents=True)
    return folder


def test_a_workspaces_page_adds_an_item_beside_the_shipped_ones(own: Path) -> None:
    (own / "debug-open.md").write_text(PAGE)

    items = load_items(own.parent)

    item = items["debug-open"]
    assert (item.area, item.severity, item.cwe, item.owasp, item.shipped) == (
        "security",
        "high",
        (489,),
        ("API8:2023",),
        False,
    )
    assert items.keys() - load_items().keys() == {"debug-open"}


def test_a_workspaces_page_needs_only_what_it_checks(own: Path) -> None:
    (own / "debug-open.md").write_text(PAGE[: PAGE.index("## Why")])

    assert "debug-open" in load_items(own.parent)


def test_a_workspaces_page_cannot_replace_a_shipped_item(own: Path) -> None:
    (own / "login-not-throttled.md").write_text(PAGE)

    with pytest.raises(UsageError, match="'login-not-throttled' exists already"):
        load_items(own.parent)


def test_a_folder_that_does_not_exist_holds_no_items(tmp_path: Path) -> None:
    assert load_items(tmp_path / "nowhere") == load_items()


def test_a_linked_page_is_not_read(own: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.md").write_text(PAGE)
    (own / "debug-open.md").symlink_to(tmp_path / "elsewhere.md")

    assert "debug-open" not in load_items(own.parent)


@pytest.mark.parametrize(
    "before, after, key",
    [
        ("severity: high", "severity: terrible", "severity"),
        ("confidence: medium", "confidence: 0.9", "confidence"),
        ("method: static", "method: guess", "method"),
        ("status: preview", "status: done", "status"),
        ("cwe: [489]", "cwe: [CWE-489]", "cwe"),
        ("cwe: [489]", "cwe: 489", "cwe"),
        ("asvs: []", "asvs: [6.3]", "asvs"),
        ("since: 0.1.0", "since: 2026-99-99", "front matter"),
        ("since: 0.1.0", "since: soon", "since"),
        ("answers: [debug endpoint]", "answers: debug endpoint", "answers"),
        ("title: Debug endpoint is open\n", "", "title"),
        ("title: Debug endpoint is open", "title: []", "title"),
        ("subject: route", "subject: route\nowner: me", "owner"),
        ("## What it checks", "## What", "What it checks"),
        ("title: Debug endpoint is open", "title: " + "[" * 5000, "front matter"),
    ],
)
def test_a_page_that_is_not_of_the_form_is_refused_by_file_and_key(
    own: Path, before: str, after: str, key: str
) -> None:
    (own / "debug-open.md").write_text(PAGE.replace(before, after))

    with pytest.raises(UsageError, match=key) as refusal:
        load_items(own.parent)

    assert "debug-open.md" in str(refusal.value)
    assert len(str(refusal.value)) < 1000
    assert refusal.value.help


def test_a_page_in_a_folder_that_is_no_area_is_refused(tmp_path: Path) -> None:
    (tmp_path / "misc").mkdir()
    (tmp_path / "misc" / "debug-open.md").write_text(PAGE)

    with pytest.raises(UsageError, match="misc"):
        load_items(tmp_path)


def test_every_shipped_page_loads_and_answers_something() -> None:
    items = load_items()

    assert {path.stem for path in (data.root() / "checklists").glob("*/*.md")} == items.keys()
    assert all(item.shipped for item in items.values())
    assert all(item.answers for item in items.values() if item.area is not Area.DEFINITIONS)


def test_ci_holds_what_a_repository_alone_can_decide_and_release_everything_stable() -> None:
    items = [item for item in load_items().values() if item.area is not Area.DEFINITIONS]
    decidable = {item.id for item in items if item.method is Method.STATIC}

    assert set(load_checklist("ci").items) == decidable
    assert set(load_checklist("release").items) == {item.id for item in items}
    assert {"ci", "release"} <= set(checklist_names())


def test_an_unknown_checklist_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="no checklist 'relase'") as refusal:
        load_checklist("relase")

    assert "release" in refusal.value.help


def test_an_unknown_item_in_a_checklist_is_refused_with_the_nearest_ids(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("title: Mine\nitems: [login-not-throtled]\n")

    with pytest.raises(UsageError, match=r"mine\.yaml: no item 'login-not-throtled'") as refusal:
        read_checklist(tmp_path / "mine.yaml")

    assert "login-not-throttled" in refusal.value.help


@pytest.mark.parametrize(
    "text", ["items: [sql-injection]", "- a", "title: T\nitems: 3", "title: [\n", "title: T\nitems: [1]", "\x00", ""]
)
def test_a_checklist_that_is_not_of_the_form_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)

    with pytest.raises(UsageError, match=r"mine\.yaml"):
        read_checklist(tmp_path / "mine.yaml")


def test_a_checklist_keeps_the_order_of_its_file_and_each_item_once(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("title: Mine\nitems: [sql-injection, query-in-loop, sql-injection]\n")

    assert read_checklist(tmp_path / "mine.yaml").items == ("sql-injection", "query-in-loop")
