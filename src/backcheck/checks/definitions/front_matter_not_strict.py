"""A front matter that only a forgiving client reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.clients import STRICT_YAML, Outcome
from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every definition that loads: whether a reader that takes nothing but YAML has it too."""
    for definition, _ in definitions.alive:
        if definition.strict.outcome is Outcome.DEAD:
            reason = (
                f"it loads in {definitions.client} by its second try alone; {STRICT_YAML}: {definition.strict.reason}"
            )
            yield failed(definition, reason, at=definition.mended("literal-newline"))
        else:
            yield passed(definition, "strict YAML has it too")
