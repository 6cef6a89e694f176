"""`backcheck agents`: what definitions say, what clients make of them, and what they promise. One module a command."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import typer


def register(app: typer.Typer) -> None:
    """Add the group, with the command of every module in this package."""
    group = typer.Typer(help="Read, mend and install agent definitions.", no_args_is_help=True)
    for module in iter_modules(__path__):
        if not module.name.startswith("_"):
            import_module(f"{__name__}.{module.name}").register(group)
    app.add_typer(group, name="agents")
