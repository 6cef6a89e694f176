"""What reaches a statement or a record, followed through real projects on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.extract import extract
from backcheck.flow import Flow, Origin, analyse
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Follow = Callable[..., tuple[Flow, ...]]

FASTAPI = "import sqlite3\nfrom fastapi import FastAPI, Request\napp = FastAPI()\ndb = sqlite3.connect('x.db')\n"
EXPRESS = (
    "const express = require('express')\nconst { Pool } = require('pg')\nconst app = express()\nconst db = new Pool()\n"
)


@pytest.fixture
def follow(tmp_path: Path) -> Follow:
    """Write files and return the flows among them."""

    def follow(**files: str) -> tuple[Flow, ...]:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_js", ".js").replace("_py", ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        program = load(collect(tmp_path))
        return analyse(program, extract(program))

    return follow


def python(follow: Follow, body: str, *, parameters: str = "x: str", top: str = "") -> Origin:
    """Return the origin of the one statement in a handler with this body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (flow,) = follow(main_py=f"{FASTAPI}{top}\n@app.get('/a')\ndef handler({parameters}):\n{lines}")
    return flow.origin


def javascript(follow: Follow, body: str, *, top: str = "") -> Origin:
    """Return the origin of the one statement in a handler with this body."""
    (flow,) = follow(app_js=f"{EXPRESS}{top}\napp.get('/a', async (req, res) => {{\n{body}\n}})\napp.listen(1)\n")
    return flow.origin


@pytest.mark.parametrize(
    "text",
    [
        'f"SELECT {x}"',
        '"SELECT " + x.strip().lower()',
        '"SELECT %s" % x',
        '"SELECT %(x)s" % {"x": x}',
        '"SELECT {}".format(x)',
        '"SELECT {x}".format(x=x)',
        '" ".join(["SELECT", x])',
        '"SELECT " + (x if x else "id")',
        '"SELECT " + [c for c in (x, "id")][0]',
        '"SELECT " + {"a": x}["a"]',
        '"SELECT " + {"a": "id"}.get("b", x)',
        '"SELECT " + (x or "id")',
        'f"SELECT {str(x)!r:>10}"',
        '"".join(map(str, ["SELECT ", x]))',
    ],
)
def test_a_parameter_is_followed_through_every_way_of_making_a_text(follow: Follow, text: str) -> None:
    assert python(follow, f"db.execute({text})") is Origin.TAINTED


@pytest.mark.parametrize(
    "text",
    [
        '"SELECT %d" % x',
        'f"SELECT {int(x)}"',
        'f"SELECT {len(x)}"',
        '"SELECT " + {"a": "id", "b": "name"}[x]',
        '"SELECT " + ("id" if x == "a" else "name")',
        '"SELECT " + {"a": "id", "b": x}["a"]',
        'f"SELECT {[x, 2][1]}"',
        '"SELECT " + ", ".join("?" for _ in x)',
        'f"SELECT {x is None}"',
    ],
)
def test_what_cannot_carry_a_text_is_constant(follow: Follow, text: str) -> None:
    assert python(follow, f"db.execute({text})") in {Origin.CONSTANT, Origin.PARAMETERISED}


@pytest.mark.parametrize(
    "guard",
    [
        "if x not in ('a', 'b'):\n    return",
        "if not x.isdigit():\n    return",
        "if x != 'a':\n    return",
        "if not isinstance(x, int):\n    raise ValueError",
        "import re\nif re.fullmatch('[a-z_]+', x) is None:\n    x = 'id'",
        "try:\n    int(x)\nexcept ValueError:\n    return",
        "assert x in {'a', 'b'}",
        "while x not in ('a', 'b'):\n    x = 'a'",
    ],
)
def test_a_typed_guard_ends_a_taint(follow: Follow, guard: str) -> None:
    assert python(follow, f"{guard}\ndb.execute(f'SELECT {{x}}')") is not Origin.TAINTED


@pytest.mark.parametrize(
    "guard",
    [
        "if not x:\n    return",
        "if len(x) > 9:\n    return",
        "if 'drop' in x:\n    return",
        "if x in ('a', 'b'):\n    pass",
        "if x in ('a', 'b'):\n    return",
        "if not re.match('[a-z]', x):\n    return",
        "if not x.startswith('a'):\n    return",
        "if x not in ('a', 'b'):\n    print('odd')",
    ],
)
def test_any_other_test_does_not(follow: Follow, guard: str) -> None:
    assert python(follow, f"import re\n{guard}\ndb.execute(f'SELECT {{x}}')") is Origin.TAINTED


@pytest.mark.parametrize(
    "parameters, origin",
    [
        ("x: int", Origin.CONSTANT),
        ("x: float | None = None", Origin.CONSTANT),
        ("x: 'int'", Origin.CONSTANT),
        ("x: Annotated[int, Path(ge=1)]", Origin.CONSTANT),
        ("x: Annotated[str, Query(pattern='^[a-z]+$')]", Origin.CONSTANT),
        ("x: Literal['a', 'b']", Origin.CONSTANT),
        ("x: Kind", Origin.CONSTANT),
        ("x: list[int]", Origin.CONSTANT),
        ("x", Origin.TAINTED),
        ("x: str | int", Origin.TAINTED),
        ("x: Optional[str] = None", Origin.TAINTED),
        ("x: Annotated[str, Query(pattern='^a')]", Origin.TAINTED),
        ("x: list[str]", Origin.TAINTED),
        ("x: str = Header()", Origin.TAINTED),
    ],
)
def test_the_type_of_a_parameter_says_what_it_may_hold(follow: Follow, parameters: str, origin: Origin) -> None:
    top = (
        "import enum\nfrom typing import Annotated, Literal, Optional\nfrom fastapi import Header, Path, Query\n"
        "class Kind(enum.Enum):\n    a = 'a'\n"
    )
    assert python(follow, "db.execute(f'SELECT {x}')", parameters=parameters, top=top) is origin


def test_a_field_of_a_model_is_what_its_type_says(follow: Follow) -> None:
    top = "from pydantic import BaseModel\nclass Base(BaseModel):\n    n: int\nclass Body(Base):\n    s: str\n"
    text, number = follow(
        main_py=FASTAPI + top + "@app.post('/a')\ndef handler(body: Body):\n"
        "    db.execute(f'SELECT {body.s}')\n    db.execute(f'SELECT {body.n}')\n"
    )
    assert (text.origin, number.origin) == (Origin.TAINTED, Origin.CONSTANT)


def test_a_validator_of_the_model_is_followed(follow: Follow) -> None:
    top = (
        "from pydantic import BaseModel, field_validator\nclass Body(BaseModel):\n    s: str\n    @field_validator('s')\n"
        "    @classmethod\n    def known(cls, value):\n        if value not in ('a', 'b'):\n            raise ValueError\n        return value\n"
    )
    assert python(follow, "db.execute(f'SELECT {body.s}')", parameters="body: Body", top=top) is Origin.CONSTANT


def test_a_dependency_is_followed_as_a_handler_of_its_own(follow: Follow) -> None:
    top = "from fastapi import Depends\ndef order(sort: str = 'id', page: int = 1):\n    return {'sort': sort, 'page': page}\n"
    body, parameters = "db.execute(f\"SELECT {o['%s']}\")", "o: dict = Depends(order)"
    assert python(follow, body % "sort", parameters=parameters, top=top) is Origin.TAINTED
    assert python(follow, body % "page", parameters=parameters, top=top) is Origin.CONSTANT


def test_a_function_is_judged_anew_for_each_of_its_callers(follow: Follow) -> None:
    good, bad = follow(
        main_py=FASTAPI + "from store import run\n"
        "@app.get('/a')\ndef a(x: str):\n    return run('SELECT 1')\n"
        "@app.get('/b')\ndef b(x: str):\n    return run('SELECT ' + x)\n",
        store_py="import sqlite3\ndef run(text):\n    return sqlite3.connect('x.db').execute(text)\n",
    )
    assert (good.origin, good.function) == (Origin.CONSTANT, "a")
    assert (bad.origin, bad.function, bad.sink.path) == (Origin.TAINTED, "b", "main.py")


def test_functions_that_call_each_other_come_to_an_end(follow: Follow) -> None:
    top = "def even(n, x):\n    return x if n == 0 else odd(n - 1, x)\ndef odd(n, x):\n    return even(n - 1, x)\n"
    assert python(follow, "db.execute('SELECT ' + even(9, x))", top=top) is Origin.TAINTED


def test_a_helper_that_raises_on_anything_else_is_a_guard(follow: Follow) -> None:
    top = "def known(value):\n    if value not in ('a', 'b'):\n        raise ValueError(value)\n"
    assert python(follow, "known(x)\ndb.execute(f'SELECT {x}')", top=top) is Origin.CONSTANT


def test_the_state_of_an_instance_is_followed(follow: Follow) -> None:
    top = (
        "class Store:\n    def __init__(self, table):\n        self.table = table\n"
        "    def all(self):\n        return db.execute(f'SELECT * FROM {self.table}')\n"
    )
    assert python(follow, "Store(x).all()", top=top) is Origin.TAINTED


def test_a_branch_that_a_constant_decides_is_not_taken(follow: Follow) -> None:
    assert python(follow, "y = x\nif 7 * 6 > 41:\n    y = 'id'\ndb.execute('SELECT ' + y)") is Origin.CONSTANT
    assert python(follow, "y = 'id'\nif 7 * 6 > 41:\n    y = x\ndb.execute('SELECT ' + y)") is Origin.TAINTED


def test_a_loop_that_goes_on_past_what_is_not_allowed_is_a_guard(follow: Follow) -> None:
    loop = "text = 'SELECT '\nfor c in x:\n    if c not in ('a', 'b'):\n        %s\n    text += c\ndb.execute(text)"
    assert python(follow, loop % "continue", parameters="x: list[str]") is Origin.CONSTANT
    assert python(follow, loop % "print(c)", parameters="x: list[str]") is Origin.TAINTED


def test_a_text_from_nowhere_is_unknown_and_says_why(follow: Follow) -> None:
    (flow,) = follow(main_py="import sqlite3\ndef run(name):\n    sqlite3.connect('x').execute('SELECT ' + name)\n")
    assert flow.origin is Origin.UNKNOWN
    assert "`name`" in flow.why


def test_the_steps_lead_from_the_source_to_the_sink(follow: Follow) -> None:
    (flow,) = follow(
        main_py=FASTAPI + "@app.get('/a')\ndef a(x: str):\n    y = x\n    z = y + 'b'\n    db.execute('SELECT ' + z)\n"
    )
    assert flow.source is not None
    assert [flow.source.start_line, *(step.start_line for step in flow.steps), flow.sink.start_line] == [6, 7, 8, 9]


@pytest.mark.parametrize(
    "body",
    [
        "db.query('SELECT ' + req.params.id)",
        "const { id } = req.params; db.query('SELECT '.concat(id))",
        "const { query: { id = 'a' } } = req; db.query(`SELECT ${id}`)",
        "const ids = [req.body.a, req.get('X-Id')]; db.query('SELECT ' + ids.join(','))",
        "let sql = 'SELECT a'; ['b', req.query.c].forEach((c) => { sql += c }); db.query(sql)",
        "db.query({ text: `SELECT ${req.headers['x-id']}`, values: [] })",
        "const o = { ...req.body, b: 1 }; db.query('SELECT ' + o.a)",
        "const make = (c) => `SELECT ${c}`; db.query(make(req.cookies.c))",
        "req.query.a = req.query.a || 'id'; db.query('SELECT ' + req.query.a)",
    ],
)
def test_a_request_of_express_is_followed(follow: Follow, body: str) -> None:
    assert javascript(follow, body) is Origin.TAINTED


@pytest.mark.parametrize(
    "body",
    [
        "db.query('SELECT $1', [req.params.id])",
        "db.query('SELECT ' + Number(req.params.id))",
        "db.query('SELECT ' + (+req.params.id))",
        "if (!['a', 'b'].includes(req.query.c)) return; db.query('SELECT ' + req.query.c)",
        "if (typeof req.body.n !== 'number') throw new Error(); db.query('SELECT ' + req.body.n)",
        "if (new Set(['a']).has(req.query.c)) { db.query('SELECT ' + req.query.c) }",
        "const o = { ...req.body, a: 'id' }; db.query('SELECT ' + o.a)",
        "req.query.a = 'id'; db.query('SELECT ' + req.query.a)",
        "db.query('SELECT ' + req.query.c.replace(/[^a-z]/g, ''))",
    ],
)
def test_what_express_code_makes_harmless_is_not_tainted(follow: Follow, body: str) -> None:
    assert javascript(follow, body) in {Origin.CONSTANT, Origin.PARAMETERISED}


def test_a_schema_lets_pass_what_its_members_say(follow: Follow) -> None:
    top = "const { z } = require('zod')\nconst Q = z.object({ n: z.coerce.number().int(), s: z.string() }).strict()\n"
    assert javascript(follow, "const { n } = Q.parse(req.query); db.query(`SELECT ${n}`)", top=top) is Origin.CONSTANT
    assert javascript(follow, "const { s } = Q.parse(req.query); db.query(`SELECT ${s}`)", top=top) is Origin.TAINTED


def test_a_handler_behind_a_wrapper_is_followed(follow: Follow) -> None:
    (flow,) = follow(
        app_js=EXPRESS + "const { list } = require('./list')\napp.get('/a', list)\napp.listen(1)\n",
        list_js="const wrap = require('express-async-handler')\nconst { Pool } = require('pg')\nconst db = new Pool()\n"
        "exports.list = wrap(async (req, res) => { await db.query('SELECT ' + req.query.a) })\n",
    )
    assert flow.origin is Origin.TAINTED


def test_a_file_that_is_nested_too_deeply_or_cut_off_raises_nothing(follow: Follow) -> None:
    deep = "+".join(["x"] * 3000)
    follow(main_py=f"{FASTAPI}@app.get('/a')\ndef a(x: str):\n    db.execute({deep})\n    db.execute({'(' * 300}")


def password(follow: Follow, body: str, top: str = "") -> Origin:
    """Return the origin of the one password in an Express handler."""
    (flow,) = (
        flow
        for flow in follow(
            app_js=f"{EXPRESS}{top}\napp.post('/a', async (req, res) => {{\n{body}\n}})\napp.listen(1)\n"
        )
        if flow.kind == "password"
    )
    return flow.origin


@pytest.mark.parametrize(
    "body, origin",
    [
        ("await prisma.user.create({ data: { password: req.body.password } })", Origin.TAINTED),
        ("await users.insertOne({ name: 'a', password: req.body.password.trim() })", Origin.TAINTED),
        ("const user = await User.findById(1); user.password = req.body.newPassword; await user.save()", Origin.TAINTED),
        ("const password = await bcrypt.hash(req.body.password, 9); await User.create({ password })", Origin.HASHED),
        ("const h = bcrypt.hash(req.body.password, 9).then((password) => User.create({ password }))", Origin.HASHED),
        ("const c = { ...req.body }; if (c.password) c.password = await bcrypt.hash(c.password, 9); await User.create({ password: c.password })", Origin.HASHED),
        ("const c = { password: req.body.password }; if (c.password) c.password = await bcrypt.hash(c.password, 9); await User.create({ ...c })", Origin.HASHED),
        ("const c = { password: req.body.password }; if (c.password) c.password = c.password.trim(); await User.create({ ...c })", Origin.TAINTED),
        ("const c = { password: req.body.password }; if (c.terms) c.password = await bcrypt.hash(c.password, 9); await User.create({ ...c })", Origin.TAINTED),
        ("await User.create({ password: md5(req.body.password) })", Origin.WEAKLY_HASHED),
        ("await User.create({ password: vault.seal(req.body.password) })", Origin.UNKNOWN),
    ],
)  # fmt: skip
def test_a_password_is_judged_by_what_was_done_to_it(follow: Follow, body: str, origin: Origin) -> None:
    assert password(follow, body, "const bcrypt = require('bcrypt')\nconst md5 = require('md5')\n") is origin
