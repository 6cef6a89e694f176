"""`backcheck.yaml` at the root of a repository: what to judge by when the command line does not say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import yaml

from backcheck.errors import UsageError
from backcheck.settings.confined import read_below

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "backcheck.yaml"


@dataclass(frozen=True, slots=True)
class Configuration:
    """Every value with its default; `origin` says where each one comes from."""

    checklist: str = ""
    """Name of a shipped checklist, or path of one below the root; empty for the default."""
    agent: str = ""
    """Name of a shipped agent, or path of a definition, whose contract selects the items; empty for none."""
    areas: tuple[str, ...] = ()
    """Areas to judge; empty for all of the checklist."""
    items: tuple[str, ...] = ()
    """Items to judge instead of a checklist's."""
    undecided: str = "fail"
    """`fail`: what could not be decided ends with exit code 3; `ok`: with 0, and the report says so."""
    origin: Mapping[str, str] = field(default_factory=dict)
    """Key to `backcheck.yaml:3` or `command line`; a key that is not here has its default."""

    def with_options(self, **options: Any) -> Configuration:  # noqa: ANN401 - the values of the fields above
        """Return a copy in which the options that are not None or empty win, as from the command line."""
        given = {key: value for key, value in options.items() if value}
        return replace(self, **given, origin={**self.origin, **dict.fromkeys(given, "command line")})


_TEXT = {"checklist", "agent", "undecided"}
_LISTS = {"areas", "items"}


def load_configuration(root: Path) -> Configuration:
    """Read the configuration of a repository; the defaults where it has none.

    Raises `UsageError` for what is not YAML, an unknown key (with the closest known one) or a value of the wrong kind,
    naming the line.
    """
    data = read_below(root, FILE)
    if data is None:
        return Configuration()
    return _configuration(_mapping(data))


def _configuration(values: dict[str, tuple[Any, int]]) -> Configuration:
    found: dict[str, Any] = {}
    origin = {}
    for key, (value, line) in values.items():
        if key not in _TEXT | _LISTS:
            close = get_close_matches(key, _TEXT | _LISTS, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise UsageError(
                f"{FILE}:{line}: unknown key {key!r}", help=f"{hint}there are: {', '.join(sorted(_TEXT | _LISTS))}"
            )
        origin[key] = f"{FILE}:{line}"
        if key in _LISTS and isinstance(value, list) and all(isinstance(entry, str) for entry in value):
            found[key] = tuple(value)
        elif key in _TEXT and isinstance(value, str):
            found[key] = value
        else:
            kind = "a list of words" if key in _LISTS else "a word"
            raise UsageError(f"{FILE}:{line}: {key!r} is {value!r}", help=f"write {kind}")
    if found.get("undecided", "fail") not in {"ok", "fail"}:
        raise UsageError(f"{origin['undecided']}: 'undecided' is {found['undecided']!r}", help="write `ok` or `fail`")
    return Configuration(**found, origin=origin)


def _mapping(data: bytes) -> dict[str, tuple[Any, int]]:
    """Return each key's value and line. Nodes are composed first: a plain load would lose the lines."""
    try:
        loader = yaml.SafeLoader(data.decode("utf-8"))
        node = loader.get_single_node()
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise UsageError(f"{FILE} is not a mapping", help="write `key: value` lines")
        pairs = [
            (str(key.value), loader.construct_object(value, deep=True), key.start_mark.line + 1)
            for key, value in node.value
        ]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())
        raise UsageError(f"{FILE} is not YAML in UTF-8: {words}", help="mend it at the place named") from error
    seen: dict[str, tuple[Any, int]] = {}
    for key, value, line in pairs:
        if key in seen:
            raise UsageError(f"{FILE}:{line}: {key!r} stands twice", help="keep one of them")
        seen[key] = (value, line)
    return seen
