"""What the interpreter saw at sinks: kept apart for each sink, the worst of all ways that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.flow.flow import Origin

if TYPE_CHECKING:
    from backcheck.findings import Place
    from backcheck.flow.flow import Flow

_SEVERITY = {origin: rank for rank, origin in enumerate(Origin)}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A sink in a function that hands one of its parameters on as it came: it belongs to the caller."""

    flow: Flow
    parameter: str


class Sightings:
    """Every sink that was reached, with the worst flow into it."""

    def __init__(self) -> None:
        self._flows: dict[tuple[str, Place], Flow] = {}
        self._hashes: dict[Place, Flow] = {}
        self._settled: frozenset[tuple[str, Place]] = frozenset()

    def add(self, flow: Flow) -> None:
        """Keep the flow unless a worse one into the same sink is known, or the sink was settled."""
        key = flow.kind, flow.sink
        if key in self._settled:
            return
        known = self._flows.get(key)
        if known is None or _SEVERITY[flow.origin] > _SEVERITY[known.origin]:
            self._flows[key] = flow

    def add_hash(self, flow: Flow) -> None:
        """Keep a password's hashing: it counts where nothing that is stored comes from the same source."""
        self._hashes.setdefault(flow.sink, flow)

    def settle(self) -> None:
        """Leave the sinks that were reached as they are: later ways to them come from callers that nobody knows."""
        self._settled = frozenset(self._flows)

    def at(self, place: Place) -> bool:
        """Whether a sink at this place was reached."""
        return ("sql", place) in self._flows or ("password", place) in self._flows

    def flows(self) -> tuple[Flow, ...]:
        """Return the flows in order of file and line."""
        stored = {flow.source for flow in self._flows.values() if flow.kind == "password"}
        hashes = [flow for flow in self._hashes.values() if flow.source not in stored]
        return tuple(sorted([*self._flows.values(), *hashes], key=lambda flow: (flow.sink, flow.kind)))
