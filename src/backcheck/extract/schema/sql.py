"""Tables from SQL files: `CREATE TABLE`, `CREATE INDEX`, `ALTER TABLE` and the drops, replayed in order.

A reader of its own and not a SQL parser: it needs six statements of four dialects and must step over everything else,
where a grammar gives up on the whole statement (sqlglot left 69 statements of 92 files unparsed).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from backcheck.backend import Column, ForeignKey
from backcheck.extract.schema.draft import Draft, folded
from backcheck.extract.schema.sql_statements import comma_separated, parenthesised, statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.extract.schema.sql_statements import Token
    from backcheck.findings import Place

_CONSTRAINTS = {
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "FOREIGN",
    "CHECK",
    "EXCLUDE",
    "LIKE",
    "KEY",
    "INDEX",
    "FULLTEXT",
    "SPATIAL",
}
_TYPE_ENDS = {
    "NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "REFERENCES", "CHECK", "CONSTRAINT", "COLLATE", "GENERATED",
    "AUTO_INCREMENT", "AUTOINCREMENT", "COMMENT", "ON", "IDENTITY", "AS",
}  # fmt: skip


class Schema:
    """The tables that a sequence of scripts leaves behind."""

    def __init__(self) -> None:
        """Begin with no table."""
        self.drafts: dict[str, Draft] = {}
        self._source = "sql"
        self._place: Callable[[int, int], Place]

    def replay(self, text: str, place: Callable[[int, int], Place], *, source: str = "sql") -> None:
        """Apply a script; `place` makes a place of the offsets of its first and past its last character."""
        self._place = place
        self._source = source
        for tokens in statements(text):
            match [token.keyword for token in tokens[:3]]:
                case ["CREATE", *_]:
                    self._create(tokens)
                case ["ALTER", "TABLE", *_]:
                    self._alter(tokens)
                case ["DROP", "TABLE" | "INDEX" as kind, *_]:
                    self._drop(kind, tokens)

    def table(self, name: str, place: Place) -> Draft:
        """Return the table of this name; it is made where a script refers to one that stands elsewhere."""
        return self.drafts.setdefault(folded(name), Draft(name, self._source, place))

    def drop_index(self, name: str) -> None:
        """Forget the index of this name."""
        for draft in self.drafts.values() if name else ():
            draft.drop_index(name)

    def _span(self, tokens: list[Token]) -> Place:
        return self._place(tokens[0].start, tokens[-1].end)

    def _create(self, tokens: list[Token]) -> None:
        words = [token.keyword for token in tokens[:6]]
        if "TABLE" in words[:4] and not {"TEMP", "TEMPORARY"} & set(words[:4]):
            self._create_table(tokens, words.index("TABLE") + 1)
        elif "INDEX" in words[:4]:
            self._create_index(tokens, words.index("INDEX") + 1)

    def _create_table(self, tokens: list[Token], at: int) -> None:
        name, at = _name(tokens, _past(tokens, at, "IF", "NOT", "EXISTS"))
        items, _ = parenthesised(tokens, at)
        if not name or not items:
            return
        draft = self.table(name, self._span(tokens))
        for item in items:
            self._item(draft, item)

    def _item(self, draft: Draft, item: list[Token]) -> None:
        """Read one column or constraint of a table."""
        if _is_constraint(item):
            self._constraint(draft, item)
        elif item[0].is_name:
            self._column(draft, item)

    def _column(self, draft: Draft, item: list[Token]) -> None:
        name, place = item[0].text, self._span(item)
        words = [token.keyword for token in item]
        ends = next((position for position in range(1, len(item)) if words[position] in _TYPE_ENDS), len(item))
        kind = "".join(token.text if token.kind == "mark" else f" {token.text}" for token in item[1:ends]).strip()
        pairs = set(pairwise(words))
        primary = ("PRIMARY", "KEY") in pairs
        nullable = not primary and ("NOT", "NULL") not in pairs
        draft.add_column(Column(name, kind.replace("( ", "(").replace(", ", ","), nullable, place))
        if primary or "UNIQUE" in words[1:]:
            draft.add_index([name], place)
        if "REFERENCES" in words[1:]:
            other, _ = _name(item, words.index("REFERENCES") + 1)
            draft.add_key(ForeignKey(draft.name, (name,), other, place))

    def _constraint(self, draft: Draft, item: list[Token]) -> None:
        place, name, at = self._span(item), "", 0
        if item[0].keyword == "CONSTRAINT":
            name, at = _name(item, 1)
        kind = item[at].keyword if at < len(item) else ""
        opens = next((position for position in range(at, len(item)) if item[position].text == "("), len(item))
        if kind in {"UNIQUE", "KEY", "INDEX"} and item[opens - 1].is_name and opens - 1 > at:
            name = item[opens - 1].text
        columns, after = parenthesised(item, opens)
        if kind == "FOREIGN":
            words = [token.keyword for token in item]
            other = _name(item, words.index("REFERENCES", after) + 1)[0] if "REFERENCES" in words[after:] else ""
            draft.add_key(ForeignKey(draft.name, tuple(part[0].text for part in columns), other, place))
        elif kind in {"PRIMARY", "UNIQUE", "KEY", "INDEX"}:
            draft.add_index(_index_columns(columns), place, name)

    def _create_index(self, tokens: list[Token], at: int) -> None:
        at = _past(tokens, _past(tokens, at, "CONCURRENTLY"), "IF", "NOT", "EXISTS")
        on = next((place for place in range(at, len(tokens)) if tokens[place].keyword == "ON"), None)
        if on is None:
            return
        name = _name(tokens, at)[0] if on > at else ""
        table, at = _name(tokens, _past(tokens, on + 1, "ONLY"))
        if at < len(tokens) and tokens[at].keyword == "USING":
            at += 2
        columns, after = parenthesised(tokens, at)
        leading = _index_columns(columns)
        if table and leading and _covers_all_rows(tokens[after:], leading[0]):
            place = self._span(tokens)
            self.table(table, place).add_index(leading, place, name)

    def _alter(self, tokens: list[Token]) -> None:
        table, at = _name(tokens, _past(tokens, _past(tokens, 2, "IF", "EXISTS"), "ONLY"))
        if not table:
            return
        draft = self.table(table, self._span(tokens))
        adding = False
        for action in comma_separated(tokens[at:]):
            words = [token.keyword for token in action[:3]]
            if words[:1] == ["WITH"]:  # SQL Server: WITH CHECK ADD CONSTRAINT
                action, words = action[2:], [token.keyword for token in action[2:5]]  # noqa: PLW2901 - the same action without its prefix
            adding = words[:1] == ["ADD"] or (adding and words[:1] not in (["DROP"], ["ALTER"], ["MODIFY"], ["RENAME"]))
            if adding:
                self._add(draft, action)
            elif words[:1] == ["DROP"] and len(action) > 1:
                self._remove(draft, action)
            elif words[:2] == ["RENAME", "TO"]:
                self.drafts.pop(folded(draft.name), None)
                draft.name = _name(action, 2)[0]
                self.drafts[folded(draft.name)] = draft

    def _add(self, draft: Draft, action: list[Token]) -> None:
        start = 1 if action[0].keyword == "ADD" else 0
        start = _past(action, _past(action, start, "COLUMN"), "IF", "NOT", "EXISTS")
        if start >= len(action):
            return
        item = action[start:]
        parts, after = parenthesised(item, 0)
        if parts and after == len(item):  # Oracle and MySQL: ADD (a int, b int)
            for part in parts:
                self._item(draft, part)
        else:
            self._item(draft, item)

    def _remove(self, draft: Draft, action: list[Token]) -> None:
        kind = action[1].keyword
        at = 2 if kind in {"COLUMN", "CONSTRAINT", "INDEX", "KEY"} else 1
        name, _ = _name(action, _past(action, at, "IF", "EXISTS"))
        if kind in {"CONSTRAINT", "INDEX", "KEY"}:
            draft.drop_index(name)
        else:
            draft.drop_column(name)

    def _drop(self, kind: str, tokens: list[Token]) -> None:
        at = _past(tokens, _past(tokens, 2, "CONCURRENTLY"), "IF", "EXISTS")
        for part in comma_separated(tokens[at:]):
            name, _ = _name(part, 0)
            if kind == "TABLE":
                self.drafts.pop(folded(name), None)
            else:
                self.drop_index(name)


def _name(tokens: list[Token], at: int) -> tuple[str, int]:
    """Return the last part of the dotted name that begins at `at`, and the position after it."""
    if at >= len(tokens) or not tokens[at].is_name:
        return "", at
    name, at = tokens[at].text, at + 1
    while at + 1 < len(tokens) and tokens[at].text == "." and tokens[at + 1].is_name:
        name, at = tokens[at + 1].text, at + 2
    return name, at


def _past(tokens: list[Token], at: int, *words: str) -> int:
    """Return the position after these words, or `at` where they do not stand there."""
    found = [token.keyword for token in tokens[at : at + len(words)]]
    return at + len(words) if found == list(words) else at


def _is_constraint(item: list[Token]) -> bool:
    first = item[0].keyword
    if first not in _CONSTRAINTS:
        return False
    if first not in {"KEY", "INDEX", "LIKE", "CHECK"}:
        return True
    # A column may be called `key`: then a type follows, whose parenthesis holds numbers.
    opens = next((position for position, token in enumerate(item[:3]) if token.text == "("), None)
    return opens is not None and opens + 1 < len(item) and item[opens + 1].kind != "number"


def _index_columns(parts: list[list[Token]]) -> list[str]:
    """Return the column of each part; the empty string for an expression."""
    columns = []
    for part in parts:
        opens = len(part) > 1 and part[1].text == "("
        expression = not part[0].is_name or (opens and (len(part) < 3 or part[2].kind != "number"))
        columns.append("" if expression else part[0].text)
    return columns


def _covers_all_rows(rest: list[Token], leading: str) -> bool:
    """Whether an index has no predicate, or one that leaves out only rows where its first column is null."""
    words = [token.keyword or token.text.upper() for token in rest if token.text not in "()"]
    if "WHERE" not in words:
        return True
    return words[words.index("WHERE") + 1 :] == [leading.upper(), "IS", "NOT", "NULL"]
