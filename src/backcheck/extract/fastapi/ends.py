"""How paths through a function end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcheck.extract.fastapi.values import Known, Value


class End(Enum):
    """How a path through a function ends."""

    REFUSED = "refused"
    """401 or 403."""
    FAILED = "failed"
    """Another exception or status: the request is not served, but not for want of a login."""
    SERVED = "served"


@dataclass(slots=True)
class Paths:
    """How the paths through a function end, and what those that return give."""

    ends: set[End] = field(default_factory=set)
    values: list[Value | Known] = field(default_factory=list)

    @property
    def refuses(self) -> bool:
        """Whether every path turns the request away, and one of them for want of a login."""
        return End.REFUSED in self.ends and End.SERVED not in self.ends


class Ended(Exception):  # noqa: N818 - a path's end, no error
    """An expression that ends its path: a call of what always raises."""

    def __init__(self, end: End) -> None:
        super().__init__()
        self.end = end
