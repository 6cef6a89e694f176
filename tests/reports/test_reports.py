from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

import backcheck.reports
from backcheck.errors import UsageError
from backcheck.findings import AuditResult, Severity, Verdict
from backcheck.reports import formats, render, terminal

if TYPE_CHECKING:
    from backcheck.definitions.items import Item


ATTACK = "a\x1b[31m\u202e|`<b>@team*\r\n::error::x"


def _hostile(result: AuditResult) -> AuditResult:
    """The result with a subject whose texts attack every format."""
    failing = result.verdicts[1]
    bad = replace(failing.subjects[0], id=ATTACK, reason=ATTACK)
    return replace(result, verdicts=(replace(failing, subjects=(bad,), reason=ATTACK),))


def test_every_format_is_found_by_its_file() -> None:
    assert set(formats()) == {"baseline", "github", "json", "markdown", "sarif", "terminal"}


def test_an_unknown_format_is_refused_with_the_closest_one(result: AuditResult, items: dict[str, Item]) -> None:
    with pytest.raises(UsageError, match="no report format 'sarf'") as caught:
        render("sarf", result, items)
    assert "did you mean 'sarif'?" in caught.value.help


@pytest.mark.parametrize("name", formats())
def test_no_control_character_of_a_workspace_reaches_a_report(
    name: str, result: AuditResult, items: dict[str, Item]
) -> None:
    text = render(name, _hostile(result), items)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text)


# JSON


def _schema() -> dict[str, Any]:
    path = Path(backcheck.reports.__file__).with_name("json.schema.json")
    schema: dict[str, Any] = json.loads(path.read_text())
    return schema


def test_the_json_report_keeps_the_published_schema(result: AuditResult, items: dict[str, Item]) -> None:
    jsonschema.Draft202012Validator.check_schema(_schema())
    jsonschema.validate(json.loads(render("json", result, items)), _schema())


def test_the_json_report_says_what_was_judged_and_counted(result: AuditResult, items: dict[str, Item]) -> None:
    report = json.loads(render("json", result, items))
    assert (report["commit"], report["dirty"], report["checklist"], report["exit_code"]) == ("c" * 40, True, "ci", 4)
    failed = report["verdicts"][1]
    assert (failed["item"], failed["verdict"], failed["examined"], failed["failed"], failed["undecided"]) == (
        "call-without-timeout", "fail", 3, 2, 0,
    )  # fmt: skip
    assert failed["subjects"][0]["evidence"] == [
        {
            "path": "app/client.py",
            "start_line": 7,
            "end_line": 7,
            "quote": "    requests.get(address)",
            "sha256": "ab" * 32,
            "redacted": False,
        }
    ]
    assert report["unread"] == [{"path": "app/broken.py", "why": "line 3 does not parse"}]


def test_the_schema_refuses_a_report_with_a_secret_field(result: AuditResult, items: dict[str, Item]) -> None:
    report = json.loads(render("json", result, items))
    report["password"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, _schema())


# SARIF


def _run(result: AuditResult, items: dict[str, Item]) -> dict[str, Any]:
    log = json.loads(render("sarif", result, items))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_only_open_failures_of_items_that_count_are_results(result: AuditResult, items: dict[str, Item]) -> None:
    results = _run(result, items)["results"]
    assert [(r["ruleId"], r["locations"][0]["physicalLocation"]["region"]["startLine"]) for r in results] == [
        ("call-without-timeout", 7)
    ]


def test_every_result_has_what_github_asks_for(result: AuditResult, items: dict[str, Item]) -> None:
    run = _run(result, items)
    (found,) = run["results"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "app/client.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 30}
    assert found["message"]["text"] == "fetch: requests.get(address): no time-out"
    assert re.fullmatch(r"[0-9a-f]{32}:1", found["partialFingerprints"]["primaryLocationLineHash"])
    assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"]
    assert run["automationDetails"]["id"] == "backcheck/ci/"


def test_every_rule_has_what_github_asks_for(result: AuditResult, items: dict[str, Item]) -> None:
    every = replace(result, verdicts=tuple(replace(result.verdicts[0], item=i.id, area=i.area) for i in items.values()))
    for rule in _run(every, items)["tool"]["driver"]["rules"]:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert "## Why it matters" in rule["help"]["markdown"]
        properties = rule["properties"]
        assert properties["precision"] in {"high", "medium", "low"}
        assert properties["problem.severity"] in {"error", "warning", "recommendation"}
        assert 0 < len(properties["tags"]) <= 20
        security = items[rule["id"]].area == "security"
        assert ("security-severity" in properties) == security == ("security" in properties["tags"])


def test_a_security_rule_has_the_score_of_its_severity(result: AuditResult, items: dict[str, Item]) -> None:
    judged = replace(result.verdicts[1], area="security", severity=Severity.CRITICAL)
    (rule,) = _run(replace(result, verdicts=(judged,)), items)["tool"]["driver"]["rules"]
    assert 9.0 < float(rule["properties"]["security-severity"]) <= 10.0


def test_paths_are_escaped_and_relative_to_the_repository(result: AuditResult, items: dict[str, Item]) -> None:
    failing = result.verdicts[1]
    evidence = failing.subjects[0].evidence[0]
    place = replace(evidence.place, path="a b/caf\udce9#1.py")
    moved = replace(failing.subjects[0], evidence=(replace(evidence, place=place),))
    run = _run(replace(result, prefix="backend", verdicts=(replace(failing, subjects=(moved,)),)), items)
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "backend/a%20b/caf%E9%231.py"


def test_an_empty_region_stands_for_its_whole_line(result: AuditResult, items: dict[str, Item]) -> None:
    failing = result.verdicts[1]
    evidence = failing.subjects[0].evidence[0]
    place = replace(evidence.place, start_column=1, end_column=1)
    bare = replace(failing.subjects[0], evidence=(replace(evidence, place=place),))
    run = _run(replace(result, verdicts=(replace(failing, subjects=(bare,)),)), items)
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 7, "startColumn": 1, "endLine": 7, "endColumn": 26}


def test_no_more_results_than_github_shows_and_the_rest_is_counted(result: AuditResult, items: dict[str, Item]) -> None:
    failing = result.verdicts[1]
    many = tuple(replace(failing.subjects[0], id=f"call {n}", fingerprint=f"{n:032x}") for n in range(5_003))
    run = _run(replace(result, verdicts=(replace(failing, subjects=many),)), items)
    assert len(run["results"]) == 5_000
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert any("3 failures are not listed" in note for note in notes)


def test_what_was_not_read_is_a_notification(result: AuditResult, items: dict[str, Item]) -> None:
    invocation = _run(result, items)["invocations"][0]
    assert {"level": "warning", "message": {"text": "not read: app/broken.py: line 3 does not parse"}} in invocation[
        "toolExecutionNotifications"
    ]
    assert not invocation["executionSuccessful"]  # an item has the verdict error


# Terminal


def test_the_terminal_shows_verdicts_places_reasons_and_what_was_unread(
    result: AuditResult, items: dict[str, Item]
) -> None:
    text = terminal.render(result, items, width=120)
    assert re.search(r"^fail +call-without-timeout +high +3 ", text, re.MULTILINE)
    assert "app/client.py:7  fetch: requests.get(address): no time-out" in text
    assert "(waived: ada, until 2027-01-01: legacy)" in text
    assert re.search(r"undecided +app/client.py:7  list: all\(\): not followed", text)
    assert "app/broken.py: line 3 does not parse" in text
    assert "note: the sandbox is missing" in text
    assert "7 items: 2 fail, 1 error, 1 unknown, 1 manual, 1 pass, 1 not applicable" in text
    assert "exit code 4" in text
    assert "help: `backcheck explain call-without-timeout`" in text


def test_the_terminal_has_colours_only_where_asked(result: AuditResult, items: dict[str, Item]) -> None:
    assert "\x1b[" not in terminal.render(result, items)
    assert "\x1b[" in terminal.render(result, items, colour=True)


@pytest.mark.parametrize("width", [20, 60, 200])
def test_the_table_keeps_the_width_of_the_terminal(result: AuditResult, items: dict[str, Item], width: int) -> None:
    lines = terminal.render(result, items, width=width).splitlines()
    head = next(index for index, line in enumerate(lines) if line.lstrip().startswith("verdict"))
    assert all(len(line) <= max(width, 40) for line in lines[head : head + 8])


def _contract(result: AuditResult) -> AuditResult:
    """The result of an agent's contract: two of its lines no item answers."""
    line = replace(result.verdicts[5], area="contract", item="response-formats-that-are-the-same-throughout")
    kept = replace(line, title="Error rate: < 1%", verdict=Verdict.PASS, reason="attested by ada")
    why = "line 7 of the definition: no item answers it, a person has to look"
    lines = (replace(line, title="Response formats that are the same throughout", reason=why), kept)
    return replace(result, verdicts=(*result.verdicts, *lines))


@pytest.mark.parametrize("width", [80, 120])
def test_lines_of_a_contract_are_listed_in_their_own_words_below_the_table(
    result: AuditResult, items: dict[str, Item], width: int
) -> None:
    text = terminal.render(_contract(result), items, width=width)
    table, _, below = text.partition("2 lines of the contract that no item answers:\n")
    assert "response-formats" not in text
    assert re.search(r"^fail +call-without-timeout .*reason of fail", table, re.MULTILINE)
    assert below.splitlines()[:2] == [
        "  manual    Response formats that are the same throughout (line 7)",
        "  pass      Error rate: < 1% (attested by ada)",
    ]


def test_why_a_subject_is_undecided_is_told_beside_it_and_not_in_the_table(
    result: AuditResult, items: dict[str, Item]
) -> None:
    text = terminal.render(result, items, width=80)
    assert re.search(r"^unknown +list-not-paginated +1   1 of 1 undecided *$", text, re.MULTILINE)
    assert "list: all(): not followed" in text


def test_long_lines_are_wrapped_between_words_and_a_path_is_never_broken(
    result: AuditResult, items: dict[str, Item]
) -> None:
    failing = result.verdicts[1]
    wordy = replace(failing.subjects[0], reason=f"{'a/very/long/path' * 8}.py is {'quite ' * 20}long")
    text = terminal.render(replace(result, verdicts=(replace(failing, subjects=(wordy,)),)), items, width=80)
    assert f"            {'a/very/long/path' * 8}.py\n" in text
    assert max(len(line) for line in text.splitlines() if "path" not in line) <= 80


def test_markup_of_a_workspace_is_text(result: AuditResult, items: dict[str, Item]) -> None:
    failing = result.verdicts[1]
    sly = replace(failing.subjects[0], reason="[bold]no[/bold] [link=x]y[/link] :warning:")
    text = terminal.render(replace(result, verdicts=(replace(failing, subjects=(sly,)),)), items, width=200)
    assert "[bold]no[/bold] [link=x]y[/link] :warning:" in text


# Markdown and annotations


def test_markdown_lists_failures_and_what_is_undecided(result: AuditResult, items: dict[str, Item]) -> None:
    text = render("markdown", result, items)
    assert "- `app/client.py:7` `fetch: requests.get(address)`: no time-out" in text
    assert "- `app/client.py:7` `list: all()`: not followed" in text
    assert "- `app/broken.py`: line 3 does not parse" in text


def test_markdown_never_acts_on_a_workspaces_text(result: AuditResult, items: dict[str, Item]) -> None:
    text = render("markdown", _hostile(result), items)
    plain = re.sub(r"(`+) ?.*? ?\1", "", text)
    assert not re.search(r"(?<!\\)[<@*]", plain)


def test_markdown_stays_below_the_limit_of_a_comment(result: AuditResult, items: dict[str, Item]) -> None:
    failing = result.verdicts[1]
    many = tuple(replace(failing.subjects[0], id=f"call {n}") for n in range(5_000))
    text = render("markdown", replace(result, verdicts=(replace(failing, subjects=many),)), items)
    assert len(text.encode()) < 65_536
    assert re.search(r"… \d+ more lines are in the JSON report\.", text)


def test_annotations_are_capped_and_the_rest_counted(result: AuditResult, items: dict[str, Item]) -> None:
    failing = result.verdicts[1]
    many = tuple(replace(failing.subjects[0], id=f"call {n}") for n in range(13))
    lines = render("github", replace(result, verdicts=(replace(failing, subjects=many),)), items).splitlines()
    assert lines[0] == (
        "::error file=app/client.py,line=7,endLine=7,title=Title of call-without-timeout::call 0: no time-out"
    )
    assert len(lines) == 11
    assert "3 more failures" in lines[-1]


def test_an_annotation_cannot_be_forged(result: AuditResult, items: dict[str, Item]) -> None:
    assert len(render("github", _hostile(result), items).splitlines()) == 1


def test_a_baseline_holds_every_failure_once(result: AuditResult, items: dict[str, Item]) -> None:
    entries = json.loads(render("baseline", result, items))["failures"]
    assert [entry["item"] for entry in entries] == ["call-without-timeout"] * 2 + ["preview-item"]


def test_an_audit_that_examined_nothing_says_so(result: AuditResult, items: dict[str, Item]) -> None:
    unexamined = replace(result.verdicts[5], subjects=())
    nothing = AuditResult("shop", None, dirty=True, checklist="ci", verdicts=(unexamined,))
    assert "nothing was examined" in terminal.render(nothing, items)
    assert "exit code 3" in terminal.render(nothing, items)


def test_an_empty_checklist_is_said_to_be_one(items: dict[str, Item]) -> None:
    nothing = AuditResult("shop", None, dirty=True, checklist="ci", verdicts=())
    assert "nothing was asked" in terminal.render(nothing, items)
    assert "exit code 3" in terminal.render(nothing, items)


def test_one_thing_is_not_told_as_several(result: AuditResult, items: dict[str, Item]) -> None:
    failing = result.verdicts[1]
    alone = replace(result, verdicts=(replace(failing, subjects=failing.subjects[:1]),))

    assert re.search(r"^1 item: 1 \w+; 1 subject examined$", terminal.render(alone, items), re.MULTILINE)
