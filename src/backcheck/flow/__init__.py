"""Flows: what reaches the places where a text becomes a statement and a password becomes a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.flow.flow import Flow, Origin

if TYPE_CHECKING:
    from backcheck.backend import Backend
    from backcheck.program import Program

__all__ = ["Flow", "Origin", "analyse"]


def analyse(program: Program, backend: Backend) -> tuple[Flow, ...]:
    """Follow every handler of the Backend, and what no route reaches; give one flow for each sink that was examined."""
    from backcheck.flow.interpreter import Interpreter  # noqa: PLC0415 - flows are asked for by few items

    return Interpreter(program, backend).analyse()
