"""Waivers, attestations and the baseline: what a person may say beside the code's verdict."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import yaml

from backcheck.audit import Options, audit
from backcheck.definitions.items import load_items
from backcheck.errors import ExitCode, UsageError
from backcheck.findings import Outcome, Verdict
from backcheck.reports import render

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from backcheck.findings import AuditResult, ItemVerdict

TIMEOUT = Options(items=("call-without-timeout",))
SUBJECT = 'rates: requests.get("https://rates.example.org/today")'


def day(offset: int) -> str:
    return str(datetime.now(UTC).date() + timedelta(days=offset))


def waiver(**changes: Any) -> dict[str, Any]:
    entry = {
        "item": "call-without-timeout",
        "subject": SUBJECT,
        "reason": "goes away with the old rates",
        "owner": "ada",
        "expires": day(30),
    }
    return {key: value for key, value in (entry | changes).items() if value is not None}


def write(root: Path, name: str, entries: object) -> None:
    (root / ".backcheck").mkdir(exist_ok=True)
    (root / ".backcheck" / name).write_text(yaml.safe_dump(entries))


def only(result: AuditResult) -> ItemVerdict:
    (verdict,) = result.verdicts
    return verdict


def test_a_live_waiver_of_every_failing_subject_shows_and_never_counts_as_a_pass(shop: Path) -> None:
    write(shop, "waivers.yaml", [waiver()])
    result = audit(shop, TIMEOUT)
    assert only(result).verdict is Verdict.WAIVED
    assert result.exit_code is ExitCode.OK
    (waived,) = [subject for subject in only(result).subjects if subject.waived]
    assert waived.judgement is Outcome.FAIL
    assert waived.waived == f"ada, until {day(30)}: goes away with the old rates"


def test_a_waiver_by_fingerprint_covers_that_subject_alone(shop: Path) -> None:
    path = shop / "app" / "main.py"
    path.write_text(path.read_text() + '\n\ndef more():\n    return requests.get("https://more.example.org")\n')
    failing = [s for s in only(audit(shop, TIMEOUT)).subjects if s.judgement is Outcome.FAIL]
    write(shop, "waivers.yaml", [waiver(subject=None, fingerprint=failing[0].fingerprint)])
    verdict = only(audit(shop, TIMEOUT))
    assert verdict.verdict is Verdict.FAIL
    assert verdict.reason == "1 of 3 calls failed, 1 more waived"


def test_a_waiver_counts_through_its_last_day(shop: Path) -> None:
    write(shop, "waivers.yaml", [waiver(expires=day(0))])
    assert only(audit(shop, TIMEOUT)).verdict is Verdict.WAIVED


@pytest.mark.parametrize(
    "changes, note",
    [
        ({"expires": day(-1)}, "it expired on"),
        ({"expires": None}, "no date"),
        ({"expires": "soon"}, "no date"),
        ({"expires": "2999-01-01T00:00:00"}, "no date"),
        ({"owner": None}, "no owner"),
        ({"reason": " "}, "no reason"),
        ({"subject": None}, "no subject and no fingerprint"),
        ({"subject": ["a"]}, "are words"),
        ({"expire": day(3)}, "unknown keys expire"),
    ],
)
def test_an_expired_or_malformed_waiver_is_ignored_with_a_note(shop: Path, changes: dict[str, Any], note: str) -> None:
    write(shop, "waivers.yaml", [waiver(**changes)])
    result = audit(shop, TIMEOUT)
    assert only(result).verdict is Verdict.FAIL
    assert any("entry 1 is ignored" in said and note in said for said in result.notes)


@pytest.mark.parametrize("text", ["{", "item: x\n", "\x00", "- just words\n"])
def test_a_waiver_file_that_is_no_list_of_entries_excuses_nothing(shop: Path, text: str) -> None:
    (shop / ".backcheck").mkdir()
    (shop / ".backcheck" / "waivers.yaml").write_text(text)
    result = audit(shop, TIMEOUT)
    assert only(result).verdict is Verdict.FAIL
    assert any("ignored" in note for note in result.notes)


def test_a_waiver_that_covers_nothing_is_reported(shop: Path) -> None:
    write(shop, "waivers.yaml", [waiver(subject="gone: requests.get(gone)")])
    assert any("covers nothing" in note for note in audit(shop, TIMEOUT).notes)


def test_a_linked_waiver_file_is_refused(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text(yaml.safe_dump([waiver()]))
    (shop / ".backcheck").mkdir()
    (shop / ".backcheck" / "waivers.yaml").symlink_to(tmp_path / "waivers.yaml")
    with pytest.raises(UsageError, match="link"):
        audit(shop, TIMEOUT)


PAGE = """---
title: Nobody is on call
severity: high
confidence: high
subject: team
method: attestation
answers: [on call]
status: stable
since: 0.1.0
---
## What it checks
That somebody answers at night.
"""


def test_a_repositorys_own_item_is_manual_and_an_attestation_answers_it_and_shows(shop: Path) -> None:
    (shop / ".backcheck" / "checklists" / "operations").mkdir(parents=True)
    (shop / ".backcheck" / "checklists" / "operations" / "nobody-on-call.md").write_text(PAGE)
    options = Options(items=("nobody-on-call", "call-without-timeout"))
    manual = audit(shop, options).verdicts[0]
    assert manual.verdict is Verdict.MANUAL
    write(shop, "attestations.yaml", [waiver(item="nobody-on-call", subject=None, reason="the rota of May")])
    attested = audit(shop, options).verdicts[0]
    assert (attested.verdict, attested.method) == (Verdict.PASS, "attestation")
    assert attested.reason == f"attested by ada, until {day(30)}: the rota of May"


def test_an_expired_attestation_leaves_the_item_manual(shop: Path) -> None:
    (shop / ".backcheck" / "checklists" / "operations").mkdir(parents=True)
    (shop / ".backcheck" / "checklists" / "operations" / "nobody-on-call.md").write_text(PAGE)
    write(shop, "attestations.yaml", [waiver(item="nobody-on-call", subject=None, expires=day(-1))])
    assert only(audit(shop, Options(items=("nobody-on-call",)))).verdict is Verdict.MANUAL


def test_an_attestation_never_excuses_a_failure(shop: Path) -> None:
    write(shop, "attestations.yaml", [waiver()])
    assert only(audit(shop, TIMEOUT)).verdict is Verdict.FAIL


def test_with_a_baseline_only_new_failures_fail(shop: Path) -> None:
    baseline = render("baseline", audit(shop, TIMEOUT), load_items())
    (shop / ".backcheck").mkdir()
    (shop / ".backcheck" / "baseline.json").write_text(baseline)
    assert only(audit(shop, TIMEOUT)).verdict is Verdict.WAIVED
    path = shop / "app" / "main.py"
    path.write_text(path.read_text() + '\n\ndef more():\n    return requests.get("https://more.example.org")\n')
    verdict = only(audit(shop, TIMEOUT))
    assert verdict.verdict is Verdict.FAIL
    assert [s.id for s in verdict.subjects if s.judgement is Outcome.FAIL and not s.waived] == [
        'more: requests.get("https://more.example.org")'
    ]


def test_a_broken_baseline_excuses_nothing(shop: Path) -> None:
    (shop / ".backcheck").mkdir()
    (shop / ".backcheck" / "baseline.json").write_text(json.dumps({"failures": 3}))
    result = audit(shop, TIMEOUT)
    assert only(result).verdict is Verdict.FAIL
    assert any("baseline.json is ignored" in note for note in result.notes)
