"""Which names and values are secrets, and which literals only stand where one belongs."""

from __future__ import annotations

import re
from math import log2

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

_ALONE = frozenset(
    {
        "secret",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "apikey",
        "secretkey",
        "credential",
        "credentials",
        "privatekey",
    }
)
_PAIRS = frozenset(
    {
        ("secret", "key"), ("api", "key"), ("private", "key"), ("signing", "key"), ("encryption", "key"), ("access", "key"), ("jwt", "key"), ("session", "key"),
        ("auth", "token"), ("access", "token"), ("api", "token"), ("bearer", "token"), ("bot", "token"), ("refresh", "token"), ("service", "token"),
        ("master", "key"), ("fernet", "key"), ("hmac", "key"), ("token", "key"), ("admin", "token"), ("client", "secret"), ("service", "key"),
    }
)  # fmt: skip
# A word after the secret's own says that the value is something about it.
_ABOUT = frozenset(
    {
        "url", "uri", "path", "field", "fields", "name", "names", "length", "len", "min", "max", "type", "types", "expire", "expires", "expiry", "expiration", "ttl",
        "lifetime", "minutes", "seconds", "days", "hours", "age", "algorithm", "algo", "header", "prefix", "suffix", "pattern", "regex", "regexp", "file", "dir",
        "label", "message", "msg", "error", "errors", "title", "text", "placeholder", "hint", "help", "description", "context", "schema", "schemes", "scheme", "policy",
        "reset", "changed", "change", "forgot", "required", "invalid", "rule", "rules", "validator", "hasher", "hashers", "rounds", "salt", "column", "param", "params",
        "id", "count", "limit", "size", "format", "template", "email", "subject", "endpoint", "route", "page", "view", "event", "action", "scope", "issuer", "audience",
        "strength", "hash", "env", "var", "provider", "version", "location", "source", "cookie", "method", "chars", "characters", "alphabet", "set", "is", "has", "option",
        "verify", "tag", "class", "mode", "bytes", "encoding", "index", "status", "user", "host", "port", "store", "storage", "manager", "service", "attribute",
    }
)  # fmt: skip
_BEFORE = frozenset(
    {
        "forgot",
        "reset",
        "change",
        "update",
        "invalid",
        "wrong",
        "incorrect",
        "confirm",
        "missing",
        "show",
        "hide",
        "public",
        "no",
        "min",
        "max",
        "is",
        "has",
        "test",
    }
)

_PROVIDERS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{60,}|\b[sr]k_live_[A-Za-z0-9]{20,}|\bxox[abprs]-[A-Za-z0-9-]{12,}"
    r"|\bAIza[0-9A-Za-z_-]{35}\b|\bglpat-[A-Za-z0-9_-]{20,}|\bSG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}|\bnpm_[A-Za-z0-9]{36}\b|\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}"
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*\S{16,}|\bhf_[A-Za-z0-9]{34,}|\bdop_v1_[a-f0-9]{64}\b"
)
_URL_PASSWORD = re.compile(r"^[a-z][a-z0-9+.-]*://[^/\s:@]*:(?P<password>[^/\s@]+)@", re.IGNORECASE)
_IN_URLS = re.compile(r"\b([a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@{}$%<]+@", re.IGNORECASE)
_DATABASES = frozenset(
    {"database", "db", "mongo", "mongodb", "postgres", "postgresql", "pg", "mysql", "mariadb", "mssql", "sql", "amqp"}
)
_HOLE = re.compile(r"^(?:\$\{.*|\{.*|<.*>|%\(?.*|\*+|x{3,}|\.\.\.|\[.*\])$", re.IGNORECASE)
_SENTENCE = re.compile(r"\S+\s+\S+")
_LOCAL = frozenset({"localhost", "127.0.0.1"})


def words(name: str) -> list[str]:
    """Return the words of a name, in lower case."""
    return [word.lower() for word in _WORDS.findall(name)]


def is_secret_name(name: str) -> bool:
    """Whether a value of this name must stay secret."""
    parts = words(name)
    for index, word in enumerate(parts):
        if parts[:1] and parts[0] in _BEFORE:
            return False
        paired = index + 1 < len(parts) and (word, parts[index + 1]) in _PAIRS
        alone = word in _ALONE or (word == "token" and len(parts) == 1)
        if not paired and not alone:
            continue
        rest = parts[index + 2 :] if paired else parts[index + 1 :]
        rest = [one for one in rest if one not in {"key", "value"} and not one.isdigit()]
        if not set(rest) & _ABOUT:
            return True
    return False


def is_database_url(name: str) -> bool:
    """Whether a value of this name is the address of a database, which holds its password."""
    parts = words(name)
    return bool(parts) and parts[-1] in {"url", "uri", "dsn"} and bool(_DATABASES.intersection(parts))


def is_secret_value(value: str) -> bool:
    """Whether the text itself has the form of a provider's token or a private key, or a URL that holds a password."""
    return len(value) >= _SHORTEST_FORM and (bool(_PROVIDERS.search(value)) or holds_url_password(value))


def without_secrets(text: str) -> str:
    """Return the text with everything that has the form of a secret left out."""
    return _IN_URLS.sub(r"\1[secret]@", _PROVIDERS.sub("[secret]", text))


def holds_url_password(value: str) -> bool:
    """Whether this is a URL with a password in it, and not with a hole for one."""
    match = _URL_PASSWORD.match(value.strip()) if "://" in value else None
    return (
        match is not None
        and len(match["password"]) >= _SHORTEST
        and not _HOLE.match(match["password"])
        and match["password"].lower() not in {"password", "pass", "pwd", "secret"}
    )


_STAND_IN = re.compile(r"your|example|dummy|fake|placeholder|mock|x{3}|valid|sample|todo|insert", re.IGNORECASE)
_OWN = frozenset({"secret", "jwt", "session", "signing", "password", "passwd", "pwd", "passphrase", "fernet", "hmac"})
"""Words of secrets that this program itself chooses: any literal works as one, so none is a mere stand-in."""
_SHORTEST = 3
_SHORTEST_FORM = 9
"""Characters of `a://:xyz@`, the shortest text that shows by its form that it is a secret. Most literals are shorter."""
_SHORTEST_TOKEN = 8


def is_filled(name: str, value: str) -> bool:
    """Whether a literal under a secret's name can be the secret: not empty, no hole, no sentence, no name of something."""
    text = value.strip()
    own = bool(set(words(name)) & _OWN)
    if not own and (len(text) < _SHORTEST_TOKEN or _STAND_IN.search(text)):
        return False
    if len(text) < _SHORTEST or _HOLE.match(text) or _SENTENCE.search(text):
        return False
    if text.endswith((".", "!", ":")) and text[:-1].isalpha():  # a word of a message
        return False
    if text.lower().startswith(("http://", "https://", "/", "./", "env:", "vault:", "arn:", "projects/", "bearer")):
        return False
    if words(text) == words(name):  # a list of names: `API_KEY: "api_key"`
        return False
    if text.lower().replace("-", "_") in {
        "none",
        "null",
        "undefined",
        "true",
        "false",
        "string",
        "text",
        "password",
        "token",
        "secret",
        "bearer",
    }:
        return _looks_random(text)
    return True


def _looks_random(text: str) -> bool:
    counts = [text.count(one) / len(text) for one in set(text)]
    return -sum(one * log2(one) for one in counts) > 3.2
