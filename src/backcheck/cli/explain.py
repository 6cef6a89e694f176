"""`backcheck explain`: the page of an item."""

from __future__ import annotations

from typing import Annotated

import typer

from backcheck.cli._output import emit


def explain(
    item: Annotated[str, typer.Argument(help="Id of an item; without it every item is listed.")] = "",
) -> None:
    """Tell what an item checks, why it matters and how to mend it."""
    from backcheck.definitions.items import load_items, unknown_item

    items = load_items()
    if not item:
        width = max(map(len, items), default=0)
        emit("".join(f"{name:<{width}}  {entry.area:<11}  {entry.title}\n" for name, entry in sorted(items.items())))
        return
    if item not in items:
        raise unknown_item(item, items)
    found = items[item]
    facts = [f"{found.severity.value} severity", f"{found.confidence.value} confidence", found.method.value]
    facts += [f"CWE-{number}" for number in found.cwe] + list(found.owasp) + [f"ASVS {number}" for number in found.asvs]
    emit(f"# {found.title}\n\n{found.id} ({found.area}): {', '.join(facts)}\n\n{found.page.body.strip()}\n")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)
