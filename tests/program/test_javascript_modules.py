"""Where JavaScript modules lie, and what they export."""

from __future__ import annotations

import pytest

from backcheck.program import load
from backcheck.program.javascript import Locator, exports
from backcheck.source import collect

FILES = {
    "package.json": '{"workspaces": ["packages/*"], "imports": {"#lib/*": "./src/lib/*.js"}, "dependencies": {"express": "5"}}',
    "tsconfig.json": '{"extends": "./tsconfig.base.json", /* why */ "compilerOptions": {"baseUrl": "./src"}}',
    "tsconfig.base.json": '{"compilerOptions": {"paths": {"@app/*": ["src/*"], "config": ["src/settings.ts"],}}}',
    "src/main.ts": "", "src/settings.ts": "", "src/routes/index.ts": "", "src/routes/users.ts": "", "src/lib/db.ts": "",
    "src/both.js": "", "src/both/index.js": "", "src/view.tsx": "", "src/native.mjs": "", "src/express.ts": "",
    "packages/core/package.json": '{"name": "@shop/core", "main": "dist/index.js"}',
    "packages/core/src/index.ts": "", "packages/core/src/money.ts": "",
    "packages/plain/package.json": '{"name": "plain", "exports": {".": {"import": "./entry.js"}}}',
    "packages/plain/entry.js": "", "broken/package.json": "{ not json", "broken/index.js": "",
}  # fmt: skip


@pytest.mark.parametrize(
    "specifier, found",
    [
        ("./routes", "src/routes/index.ts"),
        ("./routes/users", "src/routes/users.ts"),
        ("./routes/users.js", "src/routes/users.ts"),
        ("./routes/users.ts", "src/routes/users.ts"),
        ("./both", "src/both.js"),
        ("./both/", "src/both/index.js"),
        ("./view", "src/view.tsx"),
        ("./native.mjs", "src/native.mjs"),
        ("../src/main", "src/main.ts"),
        ("../broken", "broken/index.js"),
        (".", None),
        ("../../outside", None),
        ("./missing", None),
        ("@app/lib/db", "src/lib/db.ts"),
        ("config", "src/settings.ts"),
        ("routes/users", "src/routes/users.ts"),
        ("#lib/db", "src/lib/db.ts"),
        ("@shop/core", "packages/core/src/index.ts"),
        ("@shop/core/money", "packages/core/src/money.ts"),
        ("plain", "packages/plain/entry.js"),
        ("lodash", None),
        ("node:fs", None),
    ],
)
def test_a_module_is_found_as_node_and_typescript_find_it(specifier: str, found: str | None) -> None:
    locator = Locator(FILES, lambda path: FILES[path].encode())
    assert locator.locate("src/main.ts", specifier) == found


def test_configuration_that_extends_itself_ends() -> None:
    files = {
        "tsconfig.json": '{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"@/*": ["./*"]}}}',
        "a.ts": "",
    }
    assert Locator(files, lambda path: files[path].encode()).locate("a.ts", "@/a") == "a.ts"


def _exports(tmp_path_factory: pytest.TempPathFactory, source: str) -> list[tuple[str, str | None]]:
    root = tmp_path_factory.mktemp("module")
    (root / "it.js").write_text(source, encoding="utf-8")
    return [(each.name, each.source) for each in exports(load(collect(root)).modules["it.js"])]


@pytest.mark.parametrize(
    "source, names",
    [
        ("module.exports = { a, b: 1, ...require('./c') }", [("=", None), ("a", None), ("b", None), ("*", "./c")]),
        ("exports.a = 1\nmodule.exports.b = 2\nmodule.exports['c'] = 3", [("a", None), ("b", None), ("c", None)]),
        ("exports = module.exports = f", [("=", None)]),
        ("Object.assign(module.exports, { a })", [("a", None)]),
        ("if (x) { exports.a = 1 } else { exports.b = 2 }", [("a", None), ("b", None)]),
        (
            (
                "Object.defineProperty(exports, '__esModule', { value: true })\n"
                "Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return m.a } })\n"
                "__exportStar(require('./n'), exports)"
            ),
            [("a", None), ("*", "./n")],
        ),
        ("export { a } from './m'\nexport default b", [("a", "./m"), ("default", None)]),
    ],
)
def test_exports_of_both_module_systems(
    tmp_path_factory: pytest.TempPathFactory, source: str, names: list[tuple[str, str | None]]
) -> None:
    assert _exports(tmp_path_factory, source) == names
