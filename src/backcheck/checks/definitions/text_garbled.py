"""Text that is no UTF-8: the client reads other characters than the author wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge the bytes of every definition that loads: whether they are UTF-8."""
    for definition, _ in definitions.alive:
        try:
            definition.content.decode("utf-8")
        except UnicodeDecodeError as error:
            lost = definition.content.decode("utf-8", "replace").count("\ufffd")
            reason = f"the file is no UTF-8: the client reads U+FFFD for {lost} of its characters"
            yield failed(definition, reason, at=(definition.between(error.start, error.end),))
        else:
            yield passed(definition, "the file is UTF-8")
