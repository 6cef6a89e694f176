"""`guard.unless({path: […], method: […]})` of express-unless: which requests it spares its guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.extract.express.values import External, Items, Known, Record

if TYPE_CHECKING:
    from backcheck.extract.express.trial import Asked
    from backcheck.extract.express.values import Value


def is_unless(value: Value) -> bool:
    """Return whether a middleware is a guard with exemptions."""
    return isinstance(value, External) and value.symbol.endswith(".unless()")


def spares(value: External, asked: Asked) -> bool | None:
    """Return whether a request for this is exempt; None where that is open: a pattern, a function, an unknown path."""
    match value.args:
        case (Record(fields),) if fields.keys() <= {"path", "method"}:
            ways = [_path(each, asked) for each in _listed(fields.get("path"))]
            ways += [_same(each, asked.method) for each in _listed(fields.get("method"))]
            return _any(ways)
    return None


def _path(value: Value, asked: Asked) -> bool | None:
    match value:
        case Record(fields) if "url" in fields:
            here = _same(fields["url"], asked.original)
            how = _any([_same(each, asked.method) for each in _listed(fields.get("methods"))] or [True])
            return False if False in {here, how} else None if None in {here, how} else True
    return _same(value, asked.original)


def _any(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


def _same(value: Value, text: str) -> bool | None:
    return value.value == text if text and isinstance(value, Known) and "{?" not in str(value.value) else None


def _listed(value: Value | None) -> list[Value]:
    return [] if value is None else value.values if isinstance(value, Items) else [value]
