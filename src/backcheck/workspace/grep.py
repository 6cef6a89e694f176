"""The `grep` tool: search file contents with ripgrep, or with our own search where there is none."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.errors import ToolError
from backcheck.escape import printable
from backcheck.sandbox.environment import environment
from backcheck.sandbox.process import start
from backcheck.sandbox.programs import find_program
from backcheck.workspace.answer import ANSWER
from backcheck.workspace.search import glob_expression

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from backcheck.sandbox.process import Child
    from backcheck.workspace.resolve import Root

SECONDS = 20.0
"""How long one search may take."""
_ALL = 10_000
"""Results at most, whatever the head limit says."""
_COLUMNS = 500
_ARGUMENT = re.compile(r"[^\0\ud800-\udfff]*")
_TYPE = re.compile(r"[a-z0-9+_-]+")
_NOTE = re.compile(rb": (?:WARNING: stopped searching binary file|binary file matches)")
_OWN = str(Path(__file__).with_name("search.py"))


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for, and how to show it."""

    pattern: str
    path: str = "."
    glob: str | None = None
    type: str | None = None
    output_mode: str = "files_with_matches"
    before: int = 0
    after: int = 0
    ignore_case: bool = False
    line_numbers: bool = True
    only_matching: bool = False
    multiline: bool = False
    head_limit: int = 250
    offset: int = 0

    @property
    def wanted(self) -> int:
        """How many results are read before the search is stopped, one more than is shown."""
        return self.offset + (min(self.head_limit or _ALL, _ALL)) + 1


@dataclass(frozen=True, slots=True)
class _Found:
    lines: list[bytes]
    complete: bool
    """Off: stopped at the limit, or out of time."""
    late: bool
    complaint: str


async def grep(root: Root, query: Query) -> str:
    """Search as ``query`` says; give paths, lines or counts, and a footer with the next offset where there is more.

    Raises `ToolError` for a bad pattern or an unknown file type, and for a search that found nothing in time.
    """
    if not all(_ARGUMENT.fullmatch(word) for word in (query.pattern, query.glob or "")):
        raise ToolError("the pattern or the glob holds a NUL or a surrogate", help=r"write \x00 to search for a NUL")
    if query.type and not _TYPE.fullmatch(query.type):
        raise ToolError(
            f"{printable(query.type, keep='')!r} is not a file type", help="use a type such as py, js, ts, go"
        )
    with ExitStack() as stack:
        single = _is_file(root, query.path)
        fd = stack.enter_context(root.regular(query.path) if single else root.folder(query.path))
        real = root.real(fd, root.relative(query.path))
        found = await _search(query, fd, single=single, cwd=_folder(root, fd, real))
        if found.complaint:
            raise ToolError(
                printable(found.complaint), help="mend the pattern or the type; `\\`, `(`, `[`, `{` need a backslash"
            )
        if found.late and not found.lines:
            raise ToolError(
                f"the search took longer than {SECONDS:.0f} s", help="name a path or a glob, or a simpler pattern"
            )
        if query.output_mode == "files_with_matches" and not single:
            found.lines.sort(key=lambda line: _newest(line, fd))
    return _answered(query, found, real, single=single)


def _is_file(root: Root, path: str) -> bool:
    try:
        with root.folder(path):
            return False
    except ToolError:
        with root.regular(path):  # says why when it is neither
            return True


def _folder(root: Root, fd: int, real: str) -> str:
    """Return a name for the open folder that a child can change to: it must be the very one that was opened."""
    return f"/proc/self/fd/{fd}" if os.path.isdir("/proc/self/fd") else str(root.path / real)  # noqa: PTH112 - no Path needed


async def _search(query: Query, fd: int, *, single: bool, cwd: str) -> _Found:
    program = ripgrep()
    argv = _ripgrep_words(program, query, single=single) if program else _own_words(query, single=single)
    stdin = fd if single else asyncio.subprocess.DEVNULL
    child = await start(argv, environment(), cwd=None if single else cwd, stdin=stdin)
    separator = b"\0" if query.output_mode == "files_with_matches" else b"\n"
    lines: list[bytes] = []
    complete, late, code = True, False, 0
    try:
        async with asyncio.timeout(SECONDS), aclosing(_records(child, separator)) as records:
            async for record in records:
                lines.append(record)
                if len(lines) >= (_ALL if query.output_mode == "files_with_matches" else query.wanted):
                    complete = False
                    break
            else:
                code = await child.exit_code()
    except TimeoutError:
        complete, late = False, True
    finally:
        await child.end()
    # Code 2 says only that something was wrong, perhaps with one file of many; a bad pattern gives no result at all.
    refused = code == 2 and not any(line.startswith((b"./", b"<stdin>")) for line in lines)
    said = b"\n".join(lines).decode("utf-8", "replace") if refused else ""
    return _Found([] if refused else lines, complete, late, _complaint(said))


async def _records(child: Child, separator: bytes) -> AsyncGenerator[bytes, None]:
    rest = torn = b""
    async with aclosing(child.chunks()) as chunks:
        async for chunk in chunks:
            *whole, rest = (rest + chunk).split(separator)
            for record in whole:
                if separator == b"\n" and _is_torn(torn + record):
                    torn += record + separator  # a path that holds a newline; its NUL comes later
                    continue
                yield torn + record
                torn = b""
    if rest.strip():
        yield torn + rest


def _is_torn(record: bytes) -> bool:
    return record.startswith(b"./") and b"\0" not in record and not _NOTE.search(record)


def _complaint(said: str) -> str:
    """Return ripgrep's error in one line: its last line says what, the ones before draw a picture."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"ripgrep refuses this: {lines[-1].removeprefix('error: ')[:300]}" if lines else ""


@cache
def ripgrep() -> str | None:
    """Return where ripgrep lies: on PATH, or beside this interpreter (the `ripgrep` extra)."""
    return find_program("rg", Path(sys.prefix) / "bin")


def _ripgrep_words(program: str, query: Query, *, single: bool) -> list[str]:
    """Return the command. Every value is tied to its option, so none is read as an option (`--pre=…` runs a program)."""
    words = [
        program, "--no-config", "--color=never", "--no-messages", "--with-filename", "--null", "--no-heading", "--hidden",
        "--no-ignore-global", "--no-ignore-parent", "--no-require-git", "--max-filesize=20M", f"--max-columns={_COLUMNS}",
        "--max-columns-preview",
    ]  # fmt: skip
    match query.output_mode:
        case "files_with_matches":
            words.append("--files-with-matches")
        case "count":
            words += ["--count", "--sort=path"]
        case _:
            # In the order of paths: an order that threads make would tear pages apart.
            words += [
                "--line-number",
                "--sort=path",
                f"--before-context={query.before}",
                f"--after-context={query.after}",
            ]
    words += ["--ignore-case"] * query.ignore_case + ["--only-matching"] * query.only_matching
    words += ["--multiline", "--multiline-dotall"] * query.multiline
    words += [f"--type={query.type}"] if query.type else []
    words += [f"--glob={query.glob}"] if query.glob else []
    return [*words, "--glob=!.git", "-e", query.pattern, "--", "-" if single else "./"]


_SUFFIXES = {
    "c": "*.{c,h}", "cpp": "*.{cc,cpp,cxx,h,hh,hpp}", "css": "*.css", "go": "*.go", "html": "*.{htm,html}",
    "java": "*.java", "js": "*.{cjs,js,jsx,mjs,vue}", "json": "*.json", "md": "*.{markdown,md}", "php": "*.php",
    "py": "*.{py,pyi}", "rb": "*.{gemspec,rb}", "ruby": "*.{gemspec,rb}", "rust": "*.rs", "sh": "*.{bash,sh,zsh}",
    "sql": "*.sql", "toml": "*.toml", "ts": "*.{cts,mts,ts,tsx}", "txt": "*.txt", "xml": "*.xml", "yaml": "*.{yaml,yml}",
}  # fmt: skip


def _own_words(query: Query, *, single: bool) -> list[str]:
    if query.type and query.type not in _SUFFIXES:
        raise ToolError(f"the file type {query.type!r} is not known without ripgrep", help="use glob instead")
    names = [f"(?=(?:{glob_expression(chosen)}))" for chosen in (query.glob, _SUFFIXES.get(query.type or "")) if chosen]
    request = {
        "pattern": query.pattern, "mode": query.output_mode, "before": query.before, "after": query.after,
        "ignore_case": query.ignore_case, "only": query.only_matching, "multiline": query.multiline, "stdin": single,
        "files": "".join(names),
    }  # fmt: skip
    return [sys.executable, "-IS", _OWN, json.dumps(request)]


def _newest(line: bytes, folder: int) -> tuple[int, bytes]:
    """Sort key: newest first, then by name."""
    try:
        return -os.stat(line, dir_fd=folder, follow_symlinks=False).st_mtime_ns, line
    except OSError:
        return 0, line


def _answered(query: Query, found: _Found, real: str, *, single: bool) -> str:
    shown: list[str] = []
    room = ANSWER
    end = query.wanted - 1
    for record in found.lines[query.offset : end]:
        line = _shown(query, record, real, single=single)
        room -= len(line) + 1
        if room < 0 and shown:
            break
        shown.append(line)
    if not shown:
        total = len(found.lines)
        return f"[no more results: there are {total}]" if total else "[no matches]"
    last = query.offset + len(shown)
    if last >= len(found.lines) and found.complete:
        return (
            "\n".join(shown)
            if query.offset == 0
            else "\n".join([*shown, f"[results {query.offset + 1}-{last}, the last]"])
        )
    why = f"; stopped after {SECONDS:.0f} s" if found.late else ""
    return "\n".join([*shown, f"[results {query.offset + 1}-{last}; there are more: next offset={last}{why}]"])


def _shown(query: Query, record: bytes, real: str, *, single: bool) -> str:
    path, separator, rest = record.partition(b"\0")
    if query.output_mode != "files_with_matches" and not separator:
        return printable(os.fsdecode(record))  # `--` between groups, or a note on a binary file
    words = real if single else os.path.normpath(os.path.join(real, os.fsdecode(path)))  # noqa: PTH118 - bytes of any kind
    where = printable(words, keep="")
    text = rest.removesuffix(b"\r").decode("utf-8", "backslashreplace")
    if query.output_mode == "files_with_matches":
        return where
    if query.output_mode == "content" and not query.line_numbers:
        text = re.sub(r"\A\d+[:-]", "", text)
    return printable(f"{where}:{text}")
