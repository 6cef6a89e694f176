"""Report files are foreign data: whatever they hold, reading them gives a report that says what is wrong."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from backcheck.evidence import read_report
from backcheck.evidence.reader import LARGEST_REPORT

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize(
    "content, why",
    [
        (b"", "it is empty"),
        (b" \n\n", "it is empty"),
        (b"\x00\xff\xfe\x80", "its format is not known"),
        (b"null", "its format is not known"),
        (b'{"metrics": 7}', "its format is not known"),
        (b"[" * 200_000, "its format is not known"),
        (b'{"a":' * 100_000, "its format is not known"),
        (b"9" * 100_000, "its format is not known"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "its format is not known"),
        (b"Type,Name,Request Count\n,Other,3\n", "it has no row of all requests (`Aggregated`)"),
        (b"Type,Name,Request Count\n" + b"x" * 200_000, "it is not CSV: field larger than field limit (131072)"),
    ],
)
def test_a_report_of_nonsense_says_what_is_wrong_with_it(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_bytes(content)
    health = read_report(path).health
    assert not health.usable
    assert health.why.startswith(why)


def test_what_a_report_says_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"message": "\x1b[2Jall is well\n" + "x" * 5000, "error": {"summary": ""}}), "utf-8")
    why = read_report(path).health.why
    assert "all is well" in why
    assert why.isprintable()
    assert len(why) < 600


def test_a_report_that_is_not_there_says_so(tmp_path: Path) -> None:
    report = read_report(tmp_path / "none.json")
    assert report.health.why == "it cannot be read: No such file or directory"
    assert report.sha256 == ""


def test_a_folder_is_no_report(tmp_path: Path) -> None:
    assert read_report(tmp_path).health.why == "it is not a regular file"


def test_a_named_pipe_is_no_report_and_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_report(tmp_path / "pipe").health.why == "it is not a regular file"


def test_a_report_larger_than_any_summary_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_REPORT + 1)
    assert read_report(path).health.why == "it is larger than 20 MiB"


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*") if path.suffix in {".json", ".sarif"}))
def test_no_value_in_any_place_of_a_json_report_can_stop_the_audit(name: str, tmp_path: Path) -> None:
    source = random.Random(name)
    path = tmp_path / name
    for _ in range(150):
        data = json.loads((SAMPLES / name).read_text("utf-8"))
        _spoil(data, source)
        path.write_text(json.dumps(data), "utf-8")
        report = read_report(path)
        assert report.health.usable or report.health.why


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*") if path.suffix in {".txt", ".csv"}))
def test_no_cut_or_change_of_a_text_report_can_stop_the_audit(name: str, tmp_path: Path) -> None:
    source = random.Random(name)
    path = tmp_path / name
    whole = (SAMPLES / name).read_bytes()
    for _ in range(150):
        start = source.randrange(len(whole))
        path.write_bytes(whole[:start] + source.randbytes(source.randrange(4)) + whole[start + source.randrange(40) :])
        report = read_report(path)
        assert report.health.usable or report.health.why


def _spoil(data: Any, source: random.Random) -> None:
    """Replace one value, anywhere below, by another of any type."""
    places: list[tuple[Any, str | int]] = []
    todo = [data]
    while todo:
        holder = todo.pop()
        inside = holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
        for key, value in inside:
            places.append((holder, key))
            todo.append(value)
    holder, key = source.choice(places)
    holder[key] = source.choice([None, True, -1, 1e308, 10**400, "", "x" * 50, "1e999", [], [[]], {}, {"a": {}}, 0])
