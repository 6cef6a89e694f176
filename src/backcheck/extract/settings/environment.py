"""Reads of the environment: `os.getenv`, `process.env`, settings classes, and the readers of the usual libraries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.backend import Setting
from backcheck.extract.settings.secrecy import is_filled, is_secret_name, is_secret_value
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Module, Program, Scope

_FUNCTIONS = frozenset(
    {"os.getenv", "os.environ.get", "os.environ.setdefault", "decouple.config", "starlette.config.Config()"}
)
_READERS = (
    "environs.Env()",
    "environ.Env()",
    "decouple.Config()",
    "decouple.AutoConfig()",
    "starlette.config.Config()",
)
_SETTINGS_BASES = frozenset({"BaseSettings"})


@dataclass(frozen=True, slots=True)
class Read:
    """One read of the environment."""

    name: str
    fallback: str | None
    """The literal that stands in where the environment is silent; None for none, or for one that is no literal."""


def taken_apart(targets: tuple[form.Expr, ...], value: form.Expr | None) -> Iterator[tuple[Read, form.Expr]]:
    """Give the reads of `const { SECRET, PORT = 3000 } = process.env`."""
    if value is None or not is_whole_environment(value):
        return
    for target in targets:
        for key, part in target.entries if isinstance(target, form.Mapping) else ():
            if isinstance(key, form.Literal) and isinstance(key.value, str):
                fallback = part.children[1] if isinstance(part, form.Opaque) and part.kind == "default" else None
                yield Read(key.value, _text(fallback)), part


def is_whole_environment(expr: form.Expr) -> bool:
    """Whether this is `process.env`, whole."""
    return (
        isinstance(expr, form.Attribute)
        and expr.name == "env"
        and isinstance(expr.value, form.Name)
        and expr.value.id == "process"
    )


def validated_names(module: Module) -> frozenset[str]:
    """Return names that hold the environment after a validator: `const { value: env } = schema.validate(process.env)`."""
    if b"process.env" not in module.source:
        return frozenset()
    names: set[str] = set()
    for node in module.body:
        if isinstance(node, form.Assign) and isinstance(node.value, form.Call | form.Await):
            calls = [one for one in form.walk(node.value) if isinstance(one, form.Call)]
            if any(is_whole_environment(argument) for call in calls for argument in call.args):
                names |= {one.id for target in node.targets for one in form.walk(target) if isinstance(one, form.Name)}
    return frozenset(names)


def read_of(program: Program, module: Module, node: form.Expr) -> Read | None:
    """Return what this expression reads from the environment, with its fallback; None where it reads nothing."""
    match node:
        case form.Operation(operator="||" | "??" | "or", operands=(left, *_, right)):
            read = read_of(program, module, left)
            if read is None:
                return None
            later = read_of(program, module, right)
            return Read(read.name, later.fallback if later is not None else _text(right))
        case form.Attribute(value=form.Attribute(value=form.Name(id="process"), name="env"), name=name):
            return Read(name, None)
        case form.Subscript(
            value=form.Attribute(value=form.Name(id="process"), name="env"), index=form.Literal(value=str() as name)
        ):
            return Read(name, None)
        case form.Subscript(value=form.Attribute(name="environ"), index=form.Literal(value=str() as name)):
            return Read(name, None)
        case form.Subscript(value=form.Name(id="environ"), index=form.Literal(value=str() as name)):
            return Read(name, None)
        case form.Call(args=(form.Literal(value=str() as name), *rest)) if _may_read(node.callee):
            symbol = program.symbol(program.scope(module), node.callee) or _spelled(node.callee)
            if symbol in _FUNCTIONS or symbol.startswith(_READERS):
                given = next((value for key, value in node.keywords if key == "default"), None)
                fallback = (
                    given if given is not None else (rest[0] if rest and isinstance(rest[0], form.Literal) else None)
                )
                return Read(name, _text(fallback))
    return None


def _may_read(callee: form.Expr) -> bool:
    match callee:
        case form.Attribute(name=name):
            return name in {"get", "getenv", "setdefault", "str", "int", "bool", "url", "db", "list"}
        case form.Name(id=name):
            return name in {"getenv", "config", "env"}
    return False


def _spelled(callee: form.Expr) -> str:
    match callee:
        case form.Name(id=name):
            return name
        case form.Attribute(value=value, name=name):
            return f"{_spelled(value)}.{name}"
    return ""


def _text(expr: form.Expr | None) -> str | None:
    if isinstance(expr, form.Literal) and isinstance(expr.value, str):
        return expr.value
    return None


def settings_classes(program: Program, module: Module, seen: set[int], refused: frozenset[str]) -> Iterator[Setting]:
    """Give the fields of pydantic settings classes: each is read from the environment, a literal is its fallback."""
    scope = program.scope(module)
    for node in module.body:
        if isinstance(node, form.Class) and _is_settings(program, scope, node, 4):
            for part in node.body:
                if (
                    isinstance(part, form.Assign)
                    and isinstance(part.targets[0], form.Name)
                    and part.annotation is not None
                ):
                    yield _field(program, module, part, seen, refused)


def _is_settings(program: Program, scope: Scope, node: form.Class, depth: int) -> bool:
    for base in node.bases:
        name = base.name if isinstance(base, form.Attribute) else getattr(base, "id", "")
        if name in _SETTINGS_BASES:
            return True
        found = program.definition(scope, base) if depth else None
        if (
            found is not None
            and isinstance(found.node, form.Class)
            and _is_settings(program, found.scope, found.node, depth - 1)
        ):
            return True
    return False


def _field(program: Program, module: Module, part: form.Assign, seen: set[int], refused: frozenset[str]) -> Setting:
    name = part.targets[0].id if isinstance(part.targets[0], form.Name) else ""
    read = read_of(program, module, part.value) if part.value is not None else None
    text = read.fallback if read is not None else _text(_default(part.value))
    if part.value is not None:
        for inner in form.walk(part.value):
            seen.add(id(inner))
    secret = is_secret_name(name)
    if text is not None and is_secret_value(text):
        return Setting(name, module.place(part), "default", secret=True)
    origin = (
        "default"
        if text is not None and text != "" and (not secret or is_filled(name, text) or len(text) > 3)
        else "environment"
    )
    return Setting(name, module.place(part), origin, secret, placeholder=name.lower().replace("_", "") in refused)


def _default(value: form.Expr | None) -> form.Expr | None:
    """Return what a field has where the environment is silent: `"…"`, `Field("…", env=…)`, `SecretStr("…")`."""
    if not isinstance(value, form.Call):
        return value
    given = next((value for key, value in value.keywords if key == "default"), None)
    default = given if given is not None else (value.args[0] if value.args else None)
    return default.args[0] if isinstance(default, form.Call) and default.args else default
