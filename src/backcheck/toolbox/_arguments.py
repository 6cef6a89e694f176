"""Check a call's arguments against its page: the part of JSON Schema that our pages use, with words for a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backcheck.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.definitions.tools import ToolPage

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
}
_ALIASES = {"path": "file_path", "file_path": "path"}
"""Names that models mix up; each is taken for the other where only the other exists."""


def checked(page: ToolPage, arguments: object) -> dict[str, Any]:
    """Return ``arguments`` as the function of ``page`` takes them; raises `ToolError` that names every fault."""
    if not isinstance(arguments, dict):
        raise ToolError(f"{page.name}: the arguments are not an object", help="give a JSON object")
    known = page.input_schema["properties"]
    renamed = {_known(name, known, arguments): value for name, value in arguments.items()}
    if faults := list(_faults(page.input_schema, renamed, "")):
        raise ToolError(f"{page.name}: {'; '.join(faults)}", help=f"its arguments are {', '.join(known)}")
    return renamed


def _known(name: Any, known: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:  # noqa: ANN401 - a caller in Python may use any key
    other = _ALIASES.get(name, name)
    return other if name not in known and other in known and other not in arguments else str(name)


def _faults(schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:  # noqa: ANN401 - a value of JSON
    wanted = schema.get("type")
    if wanted and not _is(wanted, value):
        yield f"{where} must be {'an' if wanted[0] in 'aio' else 'a'} {wanted}, not {_type_name(value)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} must be one of {', '.join(map(repr, schema['enum']))}, not {value!r}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{where} must be at least {schema['minimum']}, not {value}"
    if "maximum" in schema and value > schema["maximum"]:
        yield f"{where} must be at most {schema['maximum']}, not {value}"
    if len(value) < schema.get("minLength", schema.get("minItems", 0)) if isinstance(value, (str, list)) else False:
        yield f"{where} must not be empty"
    if wanted == "array":
        for number, item in enumerate(value):
            yield from _faults(schema.get("items", {}), item, f"{where}[{number}]")
    if wanted == "object":
        yield from _object_faults(schema, value, where)


def _object_faults(schema: Mapping[str, Any], value: Mapping[str, Any], where: str) -> Iterator[str]:
    inside = f"{where}." if where else ""
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{inside}{name} is missing"
    for name, item in value.items():
        if name in known:
            yield from _faults(known[name], item, f"{inside}{name}")
        else:
            yield f"{inside}{name} is not an argument"


def _is(wanted: str, value: object) -> bool:
    if isinstance(value, bool):  # which Python counts as an integer
        return wanted == "boolean"
    return isinstance(value, _TYPES[wanted])


def _type_name(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    known = next((name for name, types in _TYPES.items() if isinstance(value, types)), "number")
    return f"{'an' if known[0] in 'aio' else 'a'} {known}"
