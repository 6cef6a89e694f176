"""What JavaScript's import, export and `require` bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Attribute, Call, Export, Import, Literal, Mapping, Name, Opaque, Sequence, Spread
from backcheck.program.javascript.literals import unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from backcheck.program.form import Expr, Span

    Text = Callable[[Node], str]


def imports(node: Node, text: Text) -> Iterator[Import]:
    """Give each name that an `import` statement binds; one with an empty local name where it binds none."""
    require = _child(node, "import_require_clause")
    source = _source(require or node, text) or ""
    at, type_only = node.byte_range, _has_type(node)
    if require is not None:
        yield Import(source, None, text(require.named_children[0]), at, type_only)
        return
    clause = _child(node, "import_clause")
    if clause is None:
        yield Import(source, None, "", at, type_only)
        return
    for part in clause.named_children:
        match part.type:
            case "identifier":
                yield Import(source, "default", text(part), at, type_only)
            case "namespace_import":
                yield Import(source, None, text(part.named_children[-1]), at, type_only)
            case "named_imports":
                for specifier in part.named_children:
                    yield from _specifier(specifier, source, type_only=type_only, text=text)


def _specifier(node: Node, source: str, *, type_only: bool, text: Text) -> Iterator[Import]:
    name = node.child_by_field_name("name")
    if name is not None:
        local = node.child_by_field_name("alias") or name
        yield Import(source, _plain(name, text), text(local), node.byte_range, type_only or _has_type(node))


def exports(node: Node, text: Text) -> Iterator[Import | Export]:
    """Give what `export {…}`, `export * from` and `export * as x from` export."""
    source, at = _source(node, text), node.byte_range
    namespace = _child(node, "namespace_export")
    clause = _child(node, "export_clause")
    if namespace is not None and source is not None:
        local = text(namespace.named_children[-1])
        yield Import(source, None, local, at)
        yield Export(local, Name(local, at), at)
    elif clause is not None:
        for specifier in clause.named_children:
            name = specifier.child_by_field_name("name")
            if name is not None and not _has_type(node):
                outside = specifier.child_by_field_name("alias") or name
                bound = Name(_plain(name, text), name.byte_range)
                yield Export(_plain(outside, text), bound, specifier.byte_range, source)
    elif source is not None:
        yield Export("*", None, at, source)


def required(target: Expr, value: Expr | None, at: Span) -> tuple[Import, ...]:
    """Return what `target = require('…')` binds; nothing where the value is no plain `require`."""
    match target, value:
        case Name(local), Call(Name("require"), (Literal(str(source)),)):
            return (Import(source, None, local, at),)
        case Name(local), Attribute(Call(Name("require"), (Literal(str(source)),)), name):
            return (Import(source, name, local, at),)
        case Mapping(entries), Call(Name("require"), (Literal(str(source)),)):
            found = tuple([Import(source, key, local, at) for key, local in _pairs(entries)])
            return found if len(found) == len(entries) else ()
    return ()


def _pairs(entries: tuple[tuple[Expr | None, Expr], ...]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        match entry:
            case Literal(str(key)), Name(local) | Opaque("default", (Name(local), _)):
                yield key, local


def names_of(target: Expr) -> Iterator[Name]:
    """Give the names that a pattern binds, in order."""
    stack = [target]
    while stack:
        match stack.pop():
            case Name() as name:
                yield name
            case Mapping(entries):
                stack.extend(value for _, value in reversed(entries))
            case Sequence(items=items):
                stack.extend(reversed(items))
            case Spread(value) | Opaque("default", (value, _)):
                stack.append(value)


def _child(node: Node, kind: str) -> Node | None:
    return next((child for child in node.named_children if child.type == kind), None)


def _source(node: Node, text: Text) -> str | None:
    source = node.child_by_field_name("source")
    return None if source is None else unescape(text(source)[1:-1])


def _plain(node: Node, text: Text) -> str:
    return unescape(text(node)[1:-1]) if node.type == "string" else text(node)


def _has_type(node: Node) -> bool:
    return any(child.type in {"type", "typeof"} and not child.is_named for child in node.children)
