"""PyYAML's safe reader, its refusals in plain words, and held to what a text of a megabyte may cost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.reader import ReaderError

from backcheck.definitions.agents.yaml_core import MAX_LENGTH, is_tame
from backcheck.escape import printable

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, ScalarNode

_MERGES = 10_000
"""Entries that merging may add. Mappings that merge each other grow to billions, in PyYAML too."""
_DIGITS = 3_000
"""Digits of the longest number: Python refuses to print a longer one, and to read it where it is decimal."""
_SIXTIES = 200
"""Characters of a number such as `1:30:00`; the time that its parts take grows with their square."""
_REFUSALS = (yaml.YAMLError, ValueError, KeyError, AttributeError, TypeError, ArithmeticError, RecursionError)
"""What PyYAML raises: a value that is not what its tag says (`!!bool x`) ends it in errors of Python's own."""

_WORDS = {
    re.compile(pattern): words
    for pattern, words in {
        r"mapping values are not allowed here": "an unquoted text holds a colon and a space",
        r"could not find expected ':'": "a line before this place is neither a field nor indented under one",
        r"expected <block end>, but found '<scalar>'": "a text goes on where a value has ended",
        r"expected <block end>, but found .*": "a line does not belong where it stands",
        r"sequence entries are not allowed here": "an unquoted text begins with `- `",
        r"found unknown escape character (.+)": r"a backslash before \1 means nothing between double quotes",
        r"expected escape sequence of .*": "a backslash between double quotes begins an escape that is cut short",
        r"found character '\\t' that cannot start any token": "a tab stands where YAML takes only spaces",
        r"found character (.+) that cannot start any token": r"an unquoted text begins with \1",
        r"expected alphabetic or numeric character, but found .*": "an unquoted text begins with `*` or `&`",
        r"found undefined alias (.+)": r"an unquoted text begins with `*`, and there is no anchor \1",
        r"could not determine a constructor for the tag (.+)": r"an unquoted text begins with `!`, and \1 is no known tag",
        r"found unexpected end of stream": "a quote is never closed",
        r"expected ',' or '\]'.*": "a list in brackets is not closed, or a text stands beside its values",
        r"expected ',' or '\}'.*": "a mapping in braces is not closed, or a text stands beside its values",
        r"found unhashable key": "a list or a mapping stands for a key: a text in braces wants quotes",
        r"expected chomping or indentation indicators.*": "a text begins on the line of its `|` or `>`",
        r"expected the node content, but found (.+)": r"\1 stands where a value begins",
        r"expected '<document start>'.*|but found another document": "the fields end before the closing fence",
    }.items()
}


class StrictError(Exception):
    """Why a strict reader refuses a text."""

    def __init__(self, reason: str, line: int | None = None, column: int = 0) -> None:
        """Take the line and the column in the text, both from 0; no line where none is to blame."""
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


class _Bounded(SafeConstructor):
    """YAML 1.1 as PyYAML reads it, but for what would take hours."""

    merged = 0

    def flatten_mapping(self, node: MappingNode) -> None:
        """Merge what `<<` names, up to a bound."""
        before = len(node.value)
        super().flatten_mapping(node)
        self.merged += max(0, len(node.value) - before)
        if self.merged > _MERGES:
            raise ConstructorError(None, None, "mappings merge each other without end", node.start_mark)


def _whole(loader: Any, node: ScalarNode) -> int:  # noqa: ANN401 - any loader
    """Return a whole number, also one in sixties."""
    if ":" in node.value and len(node.value) > _SIXTIES:
        raise ConstructorError(None, None, "a number has too many parts", node.start_mark)
    if len(node.value) > _DIGITS:
        raise ConstructorError(None, None, "a number has too many digits", node.start_mark)
    return SafeConstructor.construct_yaml_int(loader, node)


_Bounded.add_constructor("tag:yaml.org,2002:int", _whole)


class _Strict(_Bounded, yaml.SafeLoader):
    """On PyYAML's own parser."""


_QUICK: Any = _Strict
if yaml.__with_libyaml__:

    class _QuickStrict(_Bounded, yaml.CSafeLoader):
        """On libyaml."""

    _QUICK = _QuickStrict


def load_strictly(text: str) -> object:
    """Return what `yaml.safe_load` makes of the text. Raises `StrictError` where that raises."""
    if len(text) > MAX_LENGTH:
        raise StrictError(f"the front matter has more than {MAX_LENGTH} characters")
    if is_tame(text):
        try:
            return yaml.load(text, Loader=_QUICK)  # noqa: S506 - a safe loader
        except _REFUSALS:
            pass  # PyYAML's own parser has the last word, and the clearer ones
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line, mark.column) if mark else (None, 0)
        raise StrictError(_in_words(error.problem or error.context or ""), *at) from None
    except ReaderError as error:
        before = text[: error.position].split("\n")
        what = f"the character U+{int(error.character):04X} may not stand in YAML"
        raise StrictError(what, len(before) - 1, len(before[-1])) from None
    except RecursionError:
        raise StrictError("lists or mappings are nested without end") from None
    except _REFUSALS as error:
        raise StrictError(f"a value is not what its form says: {printable(str(error), keep='')}") from None


def _in_words(problem: str) -> str:
    for pattern, words in _WORDS.items():
        if match := pattern.fullmatch(problem):
            return printable(match.expand(words), keep="")
    return printable(problem, keep="")
