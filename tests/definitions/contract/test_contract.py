"""Contracts: what the text of a definition promises, read from its Markdown."""

from __future__ import annotations

import time

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
        ("Handle more than 1,000 requests per second", ("requests", ">", 1000, "/s", None, "")),
        ("Throughput: > 500 RPS", ("throughput", ">", 500, "/s", None, "")),
        ("RTO < 1 hour", ("rto", "<", 1, "h", None, "")),
        ("Test suite runs within 15 minutes", ("test suite", "<=", 15, "min", None, "")),
        ("CPU utilization: < 50% under normal load", ("cpu utilization", "<", 50, "%", None, "under normal load")),
        ("Security vulnerabilities: 0 critical/high", ("security vulnerabilities", "=", 0, "", None, "critical/high")),
        ("Zero critical vulnerabilities", ("vulnerabilities", "=", 0, "", None, "critical")),
        ("Rollback < 30s verified", ("rollback", "<", 30, "s", None, "")),
        ("Image size < 250 MB", ("image size", "<", 250, "MB", None, "")),
        ("Lock waits < 1% minimized", ("lock waits", "<", 1, "%", None, "")),
        ("Tests with > 85% coverage", ("coverage", ">", 85, "%", None, "")),
        ("Test automation > 80% coverage", ("test automation coverage", ">", 80, "%", None, "")),
        (
            "Test Coverage: 90%+ unit and integration test coverage",
            ("test coverage", ">=", 90, "%", None, "unit and integration"),
        ),
        ("API Response Time: sub-200ms average response time", ("api response time", "<", 200, "ms", None, "average")),
        ("Error rate: <0.1% order failures", ("error rate", "<", 0.1, "%", None, "order failures")),
        ("Service availability 99.95% achieved", ("service availability", ">=", 99.95, "%", None, "")),
        ("Test coverage meets or exceeds 90%", ("test coverage", ">=", 90, "%", None, "")),
        ("Checks must complete in under 10 seconds", ("checks", "<", 10, "s", None, "")),
        ("No file with more than 500 lines", ("file", "<=", 500, "lines", None, "")),
        ("LCP (largest paint) < 2.5s", ("lcp", "<", 2.5, "s", None, "largest paint")),
        ("Inference latency within budget (e.g., <50ms)", ("inference latency within budget", "<", 50, "ms", None, "")),
        ("Cost per request < $0.01", ("cost per request", "<", 0.01, "$", None, "")),
        ("Up to 10M rows: query time < 2 s", ("query time", "<", 2, "s", None, "")),
        ("Contrast ratio of at least 4.5:1", ("contrast ratio", ">=", 4.5, ":1", None, "")),
        ("Taxa de erro < 5%", ("taxa de erro", "<", 5, "%", None, "")),
        ("测试时间 < 10 分钟", ("测试时间", "<", 10, "min", None, "")),
        ("80% 이상 테스트 커버리지", ("테스트 커버리지", ">=", 80, "%", None, "")),
        ("Latency `< 20ms` at p99", ("latency", "<", 20, "ms", 99, "")),
        ("Image optimization: 70% reduction in image sizes", ("reduction in image sizes", ">=", 70, "%", None, "")),
        ("Traffic: 30% growth", ("traffic growth", ">=", 30, "%", None, "")),
        ("Sub-10ms end-to-end latency", ("end-to-end latency", "<", 10, "ms", None, "")),
        ("Clips: 9:16 frames, 60 seconds maximum", ("clips", "<=", 60, "s", None, "")),
        ("Event bus: 10,000+ events/second", ("event bus", ">=", 10_000, "/s", None, "")),
        ("Simplify onboarding to < 5 minutes", ("onboarding", "<", 5, "min", None, "")),
        ("Validate that builds take under 5 minutes", ("builds", "<", 5, "min", None, "")),
        ("Services enabling sub-100ms searches", ("searches", "<", 100, "ms", None, "")),
        ("Success criteria: 90%+ resolution rate", ("resolution rate", ">=", 90, "%", None, "")),
        ("Queue rate < 10%: High-quality groups", ("queue rate", "<", 10, "%", None, "")),
    ],
)
def test_a_numeric_target_is_read_in_each_spelling(
    line: str, target: tuple[str, str, float, str, float | None, str]
) -> None:
    assert targets(f"- {line}\n") == [target]


@pytest.mark.parametrize(
    "text, target",
    [
        ("## Success metrics\n- Answers: 100+ average votes\n", ("votes", ">=", 100, "", None, "average")),
        ("## Success metrics\n- Depth: Target 2+ deep reads a day\n", ("deep reads a day", ">=", 2, "", None, "")),
        ("## Metrics\n- Insight depth: 40% more useful\n", ("insight depth", ">=", 40, "%", None, "more useful")),
        ("## Alerts\n- Criteria: < 1 h latency\n", ("latency", "<", 1, "h", None, "")),
    ],
)
def test_what_stands_around_a_number_makes_it_a_target(
    text: str, target: tuple[str, str, float, str, float | None, str]
) -> None:
    assert targets(text) == [target]


def test_a_table_states_the_targets_of_the_column_that_asks() -> None:
    table = (
        "| Metric | Target | Warning |\n|---|---|---|\n| p95 latency | < 200ms | > 500ms |\n| Hit rate | 90%+ | 80% |\n"
    )

    assert targets(table) == [("latency", "<", 200, "ms", 95, ""), ("hit rate", ">=", 90, "%", None, "")]


def test_the_label_lends_its_percentile_and_its_measure() -> None:
    assert targets("Response time (p95):\n- < 200ms\n- Writes: < 1000ms\n") == [
        ("response time", "<", 200, "ms", 95, ""),
        ("writes", "<", 1000, "ms", 95, ""),
    ]


def test_of_many_contradictions_each_bound_is_in_one_pair() -> None:
    contract = read_contract("".join(f"- Latency < {value}ms\n" for value in range(1, 3000)))

    assert len(contract.targets) == 2999
    assert {clash.first.value for clash in contract.contradictions} == {1}


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
        "- Large functions (> 50 lines)",
        "- Alert when CPU > 80%",
        "- If latency exceeds 100ms, add a cache",
        "- Errors above 5% of requests for 5 minutes",
        "- Forecast accuracy within ±5%",
        "- Failures decrease by 50%, as uptime shows",
        "- About ~20% of the time is spent here",
        "- Needs axe version >= 4.5",
        "- HIGH: coverage > 80%",
        "- > 15 validators: good",
        "- Is a coverage of 90% enough?",
        "- Allow 50-70% headroom of compliance",
        "- 24x24 px targets",
        "- Test coverage below 85%",
        "- React 19+ features used",
        "## Red flags\n- Error rate < 5%",
        "## Anti-patterns\n- Uptime of 99%",
        "❌ Never:\n- Latency < 5ms",
        "| Level | Share |\n|---|---|\n| Coverage | > 80% |",
        '- Report: "Achieved 99.99% uptime and p95 < 100ms"',
        "> API response time: < 200ms",
        "```\nAPI response time: < 200ms\n- [ ] box\n```",
        "<example>\nAPI response time: < 200ms\n</example>",
        "- Map a -> b and x => 5",
        "- PHP 8.1+ and Flutter 3+",
        "Use `limit < 100` in the query",
        "- Keep writes < 10Hz",
        "- Yearly views > 50 million",
        "- Cyclomatic complexity > 15",
        "- Growth phase: 50% paid",
        "- Large text (18px+ bold) may be grey",
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


@pytest.mark.parametrize(
    "label",
    [
        "检查清单",
        "質量檢查清單",
        "チェックリスト",
        "품질 체크리스트",
        "Lista de verificação",
        "Lista de comprobación",
        "Checkliste",
    ],
)
def test_a_checklist_is_one_in_other_languages(label: str) -> None:
    assert [item.text for item in read_contract(f"## {label}\n- x\n").items] == ["x"]


@pytest.mark.parametrize(
    "label",
    [
        "核心职责",
        "最佳实践",
        "主要原則",
        "ベストプラクティス",
        "핵심 책임",
        "Responsabilidades principais",
        "Mejores prácticas",
        "Temel İlkeler",
    ],
)
def test_a_promise_is_one_in_other_languages(label: str) -> None:
    assert [promise.text for promise in read_contract(f"## {label}\n- x\n").promises] == ["x"]


@pytest.mark.parametrize(
    "label",
    [
        "When to use",
        "Use this agent when",
        "Expertise",
        "Tech stack",
        "Non-goals",
        "Requirements analysis",
        "Example principles",
    ],
)
def test_other_labels_promise_nothing(label: str) -> None:
    assert read_contract(f"## {label}\n- x\n").promises == ()


def test_what_must_not_be_is_a_rule_and_no_promise() -> None:
    contract = read_contract("## Best practices\n- Log in JSON\n- ❌ Secrets in logs\n\n**Never**:\n- Print tokens\n")

    assert [promise.text for promise in contract.promises] == ["Log in JSON"]
    assert [rule.text for rule in contract.rules] == ["Never: Secrets in logs", "Never: Print tokens"]


@pytest.mark.parametrize(
    "text",
    [
        "````markdown\n- [ ] a\n```sh\nx\n```\n- [ ] b\n````\n",
        "```markdown\n- [ ] a\n```sh\nx\n```\n- [ ] b\n```\n",
        "1. Report:\n   ```\n   - [ ] a\n   ```\n",
        "## Report template\n- [ ] a\n",
        "> - [ ] a\n",
        "<!--\n- [ ] a\n-->\n",
    ],
)
def test_a_template_holds_no_items(text: str) -> None:
    assert read_contract(text).items == ()


def test_lists_are_read_as_people_write_them() -> None:
    contract = read_contract(
        "1. **Quality checklist**:\n  - two columns in\n  - [x] done\n\n<release_checklist>\n* in a tag\n</release_checklist>\n\n"
        "Release checklist\uff1a\n• a round bullet\n"
    )

    assert [item.text for item in contract.items] == ["two columns in", "done", "in a tag", "a round bullet"]


def test_steps_and_always_are_rules_of_work() -> None:
    contract = read_contract(
        "When working on a task:\n1. Read the code\n2. Write tests\n\n"
        "Good day. Always use the docs tool when a library is new. Bye.\n\n"
        "- **Research**: Never guess before reading\n"
        "- When in doubt, always ask\n"
        "- When a test fails, mend it first\n"
        "- When a test fails, the build is red\n\n"
        "Use Grep to find callers. Use indexes for speed. Don't guess.\n\n"
        "## Rules\n- Small commits\n\n## Capabilities\n### Release process\n- Tagging\n"
    )

    assert [(rule.text, rule.when, rule.line) for rule in contract.rules] == [
        ("Read the code", "working on a task", 2),
        ("Write tests", "working on a task", 3),
        ("Always use the docs tool when a library is new.", "a library is new", 5),
        ("Never guess before reading", "reading", 7),
        ("When in doubt, always ask", "in doubt", 8),
        ("When a test fails, mend it first", "a test fails", 9),
        ("Use Grep to find callers.", "", 12),
        ("Don't guess.", "", 12),
        ("Small commits", "", 15),
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


def test_only_documents_have_document_rules() -> None:
    contract = read_contract(
        "- Place models in `app/Models/`\n- Save each decision to `docs/adr/ADR-[number]-[title].md`\n- All docs go to docs/api/.\n"
    )

    assert [(rule.kind, rule.value, rule.line) for rule in contract.documents] == [
        ("folder", "docs/adr/", 2),
        ("name", "ADR-[number]-[title].md", 2),
        ("folder", "docs/api/", 3),
    ]


@pytest.mark.parametrize("body", ["", "You are a poet.\n", "```\n- [ ] a\n```\n", "<!-- - [ ] a -->\n", "\x00\ud800"])
def test_an_empty_contract_says_that_it_is_one(body: str) -> None:
    assert read_contract(body) == Contract()
    assert read_contract(body).is_empty


def test_text_nested_without_end_is_read_in_time() -> None:
    assert read_contract("> " * 20_000 + "x\n" + "- " * 5_000 + "y\n" + "[" * 20_000).is_empty


@pytest.mark.parametrize(
    "body",
    [
        "```\n```x\n" * 30_000,
        "<!--" * 60_000,
        "<example>" * 30_000,
        "- latency < 100ms (p95)\n" * 10_000,
        ("- " + "a (" * 600 + "< 5ms\n") * 100,
        ("- latency < 5ms " + "really " * 260 + "\n") * 100,
        ("- " + "< 1 " * 480 + "\n") * 60,
        "".join(" " * depth + "- a\n" for depth in range(600)),
        "1 " * 120_000,
    ],
    ids=range(9),
)
def test_a_hostile_body_is_read_in_time(body: str) -> None:
    began = time.process_time()
    read_contract(body)
    assert time.process_time() - began < 3


def test_a_paragraph_that_introduces_several_bold_labels_stands_above_all_of_them() -> None:
    body = (
        "Your core responsibilities include:\n\n**Planning:**\n- Write plans\n\n**Triage:**\n- Sort defects\n\n"
        "Some words on the team.\n\n**History:**\n- Founded long ago\n"
    )

    assert [promise.text for promise in read_contract(body).promises] == ["Write plans", "Sort defects"]


def test_a_label_that_a_table_answers_stands_above_nothing_else() -> None:
    body = "Choose by these criteria:\n\n| a | b |\n|---|---|\n| c | d |\n\n**Matrix:**\n- Slow and deep\n"

    assert read_contract(body).is_empty


def test_below_an_output_format_only_what_is_asked_for_is_promised() -> None:
    body = "## Output format\n\nFor each finding, provide:\n- File and line\n\n**Standards:**\n- [Name]\n"

    assert [promise.text for promise in read_contract(body).promises] == ["File and line"]


def test_only_and_a_verb_is_a_rule_and_so_is_a_step_that_asks_at_its_end() -> None:
    body = (
        "Only report defects that you can prove. Only tests count.\n\n"
        "1. Read the whole request first. What is it about?\n2. What is missing?\n"
    )

    assert [rule.text for rule in read_contract(body).rules] == [
        "Only report defects that you can prove.",
        "Read the whole request first. What is it about?",
    ]


def test_procedures_name_topics_unless_they_are_numbered() -> None:
    body = "## Rollback procedures\n- Backup checks\n\n## Release procedure\n1. Tag the commit\n"

    assert [rule.text for rule in read_contract(body).rules] == ["Tag the commit"]
