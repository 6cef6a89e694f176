"""The modules of libraries that application code imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Call, Import, Literal, Name
from backcheck.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.program import Module, Program


def foreign_imports(program: Program) -> dict[str, str]:
    """Return each module that is not of this code base, with what lies above it, and the first file that imports it."""
    application = {file.path for file in program.tree.files if file.role is Role.APPLICATION}
    found: dict[str, str] = {}
    for path, module in program.modules.items():
        for source in _sources(module) if path in application else ():
            if not source.startswith(".") and program.locate(module, source) is None:
                for name in _above(source, "." if module.language == "python" else "/"):
                    found.setdefault(name, path)
    return found


def _sources(module: Module) -> Iterator[str]:
    for node in module.every(Import):
        if not node.type_only:
            yield node.source
            if module.language == "python" and node.name is not None:  # `from google.cloud import firestore`
                yield f"{node.source}.{node.name}"
    for call in module.every(Call):
        match call:
            case Call(Name("require" | "import"), (Literal(str(source)), *_)):
                yield source


def _above(source: str, separator: str) -> Iterator[str]:
    parts = source.split(separator)
    yield from (separator.join(parts[:count]) for count in range(1, len(parts) + 1))
