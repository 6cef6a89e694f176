"""How the commands that write definitions for clients tell what a client cannot express."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backcheck.definitions.lowering.exported import Loss

_LONGEST = 160
"""Characters of a definition's own text that are quoted."""


def tell(losses: Iterable[tuple[str, tuple[Loss, ...]]]) -> None:
    """Print on standard error what each agent brings, gains, loses and needs, in this order."""
    from backcheck.definitions.lowering.exported import Effect

    order = list(Effect)
    for name, several in losses:
        for loss in sorted(several, key=lambda one: order.index(one.effect)):
            what, why = (_short(text) for text in (loss.what, loss.why))
            typer.echo(printable(f"{name}: {loss.effect.value} {what}: {why}", keep=""), err=True)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} …"
