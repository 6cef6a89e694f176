"""Names that Python binds in less usual ways."""

from pathlib import Path

import pytest

from backcheck.program import Program, Unresolved, load
from backcheck.program.form import Call, Expr, Name, walk
from backcheck.source import collect


def asked(root: Path, text: str) -> tuple[Program, Expr]:
    """Return the program of one file, and the argument of its call of `here(…)`."""
    (root / "main.py").write_text(text, "utf-8")
    program = load(collect(root))
    nodes = walk(*program.modules["main.py"].body)
    return program, next(
        node.args[0]
        for node in nodes
        if isinstance(node, Call) and isinstance(node.callee, Name) and node.callee.id == "here"
    )


@pytest.mark.parametrize(
    "text, symbol",
    [
        ("from a import X\nx = X()\n[here(x) for x in y]", None),
        ("from a import X\nx = X()\n[x for x in y]\nhere(x)", "a.X()"),
        ("from a import X\nx = X()\n[x.z for x in here(x)]", "a.X()"),
        ("from a import X\nx = None\ndef start():\n    global x\n    made = X()\n    x = made\nhere(x)", "a.X()"),
        ("from functools import partial\nfrom a import f\nhere(partial(f, 1))", "a.f"),
        ("try:\n    import quick as json\nexcept ImportError:\n    import json\nhere(json)", "quick"),
    ],
    ids=["in a comprehension", "after it", "its first iterable", "global", "partial", "fallback import"],
)
def test_a_name_is_what_binds_it(text: str, symbol: str | None, tmp_path: Path) -> None:
    program, expr = asked(tmp_path, text)
    assert program.symbol(program.scope(program.modules["main.py"]), expr) == symbol


@pytest.mark.parametrize(
    "text",
    [
        "from a import Y, Z\nx = Y() if test else Z()\nhere(x)",
        "try:\n    from a import Y as F\nexcept ImportError:\n    from a import Z as F\nhere(F)",
        "from a import Y, Z\nif test:\n    x = Y()\nelse:\n    x = Z()\nhere(x)",
    ],
    ids=["condition", "fallback import", "branches"],
)
def test_every_choice_is_given(text: str, tmp_path: Path) -> None:
    program, expr = asked(tmp_path, text)
    found = {meaning.symbol for meaning in program.choices(program.scope(program.modules["main.py"]), expr)}
    assert {symbol.removesuffix("()") for symbol in found if symbol} == {"a.Y", "a.Z"}


@pytest.mark.parametrize(
    "text, symbols",
    [
        ("from a import Y, Z\nx = Y()\nx = Z()\nhere(x)", {"a.Z()"}),
        ("from a import Y, Z\nx = Y()\nif test:\n    x = Z()\nhere(x)", {"a.Y()", "a.Z()"}),
        ("from a import Y, Z\ndef f(): here(x)\nx = Y()\nx = Z()", {"a.Z()"}),
        ("from a import Y, Z\nF = Y if test else Z\nhere(F())", {"a.Y()", "a.Z()"}),
        ("from a import Y, Z\ndef f():\n    if test:\n        return Y()\n    return Z()\nhere(f())", {"a.Y()", "a.Z()"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import Y as F\nelse:\n    from a import Z as F\nhere(F)", {"a.Z"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import Y\nhere(Y)", {"a.Y"}),
    ],
    ids=["bound anew", "branch", "seen from a function", "callee", "results", "type checker", "type checker only"],
)  # fmt: skip
def test_what_it_can_be_at_run_time_is_given(text: str, symbols: set[str], tmp_path: Path) -> None:
    program, expr = asked(tmp_path, text)
    module = program.modules["main.py"]
    scope = next((scope for _, scope, name in program.functions(module) if name == "f" and "here(x)" in text), None)
    found = program.alternatives(scope or program.scope(module), expr)
    assert {meaning.symbol for meaning in found if meaning} == symbols


def test_nodes_made_on_the_spot_do_not_answer_for_one_another(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("from a import X, Y\n", "utf-8")
    program = load(collect(tmp_path))
    scope = program.scope(program.modules["main.py"])
    # Each node is gone before the next is made, which may then have its address.
    answers = [program.symbol(scope, Name(name, (19, 19))) for _ in range(50) for name in ("X", "Y", "free")]
    assert answers == ["a.X", "a.Y", "free"] * 50


def test_a_name_that_a_function_sets_anew_is_no_constant(tmp_path: Path) -> None:
    program, expr = asked(tmp_path, "x = 1\ndef later():\n    global x\n    x = 2\nhere(x)")
    assert isinstance(program.constant(program.scope(program.modules["main.py"]), expr), Unresolved)
