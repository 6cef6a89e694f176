"""The same code gives the same report, byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = """\
import sqlite3
from fastapi import Depends, FastAPI
from fastapi.security import APIKeyCookie, HTTPBearer

app = FastAPI()
bearer, cookie = HTTPBearer(), APIKeyCookie(name="session")


@app.get("/orders")
def orders(a: str, b: str, c: str, d: str, user=Depends(bearer)):
    if a:
        first, second, third, fourth = b, c, d, a
    else:
        fourth, third, second, first = a, b, c, d
    where = " OR ".join({first, second, third, fourth})
    return sqlite3.connect("x").execute("SELECT * FROM orders WHERE " + first + second + where).fetchall()


@app.post("/orders")
def create(body: dict, user=Depends(cookie)):
    for name in {"a", "b", "c"}:
        sqlite3.connect("x").execute(f"INSERT INTO orders VALUES ({body[name]})")
"""
JAVASCRIPT = """\
const express = require('express')
const { Pool } = require('pg')
const app = express()
const pool = new Pool()
app.post('/orders/:id', async (req, res) => {
  let { name, colour, size } = req.body
  if (size) { name = colour } else { colour = name; size = req.params.id }
  for (const part of [name, colour]) await pool.query('SELECT ' + part + size + colour)
  res.json({})
})
app.listen(3000)
"""


def _report(folder: Path, seed: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "backcheck", "audit", str(folder), "--format", "json"],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize(("name", "text"), [("app.py", PYTHON), ("app.js", JAVASCRIPT)])
def test_the_report_does_not_depend_on_the_hash_seed(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    first, second = (_report(tmp_path, seed) for seed in (1, 2))
    assert first["verdicts"]
    assert {key: first[key] for key in first if first[key] != second[key]} == {}
