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


_IMPORT = "from fastapi.security import HTTPBearer\n"
_FAKE = "class Fake:\n    def __call__(self): ...\n\n\n"


@pytest.mark.parametrize(
    "binding",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {real}else:\n    HTTPBearer = Fake\n",
        "import typing as t\nif not t.TYPE_CHECKING:\n    HTTPBearer = Fake\nelse:\n    {real}",
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    {real}else:\n    HTTPBearer = Fake\n",
        "{real}TYPE_CHECKING = True\nif TYPE_CHECKING:\n    HTTPBearer = Fake\n",
        "HTTPBearer = Fake\nif False:\n    {real}",
        "import os\nif os.environ.get('FAST'):\n    HTTPBearer = Fake\nelse:\n    {real}",
        "import os\n{real}HTTPBearer = Fake if os.environ.get('FAST') else HTTPBearer\n",
        "try:\n    import missing\n    HTTPBearer = Fake\nexcept ImportError:\n    {real}",
        "try:\n    {real}except ImportError:\n    HTTPBearer = Fake\n",
        "{real}for HTTPBearer in (HTTPBearer, Fake):\n    pass\n",
        "import os\n{real}Real = HTTPBearer\ndef HTTPBearer():\n    if os.environ.get('FAST'):\n        return Fake()\n    return Real()\n",
        "{real}Real = HTTPBearer\nHTTPBearer = lambda: (lambda: None)\n",
    ],
)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_guard_that_some_run_does_not_have_is_no_guard(tmp_path: Path, binding: str, *, elsewhere: bool) -> None:
    bound = _FAKE + binding.format(real=_IMPORT)
    if elsewhere:
        (tmp_path / "security.py").write_text(bound)
        bound = "from security import HTTPBearer\n"
    (tmp_path / "app.py").write_text(_GUARDED.replace(_IMPORT, bound))
    (verdict,) = audit(tmp_path, Options(items=("route-not-authenticated",))).verdicts
    assert verdict.verdict in {Verdict.FAIL, Verdict.UNKNOWN}, verdict.reason


@pytest.mark.parametrize(
    "binding",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    HTTPBearer = Fake\nelse:\n    {real}",
        "HTTPBearer = None\n{real}",
        "import os\n{real}from fastapi.security import HTTPBasic\nHTTPBearer = HTTPBasic if os.environ.get('X') else HTTPBearer\n",
        "try:\n    {real}except ImportError:\n    from fastapi.security.http import HTTPBearer\n",
    ],
)
def test_a_guard_that_every_run_has_is_one(tmp_path: Path, binding: str) -> None:
    (tmp_path / "app.py").write_text(_GUARDED.replace(_IMPORT, _FAKE + binding.format(real=_IMPORT)))
    (verdict,) = audit(tmp_path, Options(items=("route-not-authenticated",))).verdicts
    assert verdict.verdict is Verdict.PASS, verdict.reason


def test_a_middleware_that_some_run_does_not_have_is_no_guard(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import os\nfrom fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n"
        "from starlette.middleware.base import BaseHTTPMiddleware\n\n\n"
        "class Open(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n"
        "        return await call_next(request)\n\n\n"
        "class Auth(Open):\n    async def dispatch(self, request, call_next):\n"
        "        if not request.headers.get('authorization'):\n            return JSONResponse({}, status_code=401)\n"
        "        return await call_next(request)\n\n\n"
        "Guard = Auth\nif os.environ.get('FAST'):\n    Guard = Open\nelse:\n    Guard = Auth\n"
        "open_app = FastAPI()\nopen_app.add_middleware(Guard)\n\n\n"
        "@open_app.post('/orders')\ndef order(): ...\n"
    )
    (verdict,) = audit(tmp_path, Options(items=("route-not-authenticated",))).verdicts
    assert verdict.verdict is Verdict.UNKNOWN, verdict.reason


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


_EXPRESS = "const app = require('express')()\napp.post('/orders', (q, r) => r.end())\napp.listen(1)\n"


@pytest.mark.parametrize("path", ["tests/app.py", "dist/server.js", "server.min.js", "src/__tests__/server.js"])
def test_the_only_application_may_stand_aside(tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(_OPEN if path.endswith("py") else _EXPRESS)
    (tmp_path / "setup.py").write_text("x = 1\n")
    result = audit(tmp_path, Options(items=("route-not-authenticated",)))
    assert result.verdicts[0].verdict is Verdict.UNKNOWN
    assert path in result.verdicts[0].reason
    assert path in {entry.path for entry in result.unread}


@pytest.mark.parametrize(
    ("path", "manifest", "text"),
    [
        ("tests/app.py", "Procfile", "web: uvicorn tests.app:open_app --port $PORT\n"),
        ("tests/app.py", "Dockerfile", 'FROM python\nCMD ["uvicorn", \\\n  "tests.app:open_app"]\n'),
        ("tests/app.py", "compose.yaml", "services:\n  api:\n    command: uvicorn tests.app:open_app\n"),
        ("tests/app.py", "deploy/docker-compose.yml", "services:\n  api:\n    command:\n      - uvicorn\n      - tests.app:open_app\n"),
        ("dist/server.js", "package.json", '{"scripts": {"start": "NODE_ENV=production node dist/server"}}'),
        ("dist/index.js", "package.json", '{"main": "./dist"}'),
        ("dist/server.js", "Dockerfile", "FROM node\nENTRYPOINT node /srv/app/dist/server.js\n"),
        ("server.min.js", "package.json", '{"main": "server.min.js"}'),
    ],
)  # fmt: skip
def test_what_deployment_starts_is_looked_at(tmp_path: Path, path: str, manifest: str, text: str) -> None:
    for name, content in {
        "app.py": _GUARDED,
        path: _OPEN if path.endswith("py") else _EXPRESS,
        manifest: text,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    (verdict,) = audit(tmp_path, Options(items=("route-not-authenticated",))).verdicts
    assert verdict.verdict is Verdict.FAIL, verdict.reason


def test_a_new_application_among_the_tests_is_named(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        (folder / "tests").mkdir(parents=True)
        (folder / "app.py").write_text(_GUARDED)
        (folder / "tests" / "old.py").write_text(_OPEN)
    (after / "tests" / "new.py").write_text(_OPEN)
    result = audit(after, Options(base=before, items=("route-not-authenticated",)))
    assert [entry.path for entry in result.unread] == ["tests/new.py"]
