"""The bytes of a report as its readers see them: text, lines, JSON, and numbers that may be anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator


LARGEST = 1e18
"""Above every count and time that a report can mean (vegeta counts nanoseconds), and safe to add and convert."""

_LONGEST_WORDS = 500
"""Characters of a name or a message; the rest of a longer one says nothing more."""


class NotJson:
    """Stands for a document that is not JSON, which `None` cannot: `null` is JSON."""


NOT_JSON: Final = NotJson()


@dataclass(frozen=True)
class Document:
    """One report file, decoded. A report is hostile input: nothing in it may raise here."""

    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines."""
        return self.text.splitlines()

    @cached_property
    def json(self) -> object:
        """The parsed JSON, `NOT_JSON` where it is none (or nested deeper than the parser goes)."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return NOT_JSON

    @property
    def object(self) -> dict[str, Any]:
        """The JSON object at the top; empty where there is none."""
        return mapping(self.json)

    def line_of(self, *words: str) -> int:
        """Return the number of the first line that holds one of the words; 1 where none does."""
        for word in words:
            for number, line in enumerate(self.lines, 1):
                if word in line:
                    return number
        return 1


def mapping(value: object) -> dict[str, Any]:
    """Return the value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return the value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def string(value: object) -> str:
    """Return the value if it is a string, else the empty one; cut and escaped, for it ends up in sentences for people."""
    return printable(value[:_LONGEST_WORDS], keep="") if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """Return the value if it is a number of zero or more (at most `LARGEST`), or text of one; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if 0 <= read <= LARGEST else None


def count(value: object) -> int:
    """Return the value as a whole number; 0 where it is none."""
    return int(number(value) or 0)


def numbers(value: object) -> Iterator[tuple[str, float]]:
    """Give the keys of a JSON object whose values are numbers, with those."""
    for key, part in mapping(value).items():
        if (read := number(part)) is not None:
            yield key, read
