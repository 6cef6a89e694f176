"""One agent definition as its author meant it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents.restrictions import DENIED, letters
from backcheck.definitions.agents.span import FieldSpan, Span
from backcheck.definitions.agents.yaml_core import read_mapping
from backcheck.definitions.contract.reading import Contract, read_contract

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from backcheck.definitions.agents.recovery import Recovery

_TOOL = re.compile(r"[^\s,()]+(?:\([^()]*\))?")

_NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class Agent:
    """One agent definition, as its author meant it."""

    name: str
    """The field `name`; the file's stem where there is none."""
    description: str
    tools: tuple[str, ...] | None
    """Names as written; None where the definition does not say, empty where it says that there are none."""
    model: str | None
    fields: dict[str, Any]
    """Every field of the front matter, these included."""
    body: str
    body_line: int
    """Line of the file on which the body starts."""
    path: Path
    recoveries: tuple[Recovery, ...] = ()
    """What had to be mended to read the file; empty where strict YAML reads it alike."""
    spans: Mapping[str, FieldSpan] = field(default_factory=dict)
    """Where each field stands in the file's bytes, in the file's order."""
    front: Span = _NOWHERE
    """From the first byte of the opening fence to the end of the closing fence's line."""
    body_span: Span = _NOWHERE
    """The bytes of the body: to the end of the file, but for a code fence around the whole."""

    @property
    def color(self) -> str | None:
        """Colour in a client's list."""
        return word(self.fields.get("color"))

    @property
    def priority(self) -> str | None:
        """Hint for a scheduler, such as `high`."""
        return word(self.fields.get("priority"))

    @property
    def context_mode(self) -> str | None:
        """How much the prompt tells of the project: `minimal` asks for no overview."""
        return word(self.fields.get("context_mode"))

    @property
    def disallowed(self) -> tuple[str, ...]:
        """Names of tools that the definition takes away."""
        return tuple(name for key, value in self.fields.items() if letters(key) == DENIED for name in tool_names(value))

    @cached_property
    def contract(self) -> Contract:
        """What the body promises of the agent's output; empty where it promises nothing."""
        return read_contract(self.body, self.body_line)


def tool_names(value: object) -> tuple[str, ...]:
    """Return the names in a `tools` field of any shape that people write: text, list, map of switches, nothing."""
    match value:
        case None | False:
            return ()
        case str() if value.strip().startswith("["):
            inner = (read_mapping(f"tools: {value}") or {}).get("tools")
            return tool_names(inner if isinstance(inner, list) else value.strip("[] "))
        case str():
            return tuple(dict.fromkeys(_TOOL.findall(value)))
        case list():
            return tuple(dict.fromkeys(name for entry in value for name in _entry(entry)))
        case dict():
            return tuple(str(name) for name, on in value.items() if on is not False)
        case _:
            return (str(value),)


def _entry(entry: object) -> tuple[str, ...]:
    return (entry.strip(),) if isinstance(entry, str) else tool_names(entry)


def word(value: object) -> str | None:
    """Return a field's scalar as text; None where it is absent, empty or no scalar."""
    return str(value).strip() or None if isinstance(value, str | int | float) else None
