"""Code that hides from the audit: nothing of it may end in a pass or in "not applicable"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.audit import Options, audit
from backcheck.findings import Verdict

if TYPE_CHECKING:
    from pathlib import Path

_GUARDED = """\
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

bearer = HTTPBearer()
app = FastAPI(dependencies=[Depends(bearer)])


@app.post("/orders")
def order(): ...
"""
_OPEN = """\
from fastapi import FastAPI

open_app = FastAPI()


@open_app.post("/orders/purge")
def purge(): ...
"""
_MOUNTING = "const app = require('express')()\napp.use('/x', require('./hidden'))\napp.listen(1)\n"


@pytest.mark.parametrize(
    "files",
    [
        {"server": "#!/usr/bin/env python3\n" + _OPEN},
        {"app.py": _GUARDED + 'exec("import os")\n'},
        {"app.py": _GUARDED + "app.routes.append(object())\n"},
        {"app.py": _GUARDED + "app.dependency_overrides[bearer] = lambda: None\n"},
        {"app.py": _GUARDED + "HTTPBearer.__call__ = lambda self, request: None\n"},
        {"app.py": _GUARDED + "getattr(app, 'include_' + 'router')(object())\n"},
        {"app.py": _GUARDED.replace("[Depends(bearer)]", "[Depends(bearer)] if __debug__ else []")},
        {"other.py": "# coding: utf-7\nx = 1\n"},
        {"other.py": "from http.server import HTTPServer\n"},
        {"other.py": "import importlib\n\nFlask = importlib.import_module('flask').Flask\n"},
        {"other.mjs": "import http from 'node:http'\nhttp.createServer((q, s) => s.end(q.url)).listen(1)\n"},
        {"main.go": 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":1", nil) }\n'},
        {"api.ipynb": '{"cells": [{"source": ["from fastapi import FastAPI\\n"]}]}'},
        {"main.js": _MOUNTING},
        {
            "main.js": _MOUNTING,
            "hidden.js": "var x='" + "x" * 6000 + "';require('express')().post('/y',(q,r)=>r.end())",
        },
        {"app.py": _GUARDED + _OPEN.replace("/orders/purge", "/admin/users")},
    ],
    ids=" ".join,
)
def test_what_hides_takes_the_pass_away(tmp_path: Path, files: dict[str, str]) -> None:
    for path, text in {"app.py": _GUARDED, **files}.items():
        (tmp_path / path).write_text(text)
    (verdict,) = audit(tmp_path, Options(items=("route-not-authenticated",))).verdicts
    assert verdict.verdict in {Verdict.FAIL, Verdict.UNKNOWN}, verdict.reason


def test_an_unreadable_manifest_may_name_a_framework(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")
    (tmp_path / "package.json").write_text('{"dependencies":')
    (verdict,) = audit(tmp_path, Options(items=("route-not-authenticated",))).verdicts
    assert verdict.verdict is Verdict.UNKNOWN
    assert "package.json" in verdict.reason


def test_a_statement_that_holds_a_secret_is_named_without_it(tmp_path: Path) -> None:
    key = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dcQQx9"
    (tmp_path / "app.py").write_text(
        "import sqlite3\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/x')\ndef x(n: str):\n"
        f"    sqlite3.connect('x').execute(\"SELECT 1 WHERE k = '{key}' AND n = '\" + n + \"'\")\n"
    )
    (verdict,) = audit(tmp_path, Options(items=("sql-injection",))).verdicts
    assert verdict.verdict is Verdict.FAIL
    assert key not in repr([(subject.id, subject.reason) for subject in verdict.subjects])
