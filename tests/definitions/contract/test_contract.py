"""Contracts: what the text of a definition promises, read from its Markdown."""

from __future__ import annotations

import pytest

from backcheck.definitions.contract import Contract, read_contract


def targets(text: str) -> list[tuple[str, str, float, str, float | None, str]]:
    return [
        (target.metric, target.operator, target.value, target.unit, target.percentile, target.scope)
        for target in read_contract(text).targets
    ]


@pytest.mark.parametrize(
    "line, target",
    [
        ("API response time: < 200ms (95th percentile)", ("api response time", "<", 200, "ms", 95, "")),
        ("API response time: <200 ms p95", ("api response time", "<", 200, "ms", 95, "")),
        ("p95 latency under 300ms", ("latency", "<", 300, "ms", 95, "")),
        ("P99.9 latency ≤ 1.5 seconds", ("latency", "<=", 1.5, "s", 99.9, "")),
        ("Response time below 100 milliseconds", ("response time", "<", 100, "ms", None, "")),
        ("Sub-200ms average response time", ("response time", "<", 200, "ms", None, "average")),
        ("sub-20ms database queries", ("database queries", "<", 20, "ms", None, "")),
        ("90%+ test coverage", ("test coverage", ">=", 90, "%", None, "")),
        ("Test coverage of at least 85 percent", ("test coverage", ">=", 85, "%", None, "")),
        ("Achieve 80% code coverage on new code", ("code coverage", ">=", 80, "%", None, "on new code")),
        ("99.95% uptime maintained", ("uptime", ">=", 99.95, "%", None, "")),
        ("Error rate no more than 0.1%", ("error rate", "<=", 0.1, "%", None, "")),
        ("Handle more than 1,000 requests per second", ("handle", ">", 1000, "/s", None, "")),
        ("Throughput: > 500 RPS", ("throughput", ">", 500, "/s", None, "")),
        ("RTO < 1 hour", ("rto", "<", 1, "h", None, "")),
        ("Test suite runs within 15 minutes", ("test suite runs", "<=", 15, "min", None, "")),
        ("CPU utilization: < 50% under normal load", ("cpu utilization", "<", 50, "%", None, "under normal load")),
        ("Security vulnerabilities: 0 critical/high", ("security vulnerabilities", "=", 0, "", None, "critical/high")),
        ("Zero critical vulnerabilities", ("vulnerabilities", "=", 0, "", None, "critical")),
        ("Rollback < 30s verified", ("rollback", "<", 30, "s", None, "")),
        ("Image size < 250 MB", ("image size", "<", 250, "MB", None, "")),
    ],
)
def test_a_numeric_target_is_read_in_each_spelling(
    line: str, target: tuple[str, str, float, str, float | None, str]
) -> None:
    assert targets(f"- {line}\n") == [target]


def test_one_line_may_state_two_targets() -> None:
    assert targets("- Sub-200ms response time with 99.9% uptime\n") == [
        ("response time", "<", 200, "ms", None, ""),
        ("uptime", ">=", 99.9, "%", None, ""),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- Version APIs (v1, v2)",
        "- Follow the OWASP Top 10 and OAuth 2.0",
        "- Return 200 OK or 404 Not Found",
        "- Tokens expire after 15 minutes",
        "- Nest no deeper, under 3 levels at best",
        '- Report: "Achieved 99.99% uptime and p95 < 100ms"',
        "> API response time: < 200ms",
        "```\nAPI response time: < 200ms\n- [ ] box\n```",
        "<example>\nAPI response time: < 200ms\n</example>",
        "- Map a -> b and x => 5",
        "- PHP 8.1+ and Flutter 3+",
        "Use `limit < 100` in the query",
    ],
)
def test_what_is_quoted_or_is_no_bound_is_no_target(text: str) -> None:
    assert read_contract(text).targets == ()


def test_the_same_target_stated_twice_is_merged_into_the_fuller_line() -> None:
    contract = read_contract("- API response time: < 200ms\n- API response times < 200 ms (95th percentile)\n")

    (target,) = contract.targets
    assert (target.line, target.also, target.percentile) == (2, (1,), 95)
    assert contract.contradictions == ()


def test_one_metric_with_two_bounds_is_reported_as_a_contradiction() -> None:
    contract = read_contract("- Test coverage > 85%\n\n## Later\n- Test coverage: > 90%\n")

    (clash,) = contract.contradictions
    assert (clash.metric, clash.first.line, clash.second.line) == ("test coverage", 1, 4)


def test_boxes_and_bullets_under_a_checklist_label_are_items() -> None:
    contract = read_contract(
        "## Before release\n- [ ] Rate limits set\n- [x] HTTPS on\n\n"
        "Security checklist:\n- Headers set\n- Keys rotated:\n  - every month\n\n"
        "## Quality Checklist\n\nBefore any deployment:\n\n* Tests pass\n\n## Notes\n- Not an item\n",
        first_line=10,
    )

    assert [(item.text, item.line) for item in contract.items] == [
        ("Rate limits set", 11),
        ("HTTPS on", 12),
        ("Headers set", 15),
        ("every month", 17),
        ("Tests pass", 23),
    ]


@pytest.mark.parametrize(
    "label",
    [
        "Development Standards",
        "Best practices",
        "API Design Principles",
        "Core responsibilities",
        "Deliverables",
        "Essential Considerations",
        "Key Focus Areas",
        "Coding guidelines",
    ],
)
def test_bullets_under_a_promising_label_are_promises(label: str) -> None:
    for text in (
        f"## {label}\n\n- **Log** everything\n",
        f"{label}:\n- Log everything\n",
        f"**{label}**\n\n- Log everything\n",
    ):
        assert [promise.text for promise in read_contract(text).promises] == ["Log everything"]


def test_a_skill_is_no_promise_and_a_pages_title_labels_nothing() -> None:
    assert read_contract("# Best practices agent\n\n- a bullet\n\n## Core expertise\n- Python\n").is_empty


def test_a_label_ends_where_the_next_one_begins() -> None:
    contract = read_contract("Your responsibilities:\n- Write tests\n\nTechnical expertise:\n- Python\n")

    assert [promise.text for promise in contract.promises] == ["Write tests"]


def test_steps_and_always_are_rules_of_work() -> None:
    contract = read_contract(
        "When working on a task:\n1. Read the code\n2. Write tests\n\n"
        "Good day. Always use the docs tool when a library is new. Bye.\n\n"
        "- **Research**: Never guess before reading\n"
        "- When in doubt, always ask\n"
    )

    assert [(rule.text, rule.when, rule.line) for rule in contract.rules] == [
        ("Read the code", "working on a task", 2),
        ("Write tests", "working on a task", 3),
        ("Always use the docs tool when a library is new.", "a library is new", 5),
        ("Never guess before reading", "reading", 7),
        ("When in doubt, always ask", "in doubt", 8),
    ]


def test_document_rules_name_folders_patterns_and_types() -> None:
    contract = read_contract(
        "Reports are saved in `docs/reports/`.\n\n**Specs must be stored under**: `docs/specs/`\n\n"
        "File naming convention: `YYYY-MM-DD_[topic].md`\n\nDocument types you write:\n- Post-mortems\n"
    )

    assert [(rule.kind, rule.value, rule.line) for rule in contract.documents] == [
        ("folder", "docs/reports/", 1),
        ("folder", "docs/specs/", 3),
        ("name", "YYYY-MM-DD_[topic].md", 5),
        ("type", "Post-mortems", 8),
    ]


@pytest.mark.parametrize("body", ["", "You are a poet.\n", "```\n- [ ] a\n```\n", "<!-- - [ ] a -->\n", "\x00\ud800"])
def test_an_empty_contract_says_that_it_is_one(body: str) -> None:
    assert read_contract(body) == Contract()
    assert read_contract(body).is_empty


def test_text_nested_without_end_is_read_in_time() -> None:
    assert read_contract("> " * 20_000 + "x\n" + "- " * 5_000 + "y\n" + "[" * 20_000).is_empty
