"""Which files are code for a browser: their calls are nobody's backend."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backcheck.program.form import Import
from backcheck.source import Unreadable

if TYPE_CHECKING:
    from backcheck.program import Program
    from backcheck.program.form import Module

_BROWSER = frozenset(
    {"react", "react-dom", "vue", "svelte", "@angular/core", "solid-js", "preact", "react-native", "expo", "jquery"}
)
_SERVER = frozenset({"express", "fastify", "koa", "@nestjs/core", "hono", "@hapi/hapi", "restify"})


def for_browsers(program: Program) -> frozenset[str]:
    """Return the JavaScript files of packages that name a browser framework and no server, and files that import one."""
    packages: dict[str, bool] = {}
    for file in program.tree.files:
        folder, _, name = file.path.rpartition("/")
        if name == "package.json":
            try:
                packages[folder] = _is_browser_package(program.tree.read(file.path))
            except Unreadable:
                continue  # the tree lists it as unread
    return frozenset(
        path
        for path, module in program.modules.items()
        if module.language != "python" and (_nearest(packages, path) or _imports_browser(module))
    )


def _is_browser_package(manifest: bytes) -> bool:
    try:
        content = json.loads(manifest)
    except (ValueError, RecursionError):
        return False
    if not isinstance(content, dict):
        return False
    parts = (content.get(key) for key in ("dependencies", "devDependencies", "peerDependencies"))
    names = {name for part in parts if isinstance(part, dict) for name in part}
    return bool(names & _BROWSER) and not names & _SERVER


def _nearest(packages: dict[str, bool], path: str) -> bool:
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in packages:
            return packages[folder]
    return False


def _imports_browser(module: Module) -> bool:
    return any(isinstance(node, Import) and node.source in _BROWSER for node in module.body)
