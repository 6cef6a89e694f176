"""What checks are given: facts by the names of their parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING, Protocol

from backcheck.extract.settings.secrecy import is_secret_value
from backcheck.flow import analyse

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.backend import Backend
    from backcheck.checks.finding import Check
    from backcheck.definitions.contract import Target
    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.evidence import Report
    from backcheck.findings import Judgement
    from backcheck.flow import Flow
    from backcheck.program import Program


class Named(Protocol):
    """Facts that a check may ask for by name."""

    def named(self, name: str) -> object:
        """Return the facts of that name. Raises `TypeError` for a name that no facts have: the check is at fault."""


@dataclass(frozen=True)
class Facts:
    """Everything that is known of one code base when it is judged.

    A check asks by parameter name for any attribute of this class or of its Backend: `routes`, `applications`, `calls`,
    `tables`, `settings`, `manifests`, `deployment`, `flows`, `reports`, `targets`, `definitions`, `is_secret`, `backend`.
    """

    program: Program
    backend: Backend
    reports: tuple[Report, ...] = ()
    targets: tuple[Target, ...] = ()
    definitions: Definitions | None = None
    """The repository's agent definitions; None where no check that was chosen asks for them."""

    @property
    def is_secret(self) -> Callable[[str], bool]:
        """Whether a text has the form of a provider's token, a private key, or an address with a password in it."""
        return is_secret_value

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


@dataclass(frozen=True, slots=True)
class DefinitionFacts:
    """What is known of agent definitions alone, where no code is looked at."""

    definitions: Definitions

    def named(self, name: str) -> object:
        """Return the definitions, or what tells secrets. Raises `TypeError` for any other name."""
        match name:
            case "definitions":
                return self.definitions
            case "is_secret":
                return is_secret_value
            case _:
                raise TypeError(f"no facts are named {name!r} where definitions alone are judged")


def run(check: Check, facts: Named) -> list[Judgement]:
    """Return what the check says of these facts."""
    return list(check(**{name: facts.named(name) for name in signature(check).parameters}))
