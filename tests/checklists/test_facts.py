"""A check gets what its parameters name, and nothing is worked out that nobody asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.checks import Facts, run
from backcheck.extract import extract
from backcheck.findings import passed
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backcheck.backend import Backend, Manifest, Route
    from backcheck.evidence import Report
    from backcheck.findings import Judgement


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    (tmp_path / "package.json").write_text('{"dependencies": {"express": "4"}}', "utf-8")
    program = load(collect(tmp_path))
    return Facts(program, extract(program))


def test_a_check_gets_the_facts_that_its_parameters_name(facts: Facts) -> None:
    def check(manifests: tuple[Manifest, ...], routes: tuple[Route, ...], backend: Backend) -> Iterator[Judgement]:
        assert routes == backend.routes == ()
        for manifest in manifests:
            yield passed(manifest)

    assert [judgement.subject.id for judgement in run(check, facts)] == ["package.json"]


def test_flows_are_worked_out_when_a_check_asks_for_them_and_once(facts: Facts) -> None:
    def without(reports: tuple[Report, ...]) -> Iterator[Judgement]:
        return iter(())

    def asking(flows: tuple[object, ...]) -> Iterator[Judgement]:
        assert flows is facts.flows
        return iter(())

    run(without, facts)
    assert "flows" not in vars(facts)
    run(asking, facts)
    assert "flows" in vars(facts)


def test_a_check_that_asks_for_what_nobody_has_is_at_fault(facts: Facts) -> None:
    def check(weather: object) -> Iterator[Judgement]:
        return iter(())

    with pytest.raises(TypeError, match="no facts are named 'weather'"):
        run(check, facts)
