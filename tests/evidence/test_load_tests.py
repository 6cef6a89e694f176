"""Load tests: what each tool's report states of the 95th percentile, and when it states nothing."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backcheck.evidence import Interval, LoadTest, Report, read_report

SAMPLES = Path(__file__).parent / "samples"


def load_test(report: Report) -> LoadTest:
    assert isinstance(report.content, LoadTest)
    return report.content


def edited(tmp_path: Path, name: str, *changes: tuple[str, str]) -> Report:
    text = (SAMPLES / name).read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return read_report(path)


@pytest.mark.parametrize(
    "name, tool, requests, errors, lower, upper",
    [
        ("k6-export.json", "k6", 12000, 3, 140.9, 140.9),
        ("k6-handle-summary.json", "k6", 12000, 3, 140.9, 140.9),
        ("locust.json", "Locust", 525, 0, 4.5, 5.5),
        ("locust_stats.csv", "Locust", 393, 0, 4.5, 5.5),
        ("autocannon.json", "autocannon", 1234, 0, 3, 4),
        ("wrk.txt", "wrk", 1248, 0, 3.315, 4.725),
        ("hey.txt", "hey", 1200, 0, 4.05, 4.15),
        ("ab.txt", "ab", 1200, 0, 3.5, 4.5),
        ("vegeta.json", "vegeta", 12000, 0, 12.5, 12.5),
        ("oha.json", "oha", 12000, 0, 12.5, 12.5),
    ],
)
def test_a_report_bounds_the_95th_percentile(
    name: str, tool: str, requests: int, errors: int, lower: float, upper: float
) -> None:
    report = read_report(SAMPLES / name)
    assert (report.kind, report.tool, report.sample_size) == ("load", tool, requests)
    assert load_test(report).errors == errors
    measured = load_test(report).quantile(0.95)
    assert (measured.lower, measured.upper) == pytest.approx((lower, upper))


@pytest.mark.parametrize("name", ["k6-export.json", "k6-handle-summary.json", "vegeta.json", "oha.json"])
def test_a_minute_of_answers_can_carry_a_verdict(name: str) -> None:
    report = read_report(SAMPLES / name)
    assert report.health.usable
    assert load_test(report).duration == pytest.approx(60, abs=0.1)


@pytest.mark.parametrize(
    "name, why",
    [
        ("autocannon-dead.json", "every one of its 25016 requests failed"),
        ("hey-dead.txt", "every one of its 10 requests failed"),
        ("wrk-500.txt", "every one of its 615 requests failed"),
        ("hey-500.txt", "every one of its 20 requests failed"),
        ("ab-500.txt", "every one of its 50 requests failed"),
        ("wrk.txt", "it ran for 2 s (at least 30 s)"),
        ("locust_stats.csv", "it measured 393 requests (at least 1000)"),
    ],
)
def test_a_report_of_too_little_or_of_errors_carries_none(name: str, why: str) -> None:
    health = read_report(SAMPLES / name).health
    assert (health.usable, health.why) == (False, why)


def test_one_error_in_fifty_is_too_many(tmp_path: Path) -> None:
    report = edited(tmp_path, "k6-export.json", ('"passes": 3', '"passes": 240'))
    assert report.health.why == "2 % of its 12000 requests failed (at most 1 %)"


def test_a_report_that_does_not_count_its_errors_carries_no_verdict(tmp_path: Path) -> None:
    report = edited(tmp_path, "k6-export.json", ("http_req_failed", "my_metric"))
    assert report.health.why == "it does not say how many requests failed"


def test_a_report_without_percentiles_carries_no_verdict(tmp_path: Path) -> None:
    text = (SAMPLES / "wrk.txt").read_text("utf-8").replace("1248 requests in 2.00s", "12480 requests in 1.00m")
    path = tmp_path / "wrk.txt"
    path.write_text(
        "\n".join(line for line in text.splitlines() if "%  " not in line[:12] or "ms" not in line), "utf-8"
    )
    assert read_report(path).health.why == "it states no percentiles"


def test_wrk_bounds_what_it_does_not_state_by_its_neighbours(tmp_path: Path) -> None:
    report = edited(tmp_path, "wrk.txt", ("1248 requests in 2.00s", "12480 requests in 1.00m"), ("4.72ms", "1.20s"))
    assert report.health.usable
    stated, beyond = load_test(report).quantile(0.95), load_test(report).quantile(0.995)
    assert (stated.lower, stated.upper) == pytest.approx((3.315, 1205))
    assert (beyond.lower, beyond.upper) == pytest.approx((1195, math.inf))


def test_socket_errors_count_as_requests_that_failed(tmp_path: Path) -> None:
    line = "  1248 requests in 2.00s, 151.12KB read"
    report = edited(tmp_path, "wrk.txt", (line, f"{line}\n  Socket errors: connect 0, read 7, write 0, timeout 5"))
    assert (load_test(report).requests, load_test(report).errors) == (1260, 12)


def test_locust_keeps_two_digits_so_that_a_slow_percentile_is_an_interval(tmp_path: Path) -> None:
    report = edited(tmp_path, "locust.json", ('"4": 170', '"230": 170'), ('"4": 156', '"230": 156'))
    assert load_test(report).quantile(0.95) == Interval(225, 235)


@pytest.mark.parametrize("name, year", [("autocannon.json", 2026), ("locust.json", 2026), ("vegeta.json", 2026)])
def test_a_report_that_says_when_it_was_made_ages(name: str, year: int, tmp_path: Path) -> None:
    report = read_report(SAMPLES / name)
    assert report.produced_at is not None
    assert report.produced_at.year == year
    good = edited(tmp_path, "vegeta.json")
    assert good.aged_against(datetime(2026, 11, 19, tzinfo=UTC)).health.usable
    aged = good.aged_against(datetime(2026, 11, 21, tzinfo=UTC))
    assert aged.health.why == "it was made at 2026-11-20 10:01 UTC, before the code last changed"


def test_a_report_below_the_audited_root_has_a_place_to_quote(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "hey.txt"
    path.parent.mkdir()
    path.write_bytes((SAMPLES / "hey.txt").read_bytes())
    report = read_report(path, root=tmp_path)
    assert report.place is not None
    assert (report.path, report.place.path) == ("reports/hey.txt", "reports/hey.txt")
    assert "95% in" in path.read_text("utf-8").splitlines()[report.place.start_line - 1]
    assert read_report(SAMPLES / "hey.txt", root=tmp_path).place is None


@pytest.mark.parametrize("value", [-1, 1e300, "NaN", "Infinity", None, [], {}, True, "9" * 5000])
def test_figures_that_are_none_do_not_count(value: object, tmp_path: Path) -> None:
    data = json.loads((SAMPLES / "k6-export.json").read_text("utf-8"))
    data["metrics"]["http_reqs"]["count"] = value
    path = tmp_path / "k6.json"
    path.write_text(json.dumps(data), "utf-8")
    report = read_report(path)
    assert not report.health.usable
    assert report.sample_size == 0
