"""Binding: which items answer a line of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.definitions.contract import Target, bind, bind_contract, read_contract
from backcheck.definitions.contract.stemming import stem
from backcheck.definitions.items import load_items

if TYPE_CHECKING:
    from pathlib import Path

ITEMS = load_items()


def bound(line: str, *, label: str = "", agent: str = "", step: bool = False) -> tuple[str, ...]:
    return bind(line, ITEMS.values(), label=label, agent=agent, step=step)


@pytest.mark.parametrize(
    "family",
    [
        "validate validates validated validating validation validator",
        "authenticate authenticated authentication",
        "authorize authorized authorization authorise authorisation",
        "query queries",
        "limit limits limited limiting limiter",
        "index indexes indices indexing indexed",
        "cache caches cached caching",
        "paginate paginated pagination",
        "encrypt encrypted encryption",
        "dependency dependencies",
        "hash hashes hashed hashing",
        "log logs logged logging",
        "optimise optimized optimization",
        "key keys key's",
        "api apis",
        "manage management managing",
    ],
)
def test_the_forms_of_a_word_have_one_stem(family: str) -> None:
    assert len({stem(word) for word in family.split()}) == 1


@pytest.mark.parametrize("pair", ["http https", "user use", "validate value", "author authorize", "string strict"])
def test_different_words_keep_different_stems(pair: str) -> None:
    one, other = pair.split()

    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    "line, item",
    [
        ("Rate limiting configured", "login-not-throttled"),
        ("RATE LIMITS are configured", "login-not-throttled"),
        ("All inputs are validated", "body-not-validated"),
        ("Use parameterized queries to prevent SQL injection", "sql-injection"),
        ("HTTPS enforced", "https-not-enforced"),
        ("Security headers set", "security-headers-missing"),
        ("Paginate list endpoints", "list-not-paginated"),
        ("API response time: < 200ms (95th percentile)", "p95-above-target"),
        ("p95 latency under 200 ms", "p95-above-target"),
        ("Replies: response time of at most 0.5 s", "p95-above-target"),
        ("Check that every payload is validated", "body-not-validated"),
        ("Callers of each endpoint must be authenticated", "route-not-authenticated"),
        ("Is the log-in safe from brute force?", "login-not-throttled"),
        ("Keys come from environment variables; a token is never hardcoded", "secret-in-source"),
        ("No hard-coded passwords, keys or tokens", "secret-in-source"),
        ("Missing rate limits", "login-not-throttled"),
        ("Guard against N+1 query problems", "query-in-loop"),
        ("Relations are fetched by eager loading", "query-in-loop"),
        ("Every outgoing call has a time-out", "call-without-timeout"),
        ("No blocking calls on the event loop", "blocking-call-in-async"),
        ("Foreign keys have an index", "foreign-key-without-index"),
        ("Lockfile committed", "dependency-not-locked"),
        ("Scan the dependencies at every build", "dependency-vulnerable"),
        ("Vulnerabilities: none critical", "dependency-vulnerable"),
        ("Passwords are never stored in plain text", "password-stored-in-clear"),
        ("Calls to partners without a timeout", "call-without-timeout"),
        ("Bodies of requests are read without validation", "body-not-validated"),
        ("Secret management by environment variables — never in the source", "secret-in-source"),
        ("Dependencies are up to date", "dependency-vulnerable"),
        ("Dependencies updated before a release", "dependency-vulnerable"),
        ("Sensitive data is encrypted", "password-stored-in-clear"),
    ],
)
def test_a_line_binds_to_the_item_that_answers_it(line: str, item: str) -> None:
    assert item in bound(line)


@pytest.mark.parametrize(
    "line",
    [
        "Rate limiting is not required",
        "No rate limiting",
        "Don't add rate limiting",
        "Works without HTTPS being enforced",
        "Disable rate limiting in the sandbox",
        "Write clean code",
        "",
    ],
)
def test_a_negated_line_or_one_about_something_else_binds_to_none(line: str) -> None:
    assert bound(line) == ()


def test_the_negated_end_of_a_sentence_leaves_its_beginning() -> None:
    assert bound("Parameterized queries everywhere, never glued strings") == ("sql-injection",)


@pytest.mark.parametrize(
    "line",
    [
        "Knows how rate limiting works",
        "Understand SQL injection and its cousins",
        "Deep knowledge of input validation",
        "Look for missing rate limits",
        "Check the dependencies' vulnerability reports",
        "Rate limit documentation",
        "Rate limits documented in the portal",
        "Tutorials on caching, authentication and rate limiting",
        "Test the input validation with odd payloads",
        "Authentication, sessions and input validation testing",
        "Count authentication failures",
        "Authentication/authorization requirements",
        "Instrument the brute force guard",
        "Log every rate limit violation",
        "Which input validation does the team want?",
        "Weigh authentication libraries",
        "Start a new session after authentication",
        "Meet to discuss pagination",
        "Design the authentication of the next release",
        "401: authentication is missing",
        'Ask "shall I add rate limiting?"',
        "Secrets: [how the secret management will be done]",
        "See [the guide](https://example.org/rate-limiting/https)",
        "Tours live in `authentication.tour`",
    ],
)
def test_talk_of_a_matter_binds_to_none(line: str) -> None:
    assert bound(line) == ()


@pytest.mark.parametrize(
    "line",
    [
        "The rate at which a team of three can write is its limit",
        "List the rates, limits and fees of a plan",
        "A request is filed; then somebody validates the invoice",
        "Hardcoded spacing is replaced by design tokens",
        "Encryption keys rotate; data in transit to the warehouse is counted",
    ],
)
def test_the_words_of_a_group_have_to_stand_together(line: str) -> None:
    assert bound(line) == ()


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("Respect the rate limits of the partner's API", "login-not-throttled"),
        ("Back off at rate limits: exponential backoff", "login-not-throttled"),
        ("Two-factor authentication for administrators", "route-not-authenticated"),
        ("Mail authentication by SPF and DKIM", "route-not-authenticated"),
        ("Authenticated encryption modes only", "route-not-authenticated"),
        ("Payments are authorized before they are captured", "route-not-authenticated"),
        ("Validated training data for the model", "body-not-validated"),
        ("Full-text search index of the documents table", "foreign-key-without-index"),
        ("Certificate pinning on top of TLS", "https-not-enforced"),
        ("Session timeout of the browser", "call-without-timeout"),
        ("Circuit breakers around flaky peers", "call-without-timeout"),
        ("Optimized queries", "query-in-loop"),
        ("Dependencies between tasks are managed", "dependency-not-locked"),
        ("Restore the lock file of the last release", "dependency-not-locked"),
        ("Dependencies are up to date", "dependency-not-locked"),
        ("Sensitive data is stored encrypted", "secret-in-source"),
        ("Columns that are searched have a database index", "foreign-key-without-index"),
        ("Vulnerability scanning of the whole estate", "dependency-vulnerable"),
        ("Scan container images for vulnerabilities", "dependency-vulnerable"),
    ],
)
def test_the_same_words_on_another_matter_do_not_bind(line: str, item: str) -> None:
    assert item in ITEMS
    assert item not in bound(line)


@pytest.mark.parametrize(
    "line",
    [
        "First response time < 4 hours",
        "Response time below 5 minutes in an incident",
        "Average response time: < 200 ms",
        "Page load: response under 2 s",
        "Inference latency p95 < 50 ms",
        "Database query response time < 20 ms",
        "Response times are watched",
        "Latency: p50, p95 and p99",
        "Alert when p95 response time > 2 s",
        "Uptime of 99.9%",
    ],
)
def test_a_figure_that_is_no_bound_of_an_apis_response_time_does_not_bind(line: str) -> None:
    assert "p95-above-target" not in bound(line)


def test_a_target_binds_by_what_it_bounds() -> None:
    contract = read_contract("## Standards\n- Sub-200ms response time with 99.9% uptime, behind authentication\n")

    lines = bind_contract(contract, ITEMS).lines

    assert [(line.entry.metric, line.bound) for line in lines if isinstance(line.entry, Target)] == [
        ("response time", ("p95-above-target",)),
        ("uptime", ()),
    ]


@pytest.mark.parametrize(
    "label",
    [
        "API documentation standards",
        "Questions to ask",
        "Knowledge areas",
        "Fault detection standards",
        "Propose fixes:",
    ],
)
def test_below_a_label_of_talk_nothing_binds(label: str) -> None:
    assert bound("Rate limiting") == ("login-not-throttled",)
    assert bound("Rate limiting", label=label) == ()


def test_below_a_label_of_what_to_avoid_only_a_fault_binds() -> None:
    assert bound("Secrets in the source code", label="Never:") == ("secret-in-source",)
    assert bound("Rate limiting", label="Never:") == ()


def test_a_short_label_tells_of_the_matter_and_a_long_one_of_many() -> None:
    line = "Rate limiting and retries"

    assert bound(line, label="Web scraping practices") == ()
    assert bound(line, label="Your scraping agent also builds services, and these are what it promises:") != ()


def test_an_agent_of_another_field_promises_nothing_of_a_service() -> None:
    assert bound("Validate all inputs", agent="flutter-expert") == ()
    assert bound("Validate all inputs", agent="mcp-server-architect") == ()
    assert bound("Validate all inputs", agent="game-api-developer") == ("body-not-validated",)
    assert bound("No hardcoded secrets", agent="flutter-expert") == ("secret-in-source",)


@pytest.mark.parametrize(
    ("step", "items"),
    [
        ("Add rate limiting", ("login-not-throttled",)),
        ("**Security**: Implement input validation", ("body-not-validated",)),
        ("Always use parameterized queries", ("sql-injection",)),
        ("Never hardcode a secret", ("secret-in-source",)),
        ("Verify that HTTPS is enforced", ("https-not-enforced",)),
        ("Authentication & authorization", ()),
        ("Verify authorization", ()),
        ("Validate authorization", ()),
        ("Validate every input", ("body-not-validated",)),
        ("Security headers, then caching", ()),
    ],
)
def test_a_step_binds_by_what_it_demands(step: str, items: tuple[str, ...]) -> None:
    assert bound(step, step=True) == items


def test_a_page_says_when_it_answers_and_when_it_does_not(tmp_path: Path) -> None:
    page = tmp_path / "operations" / "debug-endpoint.md"
    page.parent.mkdir()
    page.write_text(
        "---\ntitle: x\nseverity: low\nconfidence: low\nsubject: route\nmethod: static\nstatus: stable\nsince: 0.1.0\n"
        "answers: [debug endpoint, =profiling, no stack trace, startup <ms>, '!!']\nunless: [staging, load test]\n---\n"
        "## What it checks\nx\n"
    )
    items = load_items(tmp_path)
    own = [items["debug-endpoint"]]

    def answers(line: str) -> bool:
        return bind(line, own) == ("debug-endpoint",)

    assert answers("Debug endpoints are off in production")
    assert not answers("Debug endpoints are off in staging")
    assert not answers("Debug endpoints under a load of tests in a test of load")
    assert answers("Profiling only for administrators")
    assert not answers("Profiled once a month")
    assert answers("Stack traces never leave the server")
    assert answers("Startup < 300 ms")
    assert not answers("Startup < 3 minutes")
    assert not answers("!!")
    assert bind("Debug endpoints are off", own, agent="flutter-expert") == ("debug-endpoint",)


def test_a_line_without_end_is_bound_in_time() -> None:
    line = "validate the rate of every secret, limit and input (header) " * 3_000

    assert isinstance(bound(line), tuple)


def test_the_negation_of_a_bound_is_no_negation() -> None:
    line = "p95 response time no more than 200 ms"

    assert "p95-above-target" in bound(line)


def test_every_line_of_a_contract_is_bound_or_manual() -> None:
    contract = read_contract(
        "## Checklist\n- Rate limiting configured\n- Tea is served\n\n## Standards\n- Tests: 90% coverage\n"
    )

    lines = bind_contract(contract, ITEMS)

    assert lines.items == ("login-not-throttled",)
    assert [line.entry.text for line in lines.manual] == ["Tea is served", "Tests: 90% coverage"]


def test_a_step_that_only_looks_is_manual() -> None:
    contract = read_contract("## Workflow\n1. Review the SQL injection report\n2. Add rate limiting\n")

    assert [line.bound for line in bind_contract(contract, ITEMS).lines] == [(), ("login-not-throttled",)]
