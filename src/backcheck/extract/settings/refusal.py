"""Start-up checks that refuse a stand-in: a secret left at it in production ends the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program import form

if TYPE_CHECKING:
    from backcheck.program import Module


def refused_names(module: Module) -> frozenset[str]:
    """Return the settings (in lower case, without underscores) that a test compares, or looks at, before it raises."""
    found: set[str] = set()
    for node in module.every(form.If):
        if any(_ends(one) for one in node.body):
            found |= _compared(node.test)
    return frozenset(found)


def _ends(statement: form.Stmt) -> bool:
    match statement:
        case form.Raise():
            return True
        case form.Evaluate(value=form.Call(callee=form.Attribute(value=form.Name(id="process" | "sys"), name="exit"))):
            return True
    return False


def _compared(test: form.Expr) -> set[str]:
    """Names that the test compares with a text or looks up in a list of texts: not those it only finds missing."""
    names: set[str] = set()
    for node in form.walk(test):
        match node:
            case form.Operation(operator="==" | "===" | "in", operands=(left, right)):
                if _is_text(right):
                    names |= {_last(left)}
                if _is_text(left):
                    names |= {_last(right)}
            case form.Call(callee=form.Attribute(name="includes" | "startsWith" | "startswith"), args=(tested, *_)):
                names |= {_last(tested), _last(node.callee.value) if isinstance(node.callee, form.Attribute) else ""}
    return names - {""}


def _is_text(expr: form.Expr) -> bool:
    return isinstance(expr, form.Literal | form.Sequence | form.Name)


def _last(expr: form.Expr) -> str:
    match expr:
        case form.Name(id=name) | form.Attribute(name=name):
            return name.lower().replace("_", "")
    return ""
