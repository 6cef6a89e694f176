"""Calls that leave the process or hold it up: what they are, how often they run, and on which thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.backend import CallKind, Unresolved
from backcheck.extract import extract
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.backend import Call


def calls(root: Path, files: dict[str, str]) -> list[Call]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return list(extract(load(collect(root))).calls)


SESSION = """
from fastapi import Depends, FastAPI
from sqlalchemy import select, text, func
from sqlalchemy.orm import Session
from models import Item, session_of

app = FastAPI()

@app.get("/")
def handler(ids: list[int], limit: int = 10, db: Session = Depends(session_of)):
"""


def query(root: Path, body: str) -> Call:
    """The one query of a handler with this body."""
    found = calls(root, {"main.py": SESSION + "".join(f"    {line}\n" for line in body.splitlines())})
    (one,) = [call for call in found if call.kind is CallKind.QUERY]
    return one


@pytest.mark.parametrize(
    "body",
    [
        "for x in ids:\n    db.get(Item, x)",
        "[db.get(Item, x) for x in ids]",
        "return {x: db.get(Item, x) for x in ids if x}",
        "for x in ids:\n    if x:\n        try:\n            db.get(Item, x)\n        except ValueError:\n            pass",
        "list(map(lambda x: db.get(Item, x), ids))",
        "for i, x in enumerate(ids):\n    db.get(Item, x)",
        "for x in range(limit):\n    db.get(Item, x)",
        "def one(x):\n    return db.get(Item, x)\nreturn [one(x) for x in ids]",
    ],
)
def test_a_query_that_runs_for_each_element_has_its_loop(tmp_path: Path, body: str) -> None:
    assert query(tmp_path, body).loop is not None


@pytest.mark.parametrize(
    "body",
    [
        "for x in db.scalars(select(Item).limit(5)):\n    print(x)",
        "return [x.id for x in db.scalars(select(Item))]",
        "for x in (1, 2):\n    db.get(Item, x)",
        "for start in range(0, len(ids), 100):\n    db.scalars(select(Item).where(Item.id.in_(ids[start:])))",
        "for part in batched(ids, 100):\n    db.scalars(select(Item).where(Item.id.in_(part)))",
        "for attempt in range(5):\n    try:\n        return db.get(Item, 1)\n    except ValueError:\n        continue",
        "for x in ids:\n    if x:\n        return db.get(Item, x)",
        "for x in ids:\n    if x:\n        db.get(Item, x)\n        break",
        "while True:\n    rows = db.scalars(select(Item).limit(100)).all()\n    if not rows:\n        break",
        "found = db.scalars(select(Item)).all()\nfor x in found:\n    print({}.get(x))",
        "def later():\n    return db.get(Item, 1)\nfor x in ids:\n    print(later)",
    ],
)
def test_a_query_that_does_not_run_for_each_element_has_none(tmp_path: Path, body: str) -> None:
    assert query(tmp_path, body).loop is None


@pytest.mark.parametrize(
    "body, many, bounded",
    [
        ("return db.query(Item).all()", True, False),
        ("return db.query(Item).filter(Item.id == 1).first()", False, True),
        ("return db.query(Item).limit(limit).all()", True, True),
        ("return db.query(Item)[:limit]", False, True),
        ("q = db.query(Item)\nif limit:\n    q = q.limit(limit)\nreturn q.all()", True, True),
        ("return db.execute(select(Item)).scalars().all()", True, False),
        ("result = db.execute(select(Item))\nreturn result.scalars().all()", True, False),
        ("result = db.execute(select(Item))\nreturn result.scalar_one_or_none()", False, True),
        ("s = select(Item)\ns = s.where(Item.id > 3)\nreturn db.scalars(s).all()", True, False),
        ("s = select(Item)\ns = s.limit(3)\nreturn db.scalars(s).all()", True, True),
        ("return db.scalars(select(Item).where(Item.id.in_(ids))).all()", False, True),
        ("return db.scalar(select(func.count()).select_from(Item))", False, True),
        ("return db.execute(select(func.sum(Item.a), func.max(Item.b))).all()", False, True),
        ("return db.execute(text('SELECT * FROM items')).all()", True, False),
        ("return db.execute(text('SELECT * FROM items WHERE id = :id')).all()", False, True),
        ("return db.execute(text(f'SELECT a FROM items LIMIT {limit}')).all()", True, True),
        ("db.execute(text('DELETE FROM items'))", False, True),
    ],
)
def test_a_query_says_whether_it_may_give_any_number_of_rows(
    tmp_path: Path, body: str, many: bool, bounded: bool
) -> None:
    if "[:limit]" in body:
        assert not [call for call in calls(tmp_path, {"main.py": SESSION + f"    {body}\n"}) if call.reads_many]
        return
    found = query(tmp_path, body)
    assert (found.reads_many, found.bounded) == (many, bounded)


def test_a_statement_that_the_caller_gives_cannot_be_judged(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        {
            "crud.py": "from sqlalchemy.orm import Session\n"
            "def run(db: Session, statement):\n    return db.scalars(statement).all()\n"
        },
    )
    assert [type(call.bounded) for call in found] == [Unresolved]


NODE = """
const express = require('express')
const axios = require('axios')
const got = require('got')
const { helper } = require('./helper')
const app = express()
app.get('/', async (req, res) => {
  BODY
  res.end()
})
"""
HELPER = "const fs = require('fs')\nexports.helper = () => fs.readFileSync('a')\nfs.readFileSync('at start-up')\n"


@pytest.mark.parametrize(
    "body, deadline",
    [
        ("await axios.get('https://a.example')", False),
        ("await axios('https://a.example')", False),
        ("await axios({ url: 'https://a.example', timeout: 100 })", True),
        ("await axios.post('https://a.example', {}, { timeout: 100 })", True),
        ("await axios.get('https://a.example', { timeout: 0 })", False),
        ("const options = { headers: {} }; options.timeout = 5; await axios.get('https://a.example', options)", True),
        ("const client = axios.create({ timeout: 5 }); await client.get('/x')", True),
        ("const client = axios.create(); await client.get('/x')", False),
        ("await got('https://a.example', { timeout: { request: 5 } })", True),
        ("await got('https://a.example')", False),
        ("await fetch('https://a.example', { method: 'POST' })", False),
        ("await fetch('https://a.example', { ...req.init, signal: AbortSignal.timeout(5) })", True),
    ],
)
def test_a_request_says_whether_something_ends_it(tmp_path: Path, body: str, deadline: bool) -> None:
    found = calls(tmp_path, {"app.js": NODE.replace("BODY", body), "helper.js": HELPER})
    assert [call.deadline for call in found if call.kind is CallKind.HTTP] == [deadline]


def test_a_client_in_a_field_has_the_time_out_that_it_was_made_with(tmp_path: Path) -> None:
    source = """
import axios, { AxiosInstance } from 'axios'
export class Rates {
  private http: AxiosInstance
  constructor() { this.http = axios.create({ OPTIONS }) }
  load() { return this.http.get('/eur') }
}
"""
    quick = calls(tmp_path / "a", {"rates.ts": source.replace("OPTIONS", "timeout: 5")})
    patient = calls(tmp_path / "b", {"rates.ts": source.replace("OPTIONS", "baseURL: 'https://a.example'")})
    assert [call.deadline for call in quick][:1] == [True]
    assert [call.deadline for call in patient][:1] == [False]


def test_a_client_that_is_handed_in_is_one_of_those_that_the_program_makes(tmp_path: Path) -> None:
    given = "import { AxiosInstance } from 'axios'\nexport const load = (client: AxiosInstance) => client.get('/usd')\n"
    made = "import axios from 'axios'\nexport const NAME = axios.create({ OPTIONS })\n"
    quick = made.replace("OPTIONS", "timeout: 5").replace("NAME", "quick")
    patient = made.replace("OPTIONS", "").replace("NAME", "patient")

    def deadline(folder: str, **files: str) -> bool | Unresolved:
        found = calls(tmp_path / folder, {"given.ts": given, **{f"{name}.ts": text for name, text in files.items()}})
        return found[0].deadline

    assert deadline("a", quick=quick) is True
    assert deadline("b", patient=patient) is False
    assert isinstance(deadline("c"), Unresolved)
    assert isinstance(deadline("d", quick=quick, patient=patient), Unresolved)


def test_a_look_up_by_the_callback_s_own_parameter_is_repeated(tmp_path: Path) -> None:
    body = "req.body.ids.forEach(async id => { await User.findByIdAndDelete(id) })"
    found = calls(
        tmp_path,
        {
            "app.js": NODE.replace("BODY", body).replace("const got", "const { User } = require('./user')\nconst got"),
            "helper.js": HELPER,
            "user.js": "const mongoose = require('mongoose')\nexports.User = mongoose.model('User', {})\n",
        },
    )
    assert [call.loop is not None for call in found if call.kind is CallKind.QUERY] == [True]


def test_a_function_that_shares_a_name_with_a_library_is_not_that_library(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        {
            "main.py": "from mine import requests, time\n"
            "class Cache:\n    def get(self, key): return 1\n    def query(self, key): return 2\n"
            "async def f(cache: Cache, things: dict):\n"
            "    requests.get('https://a')\n    time.sleep(1)\n    cache.get(1)\n    things.get(2)\n    cache.query('users')\n",
            "app.js": "const items = [1]\nitems.find(x => x)\nnew Map().get(1)\nfunction fetch(x) {}\nfetch('https://a')\n",
        },
    )
    assert found == []


def test_code_for_a_browser_is_no_backend(tmp_path: Path) -> None:
    source = "import axios from 'axios'\nexport const load = () => axios.get('https://a.example/items')\n"
    found = calls(
        tmp_path,
        {
            "web/package.json": '{"dependencies": {"react": "18", "axios": "1"}}',
            "web/src/api.ts": source,
            "api/package.json": '{"dependencies": {"express": "4", "axios": "1"}}',
            "api/src/client.ts": source,
        },
    )
    assert [call.place.path for call in found] == ["api/src/client.ts"]


def test_routes_reach_calls_through_functions_and_start_up_is_no_route(tmp_path: Path) -> None:
    found = calls(tmp_path, {"app.js": NODE.replace("BODY", "helper()"), "helper.js": HELPER})
    assert [(call.place.start_line, call.routes, call.in_async) for call in found] == [
        (2, ("GET /",), True),
        (3, (), False),
    ]


def test_what_is_handed_to_a_thread_leaves_the_event_loop(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        {
            "main.py": """
import asyncio, time
from fastapi import BackgroundTasks, Depends, FastAPI

app = FastAPI()

def on_thread(): time.sleep(1)
def on_loop(): time.sleep(2)
def dependency(): time.sleep(3)
async def awaited(): time.sleep(4)
def after(): time.sleep(5)

@app.get("/", dependencies=[Depends(dependency)])
async def handler(tasks: BackgroundTasks, found=Depends(awaited)):
    await asyncio.to_thread(on_thread)
    on_loop()
    tasks.add_task(after)
"""
        },
    )
    assert {call.statement: call.in_async for call in found} == {
        "time.sleep(1)": False,
        "time.sleep(2)": True,
        "time.sleep(3)": False,
        "time.sleep(4)": True,
        "time.sleep(5)": False,
    }
    assert all(call.routes == ("GET /",) for call in found)


def test_what_is_kept_after_the_first_request_does_not_block(tmp_path: Path) -> None:
    helper = (
        "const fs = require('fs')\nlet text\n"
        "exports.helper = () => { text ??= fs.readFileSync('a'); if (!text) { text = fs.readFileSync('b') } return text }\n"
    )
    assert calls(tmp_path, {"app.js": NODE.replace("BODY", "helper()"), "helper.js": helper}) == []


KNEX = """
const express = require('express')
const knex = require('knex')({ client: 'pg' })
const app = express()
app.get('/links', async (req, res) => {
  const query = knex('links').select('*')
  BODY
  res.json(await query)
})
app.listen(3000)
"""


@pytest.mark.parametrize(
    ("body", "reads_many", "bounded"),
    [
        ("", True, False),
        ("query.orderBy('id').limit(20)", True, True),
        ("query.count('* as total')", False, True),
        ("query.clone().count('* as total')", True, False),
    ],
)
def test_a_builder_is_bounded_by_what_later_statements_add(
    tmp_path: Path, body: str, reads_many: bool, bounded: bool
) -> None:
    found = [
        call for call in calls(tmp_path, {"package.json": '{"dependencies": {"knex": "3"}}', "app.js": KNEX.replace("BODY", body)})
        if call.kind is CallKind.QUERY
    ]  # fmt: skip
    assert (found[0].reads_many, found[0].bounded) == (reads_many, bounded)


@pytest.mark.parametrize(
    "body",
    [
        "req.query.tags.forEach(tag => { query.andWhere('tag', tag) })",
        "for (const tag of req.query.tags) { query.where('tag', tag) }",
    ],
)
def test_a_loop_that_only_adds_to_a_builder_repeats_no_query(tmp_path: Path, body: str) -> None:
    found = calls(tmp_path, {"app.js": KNEX.replace("BODY", body)})
    assert [call.loop for call in found if call.kind is CallKind.QUERY] == [None]


def test_a_statement_whose_text_cannot_be_read_may_give_any_number_of_rows(tmp_path: Path) -> None:
    source = """
import asyncpg
from fastapi import FastAPI
from builder import listing

app = FastAPI()

@app.get("/notes")
async def notes(limit: int, db: asyncpg.Connection):
    return await db.fetch(listing(limit).get_sql(), limit)
"""
    (one,) = [call for call in calls(tmp_path, {"main.py": source}) if call.kind is CallKind.QUERY]
    assert one.reads_many
    assert isinstance(one.bounded, Unresolved)
