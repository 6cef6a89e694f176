"""Files that deployment names as what is started: they are application code wherever they lie.

`package.json` (`main`, `bin`, `scripts.start`), the commands of a Dockerfile or compose file, and a Procfile say so.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from backcheck.source import reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_LARGEST = 256 * 1024
"""Bytes. Nobody writes a longer manifest or deployment file by hand."""
_LONGEST = 200
"""Characters of a word that may be a path: every part of one may be where it begins."""
_DOCKERFILE = re.compile(r"(?:.*[.])?(?:dockerfile|containerfile)(?:[.].*)?", re.IGNORECASE)
_COMPOSE = re.compile(r"(?:docker-)?compose(?:[.-].*)?[.]ya?ml", re.IGNORECASE)
_TESTING = re.compile(r"(?:^|[.-])tests?(?:[.-]|$)", re.IGNORECASE)
"""In the name of a file that deploys for tests alone."""
_STARTED = re.compile(r"^[ \t]*(?:CMD|ENTRYPOINT)\b(?:.*\\\n)*.*$", re.MULTILINE)
_COMMANDED = re.compile(
    r"^([ \t]*)(?:-[ \t]+)?(?:command|entrypoint):.*(?:\n\1[ \t]*(?:-[ \t]|[ \t]).*)*", re.MULTILINE
)
_SCRIPT = re.compile(r"(?:start|serve)(?:[:_-].*)?")
_WORD = re.compile(r"[\w./@+-]+(?::\w[\w.]*)?")
_ENDINGS = ("", ".py", ".js", ".mjs", ".cjs", ".ts", "/__init__.py", "/__main__.py", "/index.js", "/index.ts")


def named_entries(root: Path, paths: Collection[str]) -> frozenset[str]:
    """Return the files that the manifests and deployment files among the ``paths`` below ``root`` name as started.

    Whether there is such a file is for the caller to see: a command may mean several, `server.js` or `server/index.js`.
    """
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        for command in _commands(root, path):
            for word in {word for word in _WORD.findall(command) if len(word) <= _LONGEST}:
                found.update(_meant(word, folder))
    return frozenset(found)


def _commands(root: Path, path: str) -> Iterator[str]:
    """Give the pieces of a file in which words are what is started; none for any file that starts nothing."""
    name = path.rpartition("/")[2]
    if name == "package.json":
        yield from _scripts(_text(root, path))
    elif _TESTING.search(name):
        return
    elif name == "Procfile":
        yield _text(root, path)
    elif _DOCKERFILE.fullmatch(name):
        yield from _STARTED.findall(_text(root, path))
    elif _COMPOSE.fullmatch(name):
        yield from (found[0] for found in _COMMANDED.finditer(_text(root, path)))


def _text(root: Path, path: str) -> str:
    try:
        return reading.head(root, path, _LARGEST).decode("utf-8-sig", "replace")
    except reading.Unreadable:
        return ""


def _scripts(text: str) -> Iterator[str]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return  # whoever reads manifests says so
    if not isinstance(content, dict):
        return
    binaries, scripts = content.get("bin"), content.get("scripts")
    values = [content.get("main"), *(binaries.values() if isinstance(binaries, dict) else (binaries,))]
    if isinstance(scripts, dict):
        values += [script for name, script in scripts.items() if _SCRIPT.fullmatch(name)]
    yield from (value for value in values if isinstance(value, str))


def _meant(word: str, folder: str) -> Iterator[str]:
    """Give the files that a word of a command may mean: a path, or a dotted module with or without its attribute."""
    stem = word.partition(":")[0]
    for spelt in dict.fromkeys((stem, stem.replace(".", "/"))):
        parts = [part for part in spelt.split("/") if part not in {"", "."}]
        # In a container the path may begin anywhere: `/srv/app/dist/server.js`.
        for start in range(len(parts) if spelt.startswith("/") else 1):
            tail = "/".join(parts[start:])
            for home in dict.fromkeys((f"{folder}/" if folder else "", "")):
                yield from (f"{home}{tail}{ending}" for ending in _ENDINGS)
