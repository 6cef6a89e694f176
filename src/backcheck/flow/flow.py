"""What the interpreter says of one sink: the text or value that reaches it, and the way it came."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backcheck.findings import Confidence, Subject

if TYPE_CHECKING:
    from backcheck.findings import Place


class Origin(StrEnum):
    """Where the value at a sink comes from. Where several ways lead to one sink, the last in this order counts."""

    CONSTANT = "constant"
    """Every part is fixed in the source, or cannot carry a text of the caller's (a number, an allow-listed name)."""
    PARAMETERISED = "parameterised"
    """The text is constant, and values are bound to its placeholders or built in by a query builder."""
    HASHED = "hashed"
    """A password that went through a password hash."""
    UNKNOWN = "unknown"
    """A part of it could not be followed."""
    WEAKLY_HASHED = "weakly_hashed"
    """A password that went through a fast, unsalted digest only."""
    TAINTED = "tainted"
    """A part of it is what a caller sent."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One sink with the worst value that reaches it."""

    kind: str
    """`sql` or `password`."""
    sink: Place
    """The call or assignment that takes the value."""
    statement: str
    """Normalised source text of what the sink takes (white space folded)."""
    function: str
    """Qualified name of the function in which the sink stands; empty at module level."""
    origin: Origin
    source: Place | None = None
    """Where the request's value enters; None unless tainted or hashed."""
    steps: tuple[Place, ...] = ()
    """Places that the value passes from the source to the sink, both excluded."""
    why: str = ""
    """One clause for a person: what the source is, or what could not be followed."""
    confidence: Confidence = Confidence.HIGH

    @property
    def subject(self) -> Subject:
        """The flow as a subject: its kind, function and statement."""
        return Subject("flow", f"{self.kind} in {self.sink.path} {self.function}: {self.statement}", self.sink)
