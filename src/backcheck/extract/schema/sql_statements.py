"""SQL text cut into statements of tokens. Comments, strings and dollar-quoted bodies never look like SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<skip> \s+ | --[^\n]* | /\*.*?(?:\*/|\Z) | (?m:^)\#[^\n]* )
  | (?P<body> \$(?P<tag>[A-Za-z_]\w*)?\$ .*? (?:\$(?P=tag)\$|\Z) | \$\$.*?(?:\$\$|\Z) )
  | (?P<string> [EeNnBbXx]?'(?:[^'\\]|''|\\.)*(?:'|\Z) )
  | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[A-Za-z_][^\]\n]*\] )
  | (?P<number> \d[\w.]* )
  | (?P<word> [^\W\d][\w$]* )
  | (?P<end> ; )
  | (?P<mark> . )
    """,
    re.VERBOSE | re.DOTALL,
)

_DOWN = re.compile(
    r"^\s*--\s*(?:\+goose\s+down|\+migrate\s+down|migrate:down|\+micrate\s+down|rollback\b|//@undo)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the second half of a migration begins, which undoes the first."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token, with its offsets in the text."""

    text: str
    """As written, without the quotes of an identifier."""
    start: int
    end: int
    kind: str
    """`word`, `quoted`, `number`, `string`, `body`, `mark`."""

    @property
    def keyword(self) -> str:
        """The word in upper case; a quoted identifier is no keyword."""
        return self.text.upper() if self.kind != "quoted" else ""

    @property
    def is_name(self) -> bool:
        """Whether it can name something."""
        return self.kind in {"word", "quoted"}


def statements(text: str) -> Iterator[list[Token]]:
    """Give the statements of a script up to where it begins to undo itself, in order."""
    if down := _DOWN.search(text):
        text = text[: down.start()]
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "tag" else "body"
        if kind == "skip" or kind is None:
            continue
        if kind == "end" or (kind == "word" and match[0].upper() == "GO" and _alone(text, match)):
            if tokens:
                yield tokens
            tokens = []
            continue
        written = match[0][1:-1] if kind == "quoted" else match[0]
        tokens.append(Token(written, match.start(), match.end(), kind))
    if tokens:
        yield tokens


def _alone(text: str, match: re.Match[str]) -> bool:
    """Whether the word is the whole line: SQL Server's batch separator."""
    before = text.rfind("\n", 0, match.start()) + 1
    after = text.find("\n", match.end())
    return text[before : after if after != -1 else None].strip().upper() == "GO"


def parenthesised(tokens: list[Token], at: int) -> tuple[list[list[Token]], int]:
    """Return the comma-separated parts of the parenthesis that opens at `at`, and the position after it.

    Where none opens there, no parts and `at` itself.
    """
    if at >= len(tokens) or tokens[at].text != "(" or tokens[at].kind != "mark":
        return [], at
    parts: list[list[Token]] = [[]]
    depth = 0
    for position in range(at, len(tokens)):
        token = tokens[position]
        mark = token.text if token.kind == "mark" else ""
        depth += (mark == "(") - (mark == ")")
        if depth == 0:
            return [part for part in parts if part], position + 1
        if mark == "," and depth == 1:
            parts.append([])
        elif position > at:
            parts[-1].append(token)
    return [part for part in parts if part], len(tokens)


def comma_separated(tokens: list[Token]) -> list[list[Token]]:
    """Return the parts between the commas that stand in no parenthesis."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        mark = token.text if token.kind == "mark" else ""
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]
