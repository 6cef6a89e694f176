"""Reading of JavaScript's object displays, in which its ORMs take their options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Literal, Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program.form import Expr


def option(options: Expr | None, name: str) -> Expr | None:
    """Return the value of an option; None where it is not written there."""
    return next((value for key, value in entries(options) if key == name), None)


def entries(options: Expr | None) -> Iterator[tuple[str, Expr]]:
    """Give the entries of an object display whose keys are written out."""
    if isinstance(options, Mapping):
        for key, value in options.entries:
            if isinstance(key, Literal) and isinstance(key.value, str):
                yield key.value, value


def text(expr: Expr | None) -> str:
    """Return a string that is written out; empty for anything else."""
    return expr.value if isinstance(expr, Literal) and isinstance(expr.value, str) else ""


def names(expr: Expr | None) -> list[str]:
    """Return the columns that an array names, by string or by `{name: …}`, or a string alone."""
    if isinstance(expr, Sequence):
        return [text(item) or text(option(item, "name")) or text(option(item, "attribute")) for item in expr.items]
    return [found] if (found := text(expr)) else []


def is_true(expr: Expr | None) -> bool:
    """Whether an option is given and not `false`; a name of a constraint counts."""
    return isinstance(expr, Literal | Mapping) and (isinstance(expr, Mapping) or bool(expr.value))


def is_false(expr: Expr | None) -> bool:
    """Whether an option is `false`."""
    return isinstance(expr, Literal) and expr.value is False
