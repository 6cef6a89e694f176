"""What JavaScript names are, across files and both module systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.program import Program, load
from backcheck.program.form import Assign, Name
from backcheck.source import collect

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "main.js": """
const express = require('express')
const { Pool: P } = require('pg')
const db = require('./db')
const { find, Model } = require('./models')
const controller = require('./controller')
import axios from 'axios'
const app = express()
const pool = new P()
class Service { constructor() { this.repository = pool } list() { return this.repository.query('x') } }
const service = new Service()
""",
    "db.js": "const { Pool } = require('pg')\nconst pool = new Pool()\nmodule.exports = { query: (t) => pool.query(t), client: pool }\n",
    "models/index.js": (
        "const { Sequelize } = require('sequelize')\nconst s = new Sequelize('x')\n"
        "exports.find = async (id) => id\nexports.Model = s.define('m', {})\n"
    ),
    "controller.ts": "export const create = async () => {}\nexport default { create }\n",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    root: Path = tmp_path_factory.mktemp("names")
    asked = "".join(f"x = {expression}\n" for expression in (*SYMBOLS, *DEFINITIONS))
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text + (asked if name == "main.js" else ""), encoding="utf-8")
    return load(collect(root))


SYMBOLS = {
    "app.get": "express().get",
    "express.Router()": "express.Router()",
    "pool.query": "pg.Pool().query",
    "axios.get": "axios.get",
    "db.client": "pg.Pool()",
    "Model.findAll": "sequelize.Sequelize().define().findAll",
    "service.list": "main.js:Service().list",
    "require('fs').readFileSync": "fs.readFileSync",
}
DEFINITIONS = {
    "db.query": "db.js",
    "find": "models/index.js",
    "controller.create": "controller.ts",
    "service.list": "main.js",
}


def asked(program: Program, text: str) -> Assign:
    module = program.modules["main.js"]
    statements = (each for each in module.body if isinstance(each, Assign) and isinstance(each.targets[0], Name))
    return next(each for each in statements if each.value is not None and module.text(each.value) == text)


@pytest.mark.parametrize("expression", SYMBOLS)
def test_a_name_of_a_package_has_its_symbol(program: Program, expression: str) -> None:
    value = asked(program, expression).value
    assert value is not None
    assert program.symbol(program.scope(program.modules["main.js"]), value) == SYMBOLS[expression]


@pytest.mark.parametrize("expression", DEFINITIONS)
def test_a_name_of_this_code_base_has_its_definition(program: Program, expression: str) -> None:
    value = asked(program, expression).value
    assert value is not None
    found = program.definition(program.scope(program.modules["main.js"]), value)
    assert found is not None
    assert found.module.path == DEFINITIONS[expression]
