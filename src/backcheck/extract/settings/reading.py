"""Finds the settings of one module: reads of the environment, and literals where a secret belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from backcheck.backend import Setting
from backcheck.extract.settings.declared import declared_reads
from backcheck.extract.settings.environment import Read, read_of, settings_classes, taken_apart, validated_names
from backcheck.extract.settings.refusal import refused_names
from backcheck.extract.settings.secrecy import is_database_url, is_filled, is_secret_name, is_secret_value
from backcheck.extract.settings.signing import signing_keys
from backcheck.program import form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Module, Program


_SHOWN = frozenset({"example", "examples", "json_schema_extra", "schema_extra", "openapi_extra", "openapi_examples"})
"""Names of what a document shows to its readers."""


def settings_of(program: Program, module: Module) -> Iterator[Setting]:
    """Give every setting of the module, in source order; one place may be met twice."""
    refused = refused_names(module)
    seen: set[int] = set()
    yield from settings_classes(program, module, seen, refused)
    for setting, node in signing_keys(program, module):
        seen.add(id(node))
        yield setting
    for owner, read, node in declared_reads(program, module):
        yield _setting(owner, read, node, "", refused)
    yield from _walk(program, module, seen, refused)


def _walk(program: Program, module: Module, seen: set[int], refused: frozenset[str]) -> Iterator[Setting]:
    validated = validated_names(module)
    for node in module.nodes:
        if isinstance(node, form.Assign):
            for read, part in taken_apart(node.targets, node.value):
                yield _setting(module, read, part, "", refused)
        elif _is_member_of(node, validated):
            yield _setting(module, Read(node.name, None), node, "", refused)
        for name, value, at in _bound(node):
            if name in _SHOWN:
                seen.update(id(part) for part in form.walk(value))
            elif id(value) not in seen:
                yield from _named(module, name, value, at, seen, refused)
        if (
            isinstance(node, form.Literal)
            and isinstance(node.value, str)
            and id(node) not in seen
            and is_secret_value(node.value)
        ):
            yield Setting("a credential", module.place(node), "literal", secret=True)
        if isinstance(node, form.Call | form.Attribute | form.Subscript | form.Operation) and id(node) not in seen:
            yield from _read(program, module, node, "", seen, refused)


def _bound(node: form.Node) -> Iterator[tuple[str, form.Expr, form.Node]]:
    """Give names with what stands for them, and the node to show: assigned, of a member, of an argument, of a default."""
    match node:
        case form.Assign(targets=targets, value=value) if value is not None:
            yield from ((_name_of(target), value, node) for target in targets)
        case form.Mapping(entries=entries):
            for key, value in entries:
                if isinstance(key, form.Literal) and isinstance(key.value, str):
                    yield key.value, value, value
        case form.Call(keywords=keywords):
            yield from ((name, value, value) for name, value in keywords if name is not None)
        case form.Parameter(name=name, default=value) if value is not None:
            yield name, value, node


def _is_member_of(node: form.Node, names: frozenset[str]) -> TypeGuard[form.Attribute]:
    return (
        isinstance(node, form.Attribute)
        and isinstance(node.value, form.Name)
        and node.value.id in names
        and node.name.isupper()
    )


def _named(
    module: Module, name: str, value: form.Expr, at: form.Node, seen: set[int], refused: frozenset[str]
) -> Iterator[Setting]:
    """Give a literal that stands under a secret's name, or is one by its form."""
    if not name:
        return
    if not isinstance(value, form.Literal) or not isinstance(value.value, str):
        return
    secret_value = is_secret_value(value.value)
    if secret_value or (is_secret_name(name) and is_filled(name, value.value)):
        seen.add(id(value))
        yield Setting(name, module.place(at), "literal", secret=True, placeholder=_folded(name) in refused)


def _read(
    program: Program, module: Module, node: form.Expr, name: str, seen: set[int], refused: frozenset[str]
) -> Iterator[Setting]:
    read = read_of(program, module, node)
    if read is None:
        return
    for part in form.walk(node):
        seen.add(id(part))
    yield _setting(module, read, node, name, refused)


def _setting(module: Module, read: Read, node: form.Node, name: str, refused: frozenset[str]) -> Setting:
    secret = is_secret_name(read.name) or (name != "" and is_secret_name(name))
    origin = "environment"
    if read.fallback is None and is_database_url(read.name):
        secret = True  # it holds the database's password
    if read.fallback is not None and read.fallback != "":
        origin = "default"
        if is_secret_value(read.fallback):
            secret = True
        elif secret and read.fallback.strip().lower() in {"none", "null"}:
            origin = "environment"
    return Setting(read.name, module.place(node), origin, secret, placeholder=_folded(read.name) in refused)


def _name_of(target: form.Expr) -> str:
    match target:
        case form.Name(id=name) | form.Attribute(name=name):
            return name
        case form.Subscript(index=form.Literal(value=str() as name)):
            return name
    return ""


def _folded(name: str) -> str:
    return name.lower().replace("_", "")
