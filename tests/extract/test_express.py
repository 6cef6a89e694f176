"""Each fixture is a project of fences with the routes that it serves: method, path, authentication, and what else is stated.

`guards` lists the kinds of guards that matter, in order; `takes_body` and `body` say whether a body is read and validated.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from backcheck.backend import GuardKind
from backcheck.extract.express import extract
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from backcheck.backend import Backend, Route

FIXTURES = sorted((Path(__file__).parent / "express").glob("*.md"))


def read(fixture: Path, root: Path) -> tuple[Backend, dict[str, dict[str, str]]]:
    """Lay the fixture's files out and return what is extracted, and what is expected of each route."""
    expected: dict[str, dict[str, str]] = {}
    for token in MarkdownIt("commonmark").parse(fixture.read_text("utf-8")):
        if token.type != "fence":
            continue
        language, *options = token.info.split()
        if language == "routes":
            for line in token.content.splitlines():
                method, path, authentication, *stated = line.split()
                said = dict(word.split("=") for word in stated)
                expected[f"{method} {path}"] = {"authentication": authentication, **said}
        else:
            title = next(option.removeprefix("title=") for option in options if option.startswith("title="))
            (root / title).parent.mkdir(parents=True, exist_ok=True)
            (root / title).write_text(token.content, encoding="utf-8")
    return extract(load(collect(root))), expected


def shown(route: Route) -> dict[str, str]:
    telling = [guard.kind.value for guard in route.guards if guard.kind is not GuardKind.OTHER]
    return {
        "authentication": route.authentication.value,
        "guards": ",".join(telling),
        "takes_body": "yes" if route.takes_body is True else "no",
        "body": "yes" if route.body is not None else "no",
    }


@pytest.mark.parametrize("fixture", FIXTURES, ids=[fixture.stem for fixture in FIXTURES])
def test_the_routes_of_each_fixture_are_found_as_stated(fixture: Path, tmp_path: Path) -> None:
    backend, expected = read(fixture, tmp_path)
    found = {f"{route.method} {route.path}": shown(route) for route in backend.routes}
    assert found.keys() == expected.keys()
    assert {key: {name: found[key][name] for name in stated} for key, stated in expected.items()} == expected


def project(root: Path, **files: str) -> Backend:
    for name, text in files.items():
        (root / f"{name}.js").write_text(text, encoding="utf-8")
    return extract(load(collect(root)))


def test_an_application_lists_its_own_middlewares_with_their_effects(tmp_path: Path) -> None:
    backend = project(
        tmp_path,
        app="const app = require('express')()\nconst helmet = require('helmet')\napp.use(helmet())\n"
        "app.use((req, res, next) => {\n  if (!req.secure) return res.redirect('https://' + req.headers.host + req.url)\n"
        "  res.setHeader('Strict-Transport-Security', 'max-age=1')\n  next()\n})\napp.use('/api', helmet())\n"
        "app.get('/', (req, res) => res.send('x'))\n",
    )
    (application,) = backend.applications
    assert application.name == "app.js:app"
    assert [sorted(guard.effects) for guard in application.guards] == [
        ["hsts", "security-headers"],
        ["hsts", "https-redirect"],
    ]


def test_a_route_states_statuses_parameters_and_its_handler(tmp_path: Path) -> None:
    backend = project(
        tmp_path,
        app="const express = require('express')\nconst app = express()\nconst { show } = require('./show')\n"
        "const wrap = require('express-async-handler')\napp.put('/shops/:shop/items/:item(\\\\d+)', wrap(show))\n",
        show="exports.show = async (req, res) => {\n  const it = await find(req.params.item)\n"
        "  if (!it) return res.sendStatus(404)\n  res.status(200).json(it)\n}\n",
    )
    (route,) = backend.routes
    assert (route.path, route.parameters) == ("/shops/{shop}/items/{item}", ("shop", "item"))
    assert route.handler_place is not None
    assert (route.handler_place.path, route.handler_place.start_line, route.handler_place.end_line) == ("show.js", 1, 5)
    assert str(route.place) == "app.js:5"
    assert route.is_async


def test_the_first_handler_that_answers_a_path_wins(tmp_path: Path) -> None:
    backend = project(
        tmp_path,
        app="const app = require('express')()\napp.get('/x', (req, res) => res.send('1'))\n"
        "app.get('/x', (req, res) => res.send('2'))\n",
    )
    assert [route.place.start_line for route in backend.routes] == [2]


def test_cycles_of_imports_and_mounts_end(tmp_path: Path) -> None:
    backend = project(
        tmp_path,
        a="const router = require('express').Router()\nmodule.exports = router\nrouter.use('/b', require('./b'))\n"
        "router.get('/a', (req, res) => res.end())\nrequire('express')().use('/root', router)\n",
        b="const router = require('express').Router()\nmodule.exports = router\nrouter.use('/a', require('./a'))\n"
        "router.get('/b', (req, res) => res.end())\n",
    )
    assert {route.path for route in backend.routes} == {"/root/a", "/root/b/b"}


def test_code_that_never_ends_is_left_and_said(tmp_path: Path) -> None:
    backend = project(
        tmp_path,
        app="const app = require('express')()\nconst l = [1,2,3,4,5,6,7,8,9,10]\n"
        + "".join(f"const f{n} = () => l.forEach(() => f{n + 1}())\n" for n in range(8))
        + "const f8 = () => 1\nf0()\n",
    )
    assert [entry.path for entry in backend.unread] == ["app.js"]


def test_a_long_chain_of_imports_is_followed_to_its_end(tmp_path: Path) -> None:
    chain = {f"m{n}": f"module.exports = require('./m{n + 1}')\n" for n in range(400)}
    last = "module.exports = require('express').Router().get('/end', (req, res) => res.end())\n"
    app = "require('express')().use('/x', require('./m0'))\n"
    assert [route.path for route in project(tmp_path, app=app, m400=last, **chain).routes] == ["/x/end"]


def test_deep_nesting_is_read_or_said_to_be_unread(tmp_path: Path) -> None:
    deep = "const x = " + "f(\n" * 140 + "1" + ")\n" * 140
    backend = project(
        tmp_path,
        app="const app = require('express')()\napp.get('/', (req, res) => res.end())\n",
        deep=f"const f = require('express')\n{deep}",
    )
    assert [route.path for route in backend.routes] == ["/"]


def test_a_repository_without_express_has_no_application(tmp_path: Path) -> None:
    backend = project(tmp_path, app="const koa = require('koa')\nnew koa().use(() => {})\n")
    assert (backend.applications, backend.routes) == ((), ())
