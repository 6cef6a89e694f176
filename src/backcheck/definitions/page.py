"""A page: Markdown with YAML front matter, the form of items, tools and agents that this project ships.

This reader is strict, for pages that somebody maintains. Agent definitions from anywhere have a forgiving one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import yaml
from markdown_it import MarkdownIt

from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

_MARKER = "---"


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block of a page, with the headings above it."""

    headings: tuple[str, ...]
    """Text of the heading of each level above, outermost first: `("Examples", "Express")`."""
    language: str
    options: dict[str, str]
    """`key=value` words of the info string; a bare word maps to the empty string."""
    text: str
    line: int
    """Line of its first content line in the file."""


@dataclass(frozen=True)
class Page:
    """One page, split into its front matter and its body."""

    path: Path
    meta: dict[str, Any]
    body: str
    body_line: int
    """Line of the file on which the body starts."""

    @cached_property
    def _tokens(self) -> list[Token]:
        return MarkdownIt("commonmark").parse(self.body)

    @cached_property
    def sections(self) -> dict[str, str]:
        """Text below each `##` heading, up to the next one, by the heading's text."""
        lines = self.body.splitlines(keepends=True)
        starts = [
            (token.map[0], token.map[1], self._tokens[index + 1].content)
            for index, token in enumerate(self._tokens)
            if token.type == "heading_open" and token.tag == "h2" and token.map
        ]
        ends = [start for start, _, _ in starts[1:]] + [len(lines)]
        return {title: "".join(lines[after:end]).strip() for (_, after, title), end in zip(starts, ends, strict=True)}

    def fences(self) -> Iterator[Fence]:
        """Give every fenced block, in order."""
        headings: dict[int, str] = {}
        for index, token in enumerate(self._tokens):
            if token.type == "heading_open":
                level = int(token.tag[1])
                headings = {above: text for above, text in headings.items() if above < level}
                headings[level] = self._tokens[index + 1].content
            elif token.type == "fence" and token.map:
                language, *words = token.info.split() or [""]
                options = dict(word.partition("=")[::2] for word in words)
                yield Fence(
                    tuple(headings.values()), language, options, token.content, self.body_line + token.map[0] + 1
                )


def read_page(path: Path) -> Page:
    """Read a page strictly.

    Raises `UsageError` for a file that cannot be read, is not UTF-8, has no front matter, or whose front matter is not
    a YAML mapping.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", help="name a file that can be read") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start})", help="save it as UTF-8") from error
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != _MARKER:
        raise UsageError(f"{path} has no front matter", help=f"begin it with a line {_MARKER!r}")
    close = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == _MARKER), None)
    if close is None:
        raise UsageError(f"{path}: the front matter is not closed", help=f"end it with a line {_MARKER!r}")
    try:
        meta = yaml.load("".join(lines[1:close]), Loader=_Loader)  # noqa: S506 - both loaders are the safe ones
    except yaml.YAMLError as error:
        raise UsageError(
            f"{path}: the front matter is not YAML: {error}", help="quote values that hold ': '"
        ) from error
    if not isinstance(meta, dict):
        raise UsageError(f"{path}: the front matter is not a mapping", help="write `key: value` lines")
    return Page(path, meta, "".join(lines[close + 1 :]), close + 2)


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
