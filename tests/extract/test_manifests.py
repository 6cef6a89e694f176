"""Manifests: run-time dependencies, what locks them, and the frameworks that they and the code name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.extract import extract
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.backend import Backend


def backend(folder: Path, files: dict[str, str]) -> Backend:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return extract(load(collect(folder)))


@pytest.mark.parametrize(
    "name, text, ecosystem, dependencies",
    [
        (
            "pyproject.toml",
            ('[project]\nname = "x"\ndependencies = ["FastAPI[all] >=0.1,<1 ; python_version > \'3\'", "ruamel.yaml"]\n'
            '[project.optional-dependencies]\ndev = ["pytest"]\n[dependency-groups]\ndev = ["ruff"]\n'),
            "pypi",
            [("fastapi", ">=0.1,<1"), ("ruamel-yaml", "")],
        ),
        (
            "pyproject.toml",
            ('[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "^0.1"\nredis = {version = "5.0", optional = true}\n'
            'mine = {path = "../mine"}\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n'),
            "pypi",
            [("fastapi", "^0.1"), ("redis", "5.0"), ("mine", "")],
        ),
        (
            "requirements.txt",
            "# pinned\nFlask_Login==0.6 \\\n    --hash=sha256:00\n-e .\n--index-url https://example.com\n\nhttpx>=0.27  # client\n",
            "pypi",
            [("flask-login", "==0.6"), ("httpx", ">=0.27")],
        ),
        ("setup.cfg", "[options]\ninstall_requires =\n    fastapi\n    uvicorn>=0.3\n", "pypi", [("fastapi", ""), ("uvicorn", ">=0.3")]),
        ("Pipfile", '[packages]\nfastapi = "*"\n[dev-packages]\npytest = "*"\n', "pypi", [("fastapi", "*")]),
        (
            "package.json",
            '{"dependencies": {"express": "^4", "@scope/x": "1", "own": "workspace:*"}, "devDependencies": {"jest": "29"}}',
            "npm",
            [("express", "^4"), ("@scope/x", "1")],
        ),
        (
            "go.mod",
            "module x\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n\tgolang.org/x/net v0.1.0 // indirect\n)\n",
            "go",
            [("github.com/gin-gonic/gin", "v1.10.0")],
        ),
        (
            "pom.xml",
            ('<project xmlns="http://maven.apache.org/POM/4.0.0"><dependencies><dependency><groupId>g</groupId>'
            "<artifactId>a</artifactId><version>1.2</version></dependency><dependency><groupId>g</groupId>"
            "<artifactId>t</artifactId><scope>test</scope></dependency></dependencies></project>"),
            "maven",
            [("g:a", "1.2")],
        ),
        ("build.gradle", "dependencies {\n  implementation 'g:a:1.2'\n  testImplementation 'g:t:1'\n}\n", "maven", [("g:a", "1.2")]),
        ("Gemfile", 'gem "rails", "~> 7.1"\n# gem "old"\n', "gems", [("rails", "~> 7.1")]),
        ("composer.json", '{"require": {"php": ">=8.2", "laravel/framework": "^11"}}', "composer", [("laravel/framework", "^11")]),
        ("Cargo.toml", '[dependencies]\naxum = "0.7"\ntokio = { version = "1" }\n', "cargo", [("axum", "0.7"), ("tokio", "1")]),
    ],
)  # fmt: skip
def test_run_time_dependencies_are_read(
    name: str, text: str, ecosystem: str, dependencies: list[tuple[str, str]], tmp_path: Path
) -> None:
    (manifest,) = backend(tmp_path, {name: text}).manifests
    assert (manifest.place.path, manifest.ecosystem, list(manifest.dependencies)) == (name, ecosystem, dependencies)


@pytest.mark.parametrize(
    "name",
    [
        "requirements-dev.txt",
        "requirements/test.txt",
        "docs/requirements.txt.in",
        "node_modules/x/package.json",
        "tests/app/package.json",
    ],
)
def test_what_is_not_installed_to_run_the_application_is_no_manifest(name: str, tmp_path: Path) -> None:
    assert backend(tmp_path, {name: '{"dependencies": {"x": "1"}}'}).manifests == ()


def test_a_project_file_that_only_configures_tools_is_no_manifest(tmp_path: Path) -> None:
    assert backend(tmp_path, {"pyproject.toml": "[tool.ruff]\nline-length = 120\n"}).manifests == ()


@pytest.mark.parametrize(
    "name, text",
    [
        ("package.json", "{"),
        ("package.json", "[]"),
        ("package.json", "[" * 100_000),
        ("pyproject.toml", "[project"),
        ("pyproject.toml", "a = " + "[" * 5000),
        ("setup.cfg", "x"),
        ("pom.xml", "<project>"),
        ("pom.xml", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'),
        ("composer.json", "no"),
    ],
)
def test_a_manifest_that_is_malformed_is_listed_as_unread(name: str, text: str, tmp_path: Path) -> None:
    found = backend(tmp_path, {name: text})
    assert found.manifests == ()
    assert [entry.path for entry in found.unread] == [name]


def test_a_manifest_too_large_to_be_one_is_listed_as_unread(tmp_path: Path) -> None:
    found = backend(tmp_path, {"package.json": '{"dependencies": {"express": "4"}}' + " " * 3_000_000})
    assert found.manifests == ()
    assert [entry.path for entry in found.unread] == ["package.json"]


def test_a_requirements_file_that_includes_itself_is_read_once(tmp_path: Path) -> None:
    (manifest,) = backend(
        tmp_path, {"requirements.txt": "-r requirements.txt\n-r more/../requirements.txt\nfastapi\n"}
    ).manifests
    assert manifest.dependencies == (("fastapi", ""),)


def test_an_include_does_not_leave_the_repository(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret-package\n", "utf-8")
    (manifest,) = backend(tmp_path / "app", {"requirements.txt": "-r ../outside.txt\nfastapi\n"}).manifests
    assert manifest.dependencies == (("fastapi", ""),)


@pytest.mark.parametrize(
    "lock", ["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "npm-shrinkwrap.json", "bun.lock"]
)
def test_a_lock_file_of_any_installer_counts(lock: str, tmp_path: Path) -> None:
    found = backend(tmp_path, {"package.json": '{"dependencies": {"express": "^4"}}', lock: "express 4.21.2"})
    assert found.manifests[0].lock is not None
    assert found.manifests[0].lock.path == lock


def test_a_lock_file_too_large_to_read_counts_as_it_stands(tmp_path: Path) -> None:
    found = backend(
        tmp_path, {"package.json": '{"dependencies": {"express": "^4"}}', "package-lock.json": " " * 3_000_000}
    )
    assert found.manifests[0].lock is not None


@pytest.mark.parametrize(
    "name, text, framework, line, read",
    [
        ("requirements.txt", "httpx\nfastapi==0.1\n", "fastapi", 2, True),
        ("package.json", '{"dependencies": {\n"express": "^4"}}', "express", 2, True),
        ("requirements.txt", "Django>=5\n", "django", 1, False),
        ("requirements.txt", "djangorestframework\n", "django", 1, False),
        ("Gemfile", "source 'x'\ngem 'rails'\n", "rails", 2, False),
        ("pyproject.toml", '[project]\ndependencies = ["Flask"]\n', "flask", 2, False),
        ("package.json", '{"dependencies": {"@nestjs/core": "10"}}', "nestjs", 1, False),
        ("go.mod", "module x\nrequire github.com/labstack/echo/v4 v4.1.0\n", "echo", 2, False),
        (
            "build.gradle.kts",
            'dependencies {\n  implementation("org.springframework.boot:spring-boot-starter-web")\n}\n',
            "spring",
            2,
            False,
        ),
        ("app.csproj", '<Project Sdk="Microsoft.NET.Sdk.Web">\n</Project>', "aspnet", 1, False),
        ("views.py", "import os\nfrom django.http import HttpResponse\n", "django", 2, False),
        ("main.py", "from aiohttp import web\n", "aiohttp", 1, False),
        ("server.ts", "import Koa from 'koa'\n", "koa", 1, False),
        ("server.js", "const fastify = require('fastify')()\n", "fastify", 1, False),
    ],
)
def test_a_framework_is_found_where_it_is_named(
    name: str, text: str, framework: str, line: int, *, read: bool, tmp_path: Path
) -> None:
    (found,) = backend(tmp_path, {name: text}).frameworks
    assert (found.name, found.place.path, found.place.start_line, found.read) == (framework, name, line, read)


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": "import aiohttp\nimport requests\n"},
        {"web/package.json": '{"dependencies": {"next": "14", "react": "18"}}'},
        {"types.ts": "import type { Context } from 'koa'\n"},
        {"tests/test_x.py": "import django\n"},
        {"main.py": "import flasks\nimport my.flask\n"},
    ],
)
def test_a_client_a_type_and_a_test_make_no_framework(files: dict[str, str], tmp_path: Path) -> None:
    assert backend(tmp_path, files).frameworks == ()


def test_a_front_end_framework_counts_where_it_answers_requests(tmp_path: Path) -> None:
    files = {"package.json": '{"dependencies": {"next": "14"}}', "app/api/users/route.ts": "export function GET() {}\n"}
    assert ("next", False) in [(one.name, one.read) for one in backend(tmp_path, files).frameworks]
