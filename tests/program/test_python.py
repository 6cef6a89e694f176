"""Python in the common form, and what its names are."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from backcheck.program import Constant, Program, Scope, Unresolved, load
from backcheck.program.form import (
    Assign,
    Call,
    Class,
    Define,
    Evaluate,
    Expr,
    Function,
    Node,
    Opaque,
    Template,
    children,
    walk,
)
from backcheck.source import collect


def program(root: Path, **files: str) -> Program:
    """Load files: `app__main` is `app/main.py`."""
    for name, text in files.items():
        path = root / f"{name if '/' in name else name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return load(collect(root))


def asked(loaded: Program, name: str = "here", path: str = "main.py") -> tuple[Scope, Expr]:
    """Return the argument of the only call of `here(…)`, with the scope that it stands in."""
    module = loaded.modules[path]
    found = []
    for scope in loaded.scope(module).walk():
        body = scope.node.body if scope.node is not None else module.body
        for node in own(body):
            match node:
                case Evaluate(Call(callee, (argument,))) if loaded.symbol(scope, callee) == name:
                    found.append((scope, argument))
    (one,) = found
    return one


def own(body: Iterable[Node]) -> Iterator[Node]:
    """Give the nodes of a body without those of functions and classes inside it."""
    for node in body:
        if not isinstance(node, Define | Class | Function):
            yield node
            yield from own(children(node))


SYMBOLS = {
    "from fastapi import FastAPI\nhere(FastAPI())": "fastapi.FastAPI()",
    "import fastapi as f\napp = f.FastAPI()\nhere(app.get)": "fastapi.FastAPI().get",
    "from sqlalchemy.orm import Session\ndef f(db: Session):\n    here(db.query)": "sqlalchemy.orm.Session().query",
    "from typing import Optional\nfrom x import S\ndef f(db: Optional[S]):\n    here(db)": "x.S()",
    "from typing import Annotated\nfrom x import S\nT = Annotated[S, 1]\ndef f(db: T):\n    here(db)": "x.S()",
    "from x import S\ndef f(db: 'S | None'):\n    here(db)": "x.S()",
    "class A:\n    def m(self): ...\nhere(A().m)": "main.py:A().m",
    "from x import C\nclass A:\n    def __init__(self):\n        self.c = C()\n    def m(self):\n        here(self.c.go)": "x.C().go",
    "from x import B\nclass A(B): ...\nhere(A().go)": "x.B().go",
    "from x import B\nclass A(B):\n    def m(self):\n        here(super().m)": "x.B().m",
    "from x import C\ndef make():\n    made = C()\n    return made\nhere(make())": "x.C()",
    "from x import C\nwith C() as c:\n    here(c.go)": "x.C().go",
    "from x import C\ntry:\n    import fast\nexcept ImportError:\n    fast = None\nhere(fast)": "fast",
    "from x import A, B\nv = A()\nv = B(v)\nhere(v)": "x.B()",
    "import os.path\nhere(os.path.join)": "os.path.join",
    "x = y\ny = x\nhere(x)": None,
    "here(open)": "open",
}


@pytest.mark.parametrize("source", SYMBOLS)
def test_a_symbol_says_what_an_expression_is(tmp_path: Path, source: str) -> None:
    loaded = program(tmp_path, main=source)
    assert loaded.symbol(*asked(loaded)) == SYMBOLS[source]


IMPORTS = {
    "from app.deps import get_user\nhere(get_user)": "app/deps.py:get_user",
    "from app import get_user\nhere(get_user)": "app/deps.py:get_user",
    "import app.deps\nhere(app.deps.get_user)": "app/deps.py:get_user",
    "from app import deps as d\nhere(d.get_user)": "app/deps.py:get_user",
    "from app.star import *\nhere(get_user)": "app/deps.py:get_user",
    "from app.space.inner import thing\nhere(thing)": "app/space/inner.py:thing",
    "from app.space import inner\nhere(inner.thing)": "app/space/inner.py:thing",
    "from app.loop import x\nhere(x)": None,
}


@pytest.mark.parametrize("source", IMPORTS)
def test_imports_are_followed_over_files(tmp_path: Path, source: str) -> None:
    loaded = program(
        tmp_path,
        main=source,
        app__deps="def get_user(): ...\n",
        app__star="from .deps import *\n",
        app__space__inner="def thing(): ...\n",
        app__loop="from .loop2 import x\n",
        app__loop2="from .loop import x\n",
        **{"app/__init__": "from .deps import get_user\n"},
    )
    found = loaded.symbol(*asked(loaded))
    expected = IMPORTS[source]
    assert found == expected or (expected is None and (found or "").endswith(":x"))


CONSTANTS = {
    "A = '/a'\nhere(f'{A}/b')": "/a/b",
    "A = '/a'\nhere(A + '/b' '/c')": "/a/b/c",
    "here('%s/%s' % ('a', 1))": "a/1",
    "here('{}/x'.format('a'))": "a/x",
    "here('/'.join(['a', 'b']))": "a/b",
    "D = {'a': [1, -2]}\nhere(D['a'])": [1, -2],
    "here('a' if True else 'b')": "a",
    "a, b = 'x', 'y'\nhere(b)": "y",
    "class C:\n    P = '/p'\nhere(C.P)": "/p",
    r"here('\x41\u00e9' r'\d')": "Aé\\d",
}


@pytest.mark.parametrize("source", CONSTANTS)
def test_constants_are_folded(tmp_path: Path, source: str) -> None:
    loaded = program(tmp_path, main=source)
    assert loaded.constant(*asked(loaded)) == Constant(CONSTANTS[source])


UNRESOLVED = {
    "import os\nhere(os.getenv('PREFIX', '/x'))": "config:PREFIX",
    "import os\nhere(os.environ['PREFIX'])": "config:PREFIX",
    "a = '1'\na += '2'\nhere(a)": "'a' is no constant",
    "a = '1'\nif x:\n    a = '2'\nhere(a)": "'a' has several values",
    "a = b\nb = a\nhere(a)": "its value goes round in a circle, or too far",
    "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    P: str\nhere(S().P)": "config:P",
}


@pytest.mark.parametrize("source", UNRESOLVED)
def test_what_is_no_constant_says_why(tmp_path: Path, source: str) -> None:
    loaded = program(tmp_path, main=source)
    found = loaded.constant(*asked(loaded))
    assert isinstance(found, Unresolved)
    assert found.why == UNRESOLVED[source]


def test_a_settings_default_is_marked_as_one(tmp_path: Path) -> None:
    source = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    P: str = '/p'\ns = S()\nhere(s.P)"
    loaded = program(tmp_path, main=source)
    assert loaded.constant(*asked(loaded)) == Constant("/p", from_setting=True)


def test_nothing_of_the_grammar_is_lost(tmp_path: Path) -> None:
    source = """
@dec(call1())
async def f(a: call2(), /, b=call3(), *args, c, **kw) -> call4():
    async with call5() as x, (call6()): pass
    async for y in call7(): call8()
    else: call9()
    try: call10()
    except* (call11()) as e: call12()
    else: call13()
    finally: call14()
    match call15():
        case {"k": 1, **r} if call16(): call17()
        case A(b=1) | [1, *c]: call18()
        case 1 | 2: call19()
        case _: call20()
    if (z := call21()): pass
    elif call22(): pass
    else: call23()
    return [call24() for i in call25() if call26()]
class C[T](call27(), metaclass=call28()):
    x: int = call29()
lambda q=call30(): call31()
f"{call32()!r:>{call33()}}" "tail"
del x[call34()]
assert call35(), call36()
while call37(): call38()
{**call39(), 'k': call40()}
x[call41():call42()]
await call43() if call44() else (yield call45())
print(*call46(), **call47())
"""
    loaded = program(tmp_path, main=source)
    assert loaded.unread == ()
    names = [
        loaded.modules["main.py"].text(node.callee)
        for node in walk(*loaded.modules["main.py"].body)
        if isinstance(node, Call)
    ]
    assert {name for name in names if name.startswith("call")} == {f"call{number}" for number in range(1, 48)}


def test_a_template_keeps_its_pieces_in_order(tmp_path: Path) -> None:
    loaded = program(tmp_path, main="here(f'a{b}' 'c{{' f'{{{d}')")
    _, expr = asked(loaded)
    assert isinstance(expr, Template)
    assert [loaded.modules["main.py"].text(part) for part in expr.parts] == ["a", "b", "'c{{'", "{{", "d"]


def test_broken_source_is_listed_with_its_lines_and_the_rest_is_read(tmp_path: Path) -> None:
    loaded = program(tmp_path, main="def f(:\n    pass\n\ndef g(): ...\n")
    assert [entry.path for entry in loaded.unread] == ["main.py"]
    assert "line 1" in loaded.unread[0].why
    assert "g" in {function.name for function, _, _ in loaded.functions(loaded.modules["main.py"])}


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 3000 + "1" + ")" * 3000,
        "x = " + "[" * 3000 + "]" * 3000,
        "x = " + " + ".join(["a"] * 20000),
        "x = a" + ".b()" * 5000,
        "if a: pass\n" + "elif b: pass\n" * 3000,
        "".join(f"{' ' * depth}if a:\n" for depth in range(800)) + " " * 800 + "pass\n",
        "x = " + "not " * 5000 + "a",
    ],
    ids=["parentheses", "lists", "sum", "chain", "elif", "nested if", "not"],
)
def test_deep_source_neither_fails_nor_is_taken_for_read(tmp_path: Path, source: str) -> None:
    loaded = program(tmp_path, main=source)
    module = loaded.modules["main.py"]
    for _ in walk(*module.body):
        pass
    deep = any(isinstance(node, Opaque) and node.kind == "too_deep" for node in walk(*module.body))
    assert deep == bool(loaded.unread)
    for node in module.body:
        if isinstance(node, Assign) and node.value is not None:
            loaded.symbol(loaded.scope(module), node.value)
            loaded.constant(loaded.scope(module), node.value)
    assert sys.getrecursionlimit() == 1000


def test_tests_are_left_out_unless_the_application_imports_them(tmp_path: Path) -> None:
    loaded = program(
        tmp_path, main="from tests.helper import app\n", tests__helper="app = 1\n", tests__test_x="y = 1\n"
    )
    assert list(loaded.modules) == ["main.py", "tests/helper.py"]


def test_a_binary_named_as_source_is_listed(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_bytes(b"\x00\x01" * 50)
    assert [entry.why for entry in load(collect(tmp_path)).unread] == ["it is binary, in spite of its name"]


def test_functions_have_qualified_names_and_their_own_scopes(tmp_path: Path) -> None:
    loaded = program(tmp_path, main="class A:\n    def m(self):\n        def inner(): ...\n        return lambda: 1\n")
    module = loaded.modules["main.py"]
    found = {name: scope for _, scope, name in loaded.functions(module)}
    assert set(found) == {"A.m", "A.m.inner", "A.m.<anonymous>"}
    assert loaded.scope(module, *(node for node in walk(*module.body) if isinstance(node, Class))).name == "A"
    (function,) = (node for node in walk(*module.body) if isinstance(node, Function) and node.name == "inner")
    assert loaded.scope(module, function) is found["A.m.inner"]
