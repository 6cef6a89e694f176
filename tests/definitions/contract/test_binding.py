"""Binding: which items answer a line of a contract."""

from __future__ import annotations

import pytest

from backcheck.definitions.contract import bind, bind_contract, read_contract
from backcheck.definitions.contract.stemming import stem
from backcheck.definitions.items import load_items


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
    ],
)
def test_a_line_binds_to_the_item_that_answers_it(line: str, item: str) -> None:
    assert item in bind(line, load_items().values())


@pytest.mark.parametrize(
    "line",
    [
        "Rate limiting is not required",
        "No rate limiting",
        "Don't add rate limiting",
        "Works without HTTPS being enforced",
        "Write clean code",
        "",
    ],
)
def test_a_negated_line_or_one_about_something_else_binds_to_none(line: str) -> None:
    assert bind(line, load_items().values()) == ()


def test_the_negation_of_a_bound_is_no_negation() -> None:
    line = "p95 response time no more than 200 ms"

    assert "p95-above-target" in bind(line, load_items().values())


def test_every_line_of_a_contract_is_bound_or_manual() -> None:
    contract = read_contract(
        "## Checklist\n- Rate limiting configured\n- Tea is served\n\n## Standards\n- Tests: 90% coverage\n"
    )

    bound = bind_contract(contract, load_items())

    assert bound.items == ("login-not-throttled",)
    assert [line.entry.text for line in bound.manual] == ["Tea is served", "Tests: 90% coverage"]


def test_a_step_that_only_looks_is_manual() -> None:
    contract = read_contract("## Workflow\n1. Review the SQL injection report\n2. Add rate limiting\n")

    assert [line.bound for line in bind_contract(contract, load_items()).lines] == [(), ("login-not-throttled",)]
