"""Documents, mappings and lists by indentation."""

from __future__ import annotations

from typing import Any

from backcheck.definitions.clients.bun.flow import Flow
from backcheck.definitions.clients.bun.scalars import PLAIN
from backcheck.definitions.clients.bun.text import MAX_DEPTH
from backcheck.definitions.clients.bun.values import key_text, put, resolved


def read(text: str) -> Any:  # noqa: ANN401 - any YAML value
    """Return the value of a document, or the list of several. Raises `BunYamlError` for what the reader refuses."""
    return _Reader(text).stream()


class _Reader(Flow):
    """One pass over one text."""

    def stream(self) -> Any:  # noqa: ANN401
        documents: list[Any] = []
        self.skip()
        while True:
            directives = False
            while self.char() == "%":
                self.at = self.line_end()
                self.skip()
                directives = True
            if directives and not self.marker():
                raise self.error("directive")
            explicit = self.marker() and self.char() == "-"
            if explicit:
                self.at += 3
            if explicit or self.char() or not documents:
                documents.append(self.document())
            while self.marker() and self.char() == ".":
                self.at += 3
                if not self.skip() and self.char():
                    raise self.error("token")
            if self.char() == "":
                return documents[0] if len(documents) == 1 else documents

    def document(self) -> Any:  # noqa: ANN401
        self.anchors = {}
        found = self.node(-1, compact=True)
        self.skip()
        if self.char() and not self.marker():
            raise self.error("token")
        return found

    def node(self, indent: int, *, compact: bool, sequence: bool = False) -> Any:  # noqa: ANN401
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("depth")
        try:
            return self._node(indent, compact=compact, sequence=sequence)
        finally:
            self.depth -= 1

    def _node(self, indent: int, *, compact: bool, sequence: bool) -> Any:  # noqa: ANN401
        crossed = self.skip() or (indent < 0 and self.fresh())
        tags: list[str] = []
        names: list[str] = []
        column = self.column
        own = False
        while not self.over(indent, crossed=crossed, sequence=sequence) and self.char() in {"!", "&"}:
            if not own:
                column = self.column
            self.property(tags, names)
            own = True
            if self.skip():
                crossed = True
                own = False
        if not own:
            column = self.column
        if self.over(indent, crossed=crossed, sequence=sequence):
            value: Any = "" if "!!str" in tags else None
        else:
            if crossed and self.tabbed(indent):
                raise self.error("tab")
            value = self.content(indent, column, tags, block=(crossed or compact), names=names if own else None)
        for name in names:
            self.anchors[name] = value
        return value

    def over(self, indent: int, *, crossed: bool, sequence: bool) -> bool:
        """Whether no value stands here that is indented more than its parent."""
        if self.char() == "":
            return True
        if not crossed:
            return False
        if self.marker():
            return True
        if self.column > indent:
            return False
        return not (sequence and self.column == indent and self.char() == "-" and self.spaced())

    def content(self, indent: int, column: int, tags: list[str], *, block: bool, names: list[str] | None) -> Any:  # noqa: ANN401
        char = self.char()
        if char in "-?" and self.spaced():
            if not block or (names is not None and char == "-"):
                raise self.error("token")
            self.refuse_tab(self.at)
            return self.sequence(column) if char == "-" else self.mapping(column, None)
        if char in "|>":
            return self.block_scalar(indent)
        begin = self.at
        line = self.start
        value, plain = self.atom(indent)
        end = self.at
        self.at = self.after_blanks()
        if self.char() == ":" and self.spaced():
            if not block or self.start != line:
                raise self.error("colon", begin if self.start != line else None)
            self.refuse_tab(begin)
            key = self.key(value, plain)
            while names:  # what stands before the first key on its line names the key, not the mapping
                self.anchors[names.pop()] = key
            return self.mapping(column, key)
        self.at = end
        if plain is None:
            return value
        text = self.continued(plain, indent, PLAIN)
        return text if tags else resolved(text)

    def key(self, value: Any, plain: str | None) -> str:  # noqa: ANN401
        return key_text(resolved(plain) if plain is not None else value)

    def mapping(self, column: int, key: str | None) -> dict[str, Any]:
        """Read a block mapping; its first key was read, or an explicit one (`?`) stands here."""
        found: dict[str, Any] = {}
        while True:
            explicit = key is None and self.char() in {"?", "-"} and self.spaced()
            if explicit and self.char() == "?":
                self.at += 1
                key = key_text(self.node(column, compact=True, sequence=True))
                self.skip()
                if not (self.column == column and self.char() == ":" and self.spaced()):
                    found[key] = None
                    key = None
                    if self.left(column):
                        return found
                    continue
            elif key is None:
                key = self.next_key(column)
            self.at += 1
            put(found, key, self.node(column, compact=explicit, sequence=True))
            key = None
            if self.left(column):
                return found

    def next_key(self, column: int) -> str:
        """Read a key and go to its colon."""
        names: list[str] = []
        tags: list[str] = []
        while self.char() in {"!", "&"}:
            self.property(tags, names)
            if self.skip():
                raise self.error("token")
        if self.char() == "-" and self.spaced():
            # Before a second colon Bun takes the list of one mapping, `- a: b`, for a key.
            self.at += 1
            self.simple_key(column, names)
            self.at += 1
            self.simple_key(column, names)
            return key_text({})
        if self.char() in {"", "|", ">"}:
            raise self.error("token")
        return self.simple_key(column, names)

    def simple_key(self, column: int, names: list[str]) -> str:
        """Read a key of one line and go to its colon."""
        self.at = self.after_blanks()
        line = self.start
        value, plain = self.atom(column)
        self.at = self.after_blanks()
        if self.start != line or not (self.char() == ":" and self.spaced()):
            raise self.error("token")
        for name in names:
            self.anchors[name] = value if plain is None else resolved(plain)
        return self.key(value, plain)

    def left(self, column: int) -> bool:
        """Whether the collection at this column ends here; what is indented otherwise than its entries is refused."""
        self.skip()
        if self.char() == "" or self.marker():
            return True
        if not self.fresh() or self.column > column:
            raise self.error("token")
        if self.column < column:
            return True
        if self.tabbed(column):
            raise self.error("tab")
        return False

    def sequence(self, column: int) -> list[Any]:
        found = []
        while True:
            self.at += 1
            found.append(self.node(column, compact=True))
            if self.left(column) or not (self.char() == "-" and self.spaced()):
                return found
