"""Keys that a call signs or encrypts with: a literal among its arguments is a secret whatever it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Setting
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Module, Program, Scope

# Last name of the call, roots of its symbol, position of the key, keywords that hold it.
_CALLS: tuple[tuple[str, frozenset[str], int, frozenset[str]], ...] = (
    ("encode", frozenset({"jwt", "jose", "authlib"}), 1, frozenset({"key"})),
    ("decode", frozenset({"jwt", "jose", "authlib"}), 1, frozenset({"key"})),
    ("sign", frozenset({"jsonwebtoken", "jwt", "jws"}), 1, frozenset()),
    ("verify", frozenset({"jsonwebtoken", "jwt"}), 1, frozenset()),
    ("Fernet", frozenset({"cryptography"}), 0, frozenset({"key"})),
    ("createHmac", frozenset({"crypto", "node:crypto"}), 1, frozenset()),
    ("SessionMiddleware", frozenset({"starlette", "fastapi"}), 9, frozenset({"secret_key"})),
    ("add_middleware", frozenset({"fastapi", "starlette"}), 9, frozenset({"secret_key"})),
    ("URLSafeTimedSerializer", frozenset({"itsdangerous"}), 0, frozenset({"secret_key"})),
    ("URLSafeSerializer", frozenset({"itsdangerous"}), 0, frozenset({"secret_key"})),
    ("cookieParser", frozenset({"cookie-parser"}), 0, frozenset()),
    ("expressJwt", frozenset({"express-jwt"}), 9, frozenset()),
)
_NAMES = frozenset(name for name, _, _, _ in _CALLS)
_SESSIONS = frozenset(
    {"express-session", "cookie-session", "express-jwt", "koa-session", "@fastify/session", "passport-jwt"}
)
_OPTIONS = frozenset({"secret", "keys", "secretOrKey"})
_SHORTEST = 1


def signing_keys(program: Program, module: Module) -> Iterator[tuple[Setting, form.Node]]:
    """Give literal keys with the literal's node."""
    for scope, call in program.calls(module):
        yield from _keys(program, module, scope, call)


def _keys(program: Program, module: Module, scope: Scope, node: form.Call) -> Iterator[tuple[Setting, form.Node]]:
    name = node.callee.name if isinstance(node.callee, form.Attribute) else getattr(node.callee, "id", "")
    for option in _session_options(program, scope, node):
        yield Setting(f"{name} secret", module.place(option), "literal", secret=True), option
    if name not in _NAMES and not (node.args and isinstance(node.callee, form.Name)):
        return
    symbol = program.symbol(scope, node.callee) or ""
    root = symbol.split(".")[0].split("(")[0]
    for last, roots, position, keywords in _CALLS:
        matches = root in roots and (symbol.removesuffix("()").endswith(last) or (symbol == root and last == name))
        if root == "cookie-parser" and last == "cookieParser":
            matches = True
        if not matches:
            continue
        given = [value for key, value in node.keywords if key in keywords]
        given += [node.args[position]] if position < len(node.args) else []
        for value in given:
            if (
                isinstance(value, form.Literal)
                and isinstance(value.value, str | bytes)
                and len(value.value) >= _SHORTEST
            ):
                yield Setting(f"{last} key", module.place(value), "literal", secret=True), value


def _session_options(program: Program, scope: Scope, node: form.Call) -> Iterator[form.Expr]:
    for argument in node.args:
        if not isinstance(argument, form.Mapping):
            continue
        for key, value in argument.entries:
            if not (isinstance(key, form.Literal) and key.value in _OPTIONS):
                continue
            literals = value.items if isinstance(value, form.Sequence) else (value,)
            found = [
                one for one in literals if isinstance(one, form.Literal) and isinstance(one.value, str) and one.value
            ]
            if found:
                symbol = program.symbol(scope, node.callee) or ""
                if symbol.split(".")[0].split("(")[0] in _SESSIONS:
                    yield from found
