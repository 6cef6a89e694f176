"""The arguments of one call, evaluated, and how they bind to a function's parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backcheck.flow.value import NOTHING, Value, element, join, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import form


@dataclass(slots=True)
class Arguments:
    """Evaluated arguments, with the expressions they come from."""

    positional: list[Value]
    keywords: dict[str, Value] = field(default_factory=dict)
    others: Value | None = None
    """What `*args` and `**kwargs` of unknown content may pass in any place."""
    expressions: tuple[form.Expr, ...] = ()
    named_expressions: dict[str, form.Expr] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Value]:
        yield from self.positional
        yield from self.keywords.values()
        if self.others is not None:
            yield self.others

    def at(self, index: int, *names: str) -> Value | None:
        """Return the argument in this position, or under one of these keywords."""
        if index < len(self.positional):
            return self.positional[index]
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return self.others

    def expression(self, index: int, *names: str) -> form.Expr | None:
        """Return the expression of the argument in this position, or under one of these keywords."""
        if index < len(self.expressions):
            return self.expressions[index]
        return next((self.named_expressions[name] for name in names if name in self.named_expressions), None)


def bind(
    function: form.Function, arguments: Arguments, bound: Value | None, defaults: dict[str, Value]
) -> tuple[dict[str, Value], dict[str, form.Expr], list[tuple[form.Expr, Value]]]:
    """Return the parameters' values, the expressions they come from, and the patterns still to take apart.

    ``bound`` is the instance of a Python method, which takes the first parameter; ``defaults`` the evaluated defaults.
    """
    values: dict[str, Value] = {}
    expressions: dict[str, form.Expr] = {}
    patterns: list[tuple[form.Expr, Value]] = []
    parameters = list(function.parameters)
    if bound is not None and parameters and parameters[0].name in {"self", "cls"}:
        values[parameters.pop(0).name] = bound
    index = 0
    for parameter in parameters:
        match parameter.kind:
            case "rest":
                value = sequence(
                    arguments.positional[index:], None if arguments.others is None else element(arguments.others)
                )
                index = len(arguments.positional)
            case "keywords":
                taken = values.keys()
                value = mapping(
                    {name: one for name, one in arguments.keywords.items() if name not in taken}, arguments.others
                )
            case kind:
                position = index if kind == "plain" else len(arguments.positional)
                given = arguments.at(position, parameter.name)
                value = _given(given, defaults.get(parameter.name))
                expression = arguments.expression(position, parameter.name)
                if expression is not None:
                    expressions[parameter.name] = expression
                index += kind == "plain"
        if parameter.pattern is not None:
            patterns.append((parameter.pattern, value))
        else:
            values[parameter.name] = value
    return values, expressions, patterns


def _given(given: Value | None, default: Value | None) -> Value:
    if given is None:
        return NOTHING if default is None else default
    return join(given, default) if given == NOTHING and default is not None else given
