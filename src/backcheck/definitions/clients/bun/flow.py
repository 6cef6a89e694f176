"""Lists in brackets, mappings in braces, and what may begin any value: tags, anchors, aliases."""

from __future__ import annotations

import re
from typing import Any

from backcheck.definitions.clients.bun.scalars import FLOW_PLAIN, PLAIN, Scalars
from backcheck.definitions.clients.bun.text import MAX_DEPTH
from backcheck.definitions.clients.bun.values import key_text, put, resolved

_PROPERTY = re.compile(r"<[^>\n]*>|[^\s,\[\]{}]*")
_NAME = re.compile(r"[^\s,\[\]{}]+")


class Flow(Scalars):
    """Reads values that may stand in brackets."""

    def property(self, tags: list[str], names: list[str]) -> None:
        """Read a tag or the name of an anchor, and add it to those that stand before the same value."""
        if self.char() == "!":
            if tags:
                raise self.error("tags")
            found = _PROPERTY.match(self.text, self.at + 1)
            assert found
            self.at = found.end()
            tags.append("!" + found[0])
            return
        if names:
            raise self.error("anchors")
        found = _NAME.match(self.text, self.at + 1)
        if found is None:
            raise self.error("character")
        self.at = found.end()
        names.append(found[0])

    def atom(self, indent: int) -> tuple[Any, str | None]:
        """Return a value, and its text where it is plain (its first line only)."""
        match self.char():
            case '"':
                return self.double(indent), None
            case "'":
                return self.single(indent), None
            case "[" | "{":
                return self.flow(indent), None
            case "*":
                return self.alias(), None
            case "%" | "@" | "`" | "]" | "}":
                raise self.error("token")
            case _:
                return None, self.taken(PLAIN)

    def alias(self) -> Any:  # noqa: ANN401
        """Read an alias; return the value that its anchor names."""
        found = _NAME.match(self.text, self.at + 1)
        if found is None:
            raise self.error("character")
        if found[0] not in self.anchors:
            raise self.error("alias")
        self.at = found.end()
        return self.anchors[found[0]]

    def flow(self, indent: int) -> Any:  # noqa: ANN401
        """Read a list or a mapping, at its opening bracket."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("depth")
        closing = "]" if self.char() == "[" else "}"
        self.at += 1
        items: list[tuple[Any, Any, bool]] = []
        while True:
            self.flow_skip(indent)
            if self.char() == closing:
                self.at += 1
                break
            items.append(self.flow_entry(indent, closing))
            self.flow_skip(indent)
            if self.char() == ",":
                self.at += 1
            elif self.char() != closing:
                raise self.error("flow")
        self.depth -= 1
        if closing == "]":
            return [{key_text(key): value} if paired else key for key, value, paired in items]
        found: dict[str, Any] = {}
        for key, value, _ in items:
            put(found, key_text(key), value)
        return found

    def flow_skip(self, indent: int) -> None:
        """Go to what comes next inside the brackets."""
        crossed = self.skip()
        self.outdented = crossed and (self.column <= indent or self.marker())
        if crossed and self.char() not in "]}," and self.tabbed(indent):
            raise self.error("tab")
        if self.char() == "":
            raise self.error("flow")

    def flow_entry(self, indent: int, closing: str) -> tuple[Any, Any, bool]:
        """Return a key, its value, and whether it is a pair."""
        if self.outdented:
            raise self.error("flow")
        explicit = self.char() == "?" and self.spaced()
        if explicit:
            self.at += 1
            self.flow_skip(indent)
        line = self.start
        json_like = self.char() in "\"'[{"
        empty = self.char() == ":" and (self.spaced() or self.char(1) in ",[]{}")
        key = None if empty or (explicit and self.char() in ",]}") else self.flow_node(indent)
        self.flow_skip(indent)
        if self.char() == ":" and (json_like or self.spaced() or self.char(1) in ",[]{}"):
            if closing == "]" and not explicit and self.start != line:
                raise self.error("colon")
            self.at += 1
            self.flow_skip(indent)
            return key, None if self.char() in ",]}" else self.flow_node(indent), True
        return key, None, explicit or closing == "}"

    def flow_node(self, indent: int) -> Any:  # noqa: ANN401
        """Read a value inside the brackets."""
        if self.outdented:
            raise self.error("flow")
        tags: list[str] = []
        names: list[str] = []
        while self.char() in {"!", "&"}:
            self.property(tags, names)
            self.flow_skip(indent)
        if self.char() in ",]}" or (self.char() == ":" and (self.spaced() or self.char(1) in ",[]{}")):
            value: Any = "" if "!!str" in tags else None
            if not (tags or names):
                raise self.error("flow")
        elif (self.char() in "-?" and (self.spaced() or self.char(1) in ",[]{}")) or self.char() in "|>#":
            raise self.error("token")
        elif self.char() in "\"'[{*%@`":
            value, _ = self.atom(indent)
        else:
            text = self.continued(self.taken(FLOW_PLAIN), indent, FLOW_PLAIN)
            value = text if tags else resolved(text)
        for name in names:
            self.anchors[name] = value
        return value
