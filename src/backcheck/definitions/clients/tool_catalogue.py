"""The catalogue of tool names: live, retired, renamed and foreign, as `tool_names.yaml` holds them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from backcheck import data

_KINDS = ("live", "alias", "retired", "foreign")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of the names that definitions write under `tools`."""

    client: str
    """The client and version that the names were measured in: `claude-code@2.1.329`."""
    entries: dict[str, dict[str, Any]]

    @property
    def live(self) -> tuple[str, ...]:
        """Names of the tools that the client has today."""
        return tuple(self.entries["live"])

    def names(self) -> tuple[str, ...]:
        """Return every name that is known."""
        return tuple(name for kind in _KINDS for name in self.entries[kind])

    def knows(self, name: str) -> bool:
        """Whether the name is known, live or not."""
        return any(name in self.entries[kind] for kind in _KINDS)

    def today(self, name: str) -> str | None:
        """Return the live tool that a known name stands for today; None where there is none."""
        if name in self.entries["live"]:
            return name
        if name in self.entries["alias"]:
            return str(self.entries["alias"][name])
        found = self.entries["retired"].get(name) or self.entries["foreign"].get(name) or {}
        return str(found["now"]) if "now" in found else None

    def is_foreign(self, name: str) -> bool:
        """Whether the name is another client's."""
        return name in self.entries["foreign"]

    def tool(self, live: str) -> str | None:
        """Return the name in our own toolbox of a live tool; None where we have no such tool."""
        found = self.entries["live"][live]
        return str(found["tool"]) if "tool" in found else None

    def given(self, live: str) -> str:
        """Return when a sub-agent gets a live tool; empty where it does by name and without.

        `named`: by name only, and not beside Bash. `unnamed`: only where no tools are named. `foreground`: not to an agent
        in the background. `plan`: only in plan mode. `servers`: where an MCP or language server brings it. `windows`: in builds
        for Windows. `main`: never, the main conversation keeps it.
        """
        return str(self.entries["live"][live].get("given", ""))

    def can(self, live: str) -> str:
        """Return what a live tool lets an agent do: read, edit, search, execute, net, spawn."""
        return str(self.entries["live"][live]["can"])


@cache
def catalogue() -> Catalogue:
    """Return the catalogue of the client that was measured last."""
    entries = data.table(__package__, "tool_names.yaml")
    return Catalogue(entries.pop("client"), entries)
