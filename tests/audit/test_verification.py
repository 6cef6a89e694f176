"""A report's quotes can be proved again, and a forged one cannot."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from backcheck.audit import Options, audit, keep_quoted_files, verify
from backcheck.definitions.items import load_items
from backcheck.errors import UsageError
from backcheck.reports import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONLY = Options(items=("call-without-timeout",))


@pytest.fixture
def report(shop: Path, tmp_path: Path) -> Path:
    """A report of the uncommitted shop, with its quoted files kept."""
    result = audit(shop, ONLY)
    keep_quoted_files(shop, result)
    path = tmp_path / "report.json"
    path.write_text(render("json", result, load_items()))
    return path


def test_every_quote_of_a_fresh_report_holds(report: Path) -> None:
    proofs = verify(report)
    assert len(proofs) == 2
    assert all(proof.holds and proof.why == "in the folder" for proof in proofs)


def test_quotes_hold_after_an_edit_by_the_stored_files(report: Path, shop: Path) -> None:
    (shop / "app" / "main.py").write_text("x = 1\n")
    assert {(proof.holds, proof.why) for proof in verify(report)} == {(True, "among the stored blobs")}


def test_quotes_hold_after_the_folder_is_gone(report: Path, shop: Path) -> None:
    shutil.rmtree(shop)
    assert all(proof.holds for proof in verify(report))


def test_quotes_hold_by_the_recorded_commit_where_the_tree_was_clean(
    shop: Path, tmp_path: Path, commit: Callable[[Path], str]
) -> None:
    recorded = commit(shop)
    path = tmp_path / "report.json"
    path.write_text(render("json", audit(shop, ONLY), load_items()))
    (shop / "app" / "main.py").write_text("x = 1\n")
    commit(shop)
    assert {(proof.holds, proof.why) for proof in verify(path)} == {(True, f"at commit {recorded[:12]}")}


def test_without_any_source_of_the_file_nothing_holds(report: Path, shop: Path, scrubbed_environment: Path) -> None:
    shutil.rmtree(shop)
    shutil.rmtree(scrubbed_environment / ".local")
    proofs = verify(report)
    assert not any(proof.holds for proof in proofs)
    assert all(str(shop) in proof.why and "--root" in proof.why for proof in proofs)


@pytest.mark.parametrize(
    "forgery, why",
    [
        ({"quote": "    requests.get(forged)"}, "other text stands there"),
        ({"start_line": 90, "end_line": 90}, "no such lines"),
        ({"sha256": "0" * 64}, "no commit, folder or stored blob"),
        ({"path": "../../etc/passwd"}, "leaves the code base"),
        ({"path": "/etc/passwd"}, "leaves the code base"),
        ({"quote": None}, "there is no quote"),
    ],
)
def test_a_forged_quote_does_not_hold(report: Path, forgery: dict[str, Any], why: str) -> None:
    content = json.loads(report.read_text())
    evidence = content["verdicts"][0]["subjects"][0]["evidence"][0]
    evidence.update(forgery)
    report.write_text(json.dumps(content))
    proof = verify(report)[0]
    assert not proof.holds
    assert why in proof.why


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"schema_version": "9.0"}', '{"schema_version": "1.0", "verdicts": 3}']
)
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"report\.json"):
        verify(path)


def test_a_file_that_holds_a_secret_is_not_stored(shop: Path, scrubbed_environment: Path) -> None:
    (shop / "app" / "main.py").write_text(
        'import requests\n\nAPI_SECRET_KEY = "sk_live_51H8xT2eZvKYlo2C9aQ7bNfRw"\nrequests.get("https://x.example")\n'
    )
    keep_quoted_files(shop, audit(shop, Options(items=("call-without-timeout", "secret-in-source"))))
    stored = [path.read_bytes() for path in scrubbed_environment.rglob("*") if path.is_file()]
    assert not any(b"sk_live" in data for data in stored)
