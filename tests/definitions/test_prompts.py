"""Prompts: only shipped ones, strictly filled."""

from __future__ import annotations

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from backcheck.definitions.prompts import render


def test_values_are_data_and_never_read_as_templates_or_escaped() -> None:
    text = render("environment", tools=["<read>", "{{ 7 * 7 }}"], sandboxed=True, items=[], overview="")

    assert "<read>, {{ 7 * 7 }}" in text


def test_a_missing_value_is_an_error_and_no_blank() -> None:
    with pytest.raises(UndefinedError):
        render("environment")


@pytest.mark.parametrize("name", ["nowhere", "../checklists/ci", "/etc/hostname"])
def test_a_prompt_that_is_not_shipped_is_not_found(name: str) -> None:
    with pytest.raises(TemplateNotFound):
        render(name)
