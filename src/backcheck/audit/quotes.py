"""Evidence: what stands at a place, re-read from disk. Nothing else in the project makes evidence."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from backcheck.extract.settings.secrecy import is_secret_name, without_secrets
from backcheck.findings import Evidence, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from backcheck.findings import Judgement

_LITERAL = re.compile(r"""(["'`])([^\s"'`]{8,})\1""")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MARKS = ("'", '"', "`")
_LONG = 12
_MAX_LINES = 20
"""A place may be a whole function: its first lines are quoted, and the evidence says which."""
_MAX_CHARACTERS = 4_000
"""Of a quote: one line of minified source may hold a megabyte."""


class NotThereError(Exception):
    """A place names a line that its file does not have: our fault, never reported as evidence."""


@dataclass(frozen=True)
class Quotes:
    """Quotes places of one tree. Each file is read once, through the reader it is given."""

    read: Callable[[str], bytes]
    """Gives a file's bytes by its path, and raises where it may not be read."""
    secret_lines: frozenset[tuple[str, int]] = frozenset()
    """Path and line of every known secret: whatever item points there, the line is not quoted."""
    _lines: dict[str, tuple[str, list[bytes]]] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)
    """What `public` returned: thousands of passes have one reason, and one file is judged by every rule."""

    def evidence(self, place: Place, *, secret: bool = False) -> Evidence:
        """Return the place with the exact text of its lines and the digest of its file.

        Raises `NotThereError` where the file has no such line; what the reader raises passes through.
        """
        digest, lines = self._file(place.path)
        last = min(place.end_line, place.start_line + _MAX_LINES - 1)
        quote = quoted(lines, place.start_line, last)
        if quote is None:
            raise NotThereError(f"{place} to {place.end_line}: the file has {len(lines)} lines")
        if last < place.end_line:
            place = replace(place, end_line=last, end_column=len(quote.rpartition("\n")[2]) + 1)
        if secret or any((place.path, line) in self.secret_lines for line in range(place.start_line, last + 1)):
            return Evidence(place, None, digest, redacted=True)
        return Evidence(place, quote, digest)

    def public(self, text: str) -> str:
        """Return words about the code without the secrets that they repeat: a statement's text may hold one."""
        if text not in self._said:
            self._said[text] = self._without_secrets(text)
        return self._said[text]

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            for mark in _MARKS if len(secret) < _LONG else ("",):  # a short one may be a word of ours: `password`
                text = text.replace(f"{mark}{secret}{mark}", f"{mark}[secret]{mark}")
        return without_secrets(text)

    @cached_property
    def _secrets(self) -> tuple[str, ...]:
        """Every literal on a secret's line that could be it, longest first."""
        found: set[str] = set()
        for path, line in self.secret_lines:
            text = quoted(self._file(path)[1], line, line) or ""
            literals = (literal[2] for literal in _LITERAL.finditer(text))
            found.update(literal for literal in literals if not _is_name(literal))
        return tuple(sorted(found, key=len, reverse=True))

    def digest(self, path: str) -> str:
        """Return the sha256 of a file in hexadecimal."""
        return self._file(path)[0]

    def _file(self, path: str) -> tuple[str, list[bytes]]:
        if path not in self._lines:
            data = self.read(path)
            self._lines[path] = hashlib.sha256(data).hexdigest(), data.split(b"\n")
        return self._lines[path]


def secret_lines(judgements: Iterable[Judgement]) -> frozenset[tuple[str, int]]:
    """Return path and line of everything that a check calls a secret, for every other item to leave unquoted."""
    return frozenset(
        (place.path, line)
        for judgement in judgements
        if judgement.secret
        for place in (judgement.subject.place, *judgement.places)
        if place is not None
        for line in range(place.start_line, place.end_line + 1)
    )


def quoted(lines: list[bytes], start: int, end: int) -> str | None:
    """Return the text of the lines from ``start`` to ``end``, both included; None where they are not all there.

    Bytes that are not UTF-8 stand as escapes. Only the first characters of a very long text are returned.
    """
    if not 1 <= start <= end <= len(lines):
        return None
    text = b"\n".join(lines[start - 1 : end]).removesuffix(b"\r")
    return text.decode("utf-8", "backslashreplace")[:_MAX_CHARACTERS]


def _is_name(literal: str) -> bool:
    """Whether a text on a secret's line is what the secret is called: a variable's name, a key such as `password`."""
    return _VARIABLE.fullmatch(literal) is not None or (literal.isalpha() and is_secret_name(literal))
