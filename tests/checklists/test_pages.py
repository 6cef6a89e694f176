"""The page of every item is its test: what its examples mark is found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcheck import checks
from backcheck.checks import find
from backcheck.definitions.contract import bind
from backcheck.definitions.items import Area, Method, load_items
from backcheck.findings import Verdict
from checklists.page_examples import Example, examples, reported, verdict_of

EXAMPLES = list(examples())
ITEMS = load_items()
SHOWN_IN = [
    (item.id, framework)
    for item in ITEMS.values()
    for framework in (["Definition"] if item.area is Area.DEFINITIONS else ["FastAPI", "Express"])
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.item.id}: {example.heading}")
def test_an_example_is_judged_as_its_page_says(example: Example, tmp_path: Path) -> None:
    judgements = example.judge(tmp_path)
    told = "\n".join(
        f"{one.outcome} {one.subject.id} {one.places or one.subject.place}: {one.reason}" for one in judgements
    )
    # Absence has no line to mark: a page asks for the verdict alone there.
    if example.marked or example.expected is not Verdict.FAIL:
        assert reported(judgements) == example.marked, told
    assert verdict_of(judgements) is example.expected, told


@pytest.mark.parametrize("item, framework", SHOWN_IN)
def test_a_page_shows_a_bad_and_a_good_project_of_each_framework(item: str, framework: str) -> None:
    verdicts = {one.expected for one in EXAMPLES if one.item.id == item and one.framework == framework}
    assert {Verdict.FAIL, Verdict.PASS} <= verdicts


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.item.id}: {example.heading}")
def test_every_fence_of_an_example_names_its_file_once(example: Example) -> None:
    names = [fence.options.get("title", "") for fence in example.fences]
    assert all(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("item", ITEMS)
def test_no_two_examples_of_a_page_have_one_heading(item: str) -> None:
    headings = [example.heading for example in EXAMPLES if example.item.id == item]
    assert sorted(set(headings)) == sorted(headings)


def test_every_page_that_an_instrument_can_judge_has_a_check_and_every_check_a_page() -> None:
    pages = {(item.area, item.id) for item in ITEMS.values() if item.method is not Method.ATTESTATION}
    folder = Path(checks.__file__).parent
    modules = {
        (path.parent.name.replace("_", "-"), path.stem.replace("_", "-"))
        for path in folder.glob("*/*.py")
        if path.stem != "__init__"
    }
    assert modules == pages
    assert all(find(area, item) for area, item in pages)


@pytest.mark.parametrize(
    "area, item", [("security", "no-such-item"), ("nowhere", "x"), ("..", "os"), ("security", "a.b"), ("", "")]
)
def test_an_item_without_a_check_has_none(area: str, item: str) -> None:
    assert find(area, item) is None


@pytest.mark.parametrize(
    "line, item",
    [
        ("All input is validated", "body-not-validated"),
        ("Validate every request payload against a schema", "body-not-validated"),
        ("Callers are authenticated and authorized", "route-not-authenticated"),
        ("Passwords are stored as hashes", "password-stored-in-clear"),
        ("No secret stands in the source code", "secret-in-source"),
        ("Queries are safe from SQL injection", "sql-injection"),
        ("Rate limits are in place", "login-not-throttled"),
        ("Traffic goes over HTTPS only", "https-not-enforced"),
        ("Responses carry security headers", "security-headers-missing"),
        ("Dependencies are locked", "dependency-not-locked"),
        ("Dependencies are up to date", "dependency-vulnerable"),
        ("95th percentile of the API's response time stays under 300 ms", "p95-above-target"),
    ],
)
def test_a_line_of_a_checklist_binds_to_the_item_that_answers_it(line: str, item: str) -> None:
    assert item in bind(line, ITEMS.values())
