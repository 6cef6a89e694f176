"""What a code base reads from its environment, and what it fixes in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.extract.settings import extract
from backcheck.extract.settings.secrecy import is_secret_name
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from pathlib import Path


def settings(folder: Path, name: str, text: str) -> list[tuple[str, str, bool]]:
    """Return name, origin and secrecy of each setting in one file."""
    (folder / name).write_text(text, "utf-8")
    return [(one.name, one.origin, one.secret) for one in extract(load(collect(folder))).settings]


@pytest.mark.parametrize(
    "line, expected",
    [
        ("a = os.environ['API_KEY']", ("API_KEY", "environment", True)),
        ("a = os.getenv('PORT', '80')", ("PORT", "default", False)),
        ("a = os.environ.get('JWT_SECRET', 'abc-abc')", ("JWT_SECRET", "default", True)),
        ("a = os.environ.get('JWT_SECRET') or 'abc-abc'", ("JWT_SECRET", "default", True)),
        ("a = config('DB_PASSWORD')", ("DB_PASSWORD", "environment", True)),
        ("db_password = 'abc-abc'", ("db_password", "literal", True)),
        ("def connect(host, password='abc-abc'): pass", ("password", "literal", True)),
        ("import jwt\njwt.encode({}, 'abc-abc')", ("encode key", "literal", True)),
        ("app.add_middleware(SessionMiddleware, secret_key='abc-abc')", ("secret_key", "literal", True)),
        ("a = {'secret_key': 'abc-abc'}", ("secret_key", "literal", True)),
        ("connect(password='abc-abc')", ("password", "literal", True)),
        ("app.config['SECRET_KEY'] = 'abc-abc'", ("SECRET_KEY", "literal", True)),
        ("a = 'postgresql://shop:Ab12cd34@db/shop'", ("a", "literal", True)),
    ],
)
def test_python_settings_are_read(tmp_path: Path, line: str, expected: tuple[str, str, bool]) -> None:
    assert settings(tmp_path, "main.py", f"import os\nfrom decouple import config\n{line}\n") == [expected]


@pytest.mark.parametrize(
    "value, origin",
    [
        ("config('SECRET_KEY')", "environment"),
        ("config('SECRET_KEY', default='abc-abc')", "default"),
        ("Field('abc-abc', min_length=4)", "default"),
        ("Field(..., min_length=4)", "environment"),
        ("'abc-abc'", "default"),
    ],
)
def test_a_field_of_a_settings_class_has_the_fallback_of_what_reads_it(tmp_path: Path, value: str, origin: str) -> None:
    imports = (
        "from pydantic import Field\nfrom pydantic_settings import BaseSettings\nfrom starlette.config import Config\n"
    )
    text = f"{imports}config = Config('.env')\nclass Settings(BaseSettings):\n    SECRET_KEY: str = {value}\n"
    assert settings(tmp_path, "config.py", text) == [("SECRET_KEY", origin, True)]


def test_a_list_of_the_names_of_secrets_holds_none(tmp_path: Path) -> None:
    assert settings(tmp_path, "names.js", "exports.Name = { provider_secretKey: 'provider_secretKey' }\n") == []


@pytest.mark.parametrize(
    "line, expected",
    [
        ("const a = process.env.API_KEY", [("API_KEY", "environment", True)]),
        ("const a = process.env['PORT'] ?? '80'", [("PORT", "default", False)]),
        ("const { JWT_SECRET, PORT = '80' } = process.env", [("JWT_SECRET", "environment", True), ("PORT", "default", False)]),
        ("const { value: env } = schema.validate(process.env)\nuse(env.JWT_SECRET)", [("JWT_SECRET", "environment", True)]),
        ("module.exports = { db: { password: 'abc-abc' } }", [("password", "literal", True)]),
    ],
)  # fmt: skip
def test_javascript_settings_are_read(tmp_path: Path, line: str, expected: list[tuple[str, str, bool]]) -> None:
    assert settings(tmp_path, "config.js", f"{line}\n") == expected


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "jwtSecret", "db_password", "apiKey", "API_KEY", "accessToken", "privateKey", "PASSWORD", "token"],
)
def test_the_name_of_a_secret_is_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "token_url", "password_field", "PASSWORD_MIN_LENGTH", "tokenType", "resetPassword", "wrong_password", "primaryKey", "publicKey",
        "keyboard", "ACCESS_TOKEN_EXPIRE_MINUTES", "secretName", "passwordPolicy", "tokenizer", "compass", "passport", "foreign_key",
    ],
)  # fmt: skip
def test_a_name_about_a_secret_is_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "line",
    [
        "schema = {'example': {'password': 'abc-abc'}}",
        "a = Field(examples=[{'api_key': 'abc-abc-abc'}])",
        "password = ''",
        "a = {'password': 'Updated.'}",
        "token = 'your-token-goes-here'",
    ],
)
def test_what_only_shows_how_a_secret_looks_is_no_setting(tmp_path: Path, line: str) -> None:
    assert settings(tmp_path, "main.py", f"{line}\n") == []


@pytest.mark.parametrize("path", ["tests/test_app.py", "examples/app.py", "docs/conf.py"])
def test_tests_and_examples_are_not_judged(tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir()
    assert settings(tmp_path, path, "SECRET_KEY = 'abcdefgh'\n") == []
