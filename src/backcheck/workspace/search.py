"""Walk a tree, and search it where ripgrep is missing.

Also a program of its own (`python -IS search.py REQUEST`), with the standard library and nothing else: a regular
expression of Python may run for ever, and only a process can be killed. It prints what ripgrep does with `--null`.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PRUNED = frozenset((
    "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache",
    "bower_components", ".next", ".gradle", ".terraform",
))  # fmt: skip
"""Folders that tools make; looked into only when named."""

_DEPTH = 100
"""Folders below folders: one open file each while walking."""
_LARGEST = 20 * 1024 * 1024
_COLUMNS = 500
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def walk(
    folder: int, wanted: Callable[[str], bool], prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, os.DirEntry[str], int]]:
    """Give every file beneath the open ``folder``: its path, its entry, and the open folder that holds it.

    No link is followed. ``wanted`` says of a folder's name whether to go in.
    """
    below: list[str] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git" and wanted(entry.name):
                    below.append(entry.name)
            elif entry.name != ".git":
                yield prefix + entry.name, entry, folder
    for name in below if depth < _DEPTH else ():
        try:
            inner = os.open(name, _FOLDER, dir_fd=folder)
        except OSError:
            continue  # removed, replaced by a link, or not ours to enter
        try:
            yield from walk(inner, wanted, f"{prefix}{name}/", depth + 1)
        finally:
            os.close(inner)


def glob_expression(pattern: str) -> str:
    """Return the regular expression of a glob: `*`, `?`, `**`, `[a-z]`, `{a,b}`. Without a slash it fits at any depth."""
    anchored = "/" in pattern.rstrip("/")
    body = "".join(_translated(pattern.lstrip("/")))
    return rf"{body if anchored else f'(?:.*/)?{body}'}\Z"


def _translated(pattern: str) -> Iterator[str]:
    at, braces = 0, 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if pattern.startswith("**/", at - 1):
            at += 2
            yield "(?:.*/)?"
        elif pattern.startswith("**", at - 1):
            at += 1
            yield ".*"
        elif char == "*":
            yield "[^/]*"
        elif char == "?":
            yield "[^/]"
        elif char == "[" and (close := pattern.find("]", at + 1)) > 0:
            members = pattern[at:close].replace("\\", "\\\\").replace("[", "\\[")
            yield f"[^/{members[1:]}]" if members[0] in "!^" else f"(?!/)[{members}]"
            at = close + 1
        elif char == "{" and "}" in pattern[at:]:
            braces += 1
            yield "(?:"
        elif char == "}" and braces:
            braces -= 1
            yield ")"
        elif char == "," and braces:
            yield "|"
        else:
            yield re.escape(char)


def _lines(data: bytes, expression: re.Pattern[bytes], request: dict[str, Any]) -> Iterator[tuple[int, bool, bytes]]:
    """Give number, whether it matches, and text of the lines to show."""
    lines = data.split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    if request["multiline"]:
        hits = sorted(
            {
                number
                for found in expression.finditer(data)
                for number in range(
                    data.count(b"\n", 0, found.start()), data.count(b"\n", 0, max(found.start(), found.end() - 1)) + 1
                )
            }
        )
    else:
        hits = [number for number, line in enumerate(lines) if expression.search(line)]
    matching = set(hits)
    shown = -1
    for hit in hits:
        for number in range(max(shown + 1, hit - request["before"]), min(len(lines), hit + request["after"] + 1)):
            shown = number
            yield number + 1, number in matching, lines[number]


def _searched(path: bytes, data: bytes, expression: re.Pattern[bytes], request: dict[str, Any]) -> Iterator[bytes]:
    if b"\0" in data[:8192] or not expression.search(data):
        return
    if request["mode"] == "files_with_matches":
        yield path + b"\0"
        return
    found = list(_lines(data, expression, request))
    if request["mode"] == "count":
        count = sum(matches for _, matches, _ in found)
        if count:
            yield b"%s\0%d\n" % (path, count)
        return
    for number, matches, line in found:
        parts = [hit.group() for hit in expression.finditer(line)] if request["only"] and matches else [line]
        for part in parts:
            yield b"%s\0%d%s%s\n" % (path, number, b":" if matches else b"-", part[:_COLUMNS])


def _files(request: dict[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    if request["stdin"]:
        yield b"<stdin>", sys.stdin.buffer.read(_LARGEST)
        return
    chosen = re.compile(request["files"]) if request["files"] else None
    folder = os.open(".", _FOLDER)
    for path, entry, holder in walk(folder, lambda name: name not in PRUNED):
        if chosen and not chosen.match(path):
            continue
        try:
            fd = os.open(entry.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=holder)
        except OSError:
            continue
        with os.fdopen(fd, "rb") as file:
            found = os.fstat(fd)
            if stat.S_ISREG(found.st_mode) and found.st_size <= _LARGEST:
                yield os.fsencode(f"./{path}"), file.read(_LARGEST)


def main() -> int:
    """Search as the request in the first argument says; leave as ripgrep does: 0 found, 1 not, 2 a bad pattern."""
    request = json.loads(sys.argv[1])
    flags = re.IGNORECASE if request["ignore_case"] else 0
    if request["multiline"]:
        flags |= re.DOTALL
    try:
        expression = re.compile(request["pattern"].encode(), flags | re.MULTILINE)
    except re.error as error:
        sys.stdout.write(f"regex parse error: {error}\n")
        return 2
    found = False
    for path, data in _files(request):
        for line in _searched(path, data, expression, request):
            found = True
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
