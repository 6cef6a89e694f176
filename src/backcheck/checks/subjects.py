"""What checks are given: facts by the names of their parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING

from backcheck.flow import analyse

if TYPE_CHECKING:
    from backcheck.backend import Backend
    from backcheck.checks.finding import Check
    from backcheck.definitions.contract import Target
    from backcheck.evidence import Report
    from backcheck.findings import Judgement
    from backcheck.flow import Flow
    from backcheck.program import Program


@dataclass(frozen=True)
class Facts:
    """Everything that is known of one code base when it is judged.

    A check asks by parameter name for any attribute of this class or of its Backend: `routes`, `applications`, `calls`,
    `tables`, `settings`, `manifests`, `deployment`, `flows`, `reports`, `targets`, `backend`.
    """

    program: Program
    backend: Backend
    reports: tuple[Report, ...] = ()
    targets: tuple[Target, ...] = ()

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """The flows; worked out when the first check asks for them."""
        return analyse(self.program, self.backend)

    def named(self, name: str) -> object:
        """Return the facts of that name. Raises `TypeError` for a name that no facts have: the check is at fault."""
        for holder in (self, self.backend):
            if hasattr(holder, name):
                return getattr(holder, name)
        raise TypeError(f"no facts are named {name!r}")


def run(check: Check, facts: Facts) -> list[Judgement]:
    """Return what the check says of these facts."""
    return list(check(**{name: facts.named(name) for name in signature(check).parameters}))
