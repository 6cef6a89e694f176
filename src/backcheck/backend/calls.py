"""Calls that leave the process or hold it up: queries, HTTP, files, processes, queues, caches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backcheck.findings import Subject

if TYPE_CHECKING:
    from backcheck.backend.routes import Unresolved
    from backcheck.findings import Place


class CallKind(StrEnum):
    """What a call reaches."""

    QUERY = "query"
    HTTP = "http"
    FILE = "file"
    PROCESS = "process"
    SLEEP = "sleep"
    COMPUTE = "compute"
    """Work that takes its time on purpose or by size: a password hash, a key pair, compression."""
    QUEUE = "queue"
    CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the code, with the circumstances that the performance items ask about."""

    kind: CallKind
    target: str
    """Resolved name of what is called: `requests.get`, `Session.execute`, `axios.get`, `Model.findAll`."""
    place: Place
    function: str
    """Qualified name of the function it stands in; empty at module level."""
    statement: str
    """Normalised source text of the call (white space folded): its identity beside the target."""
    awaited: bool = False
    blocking: bool = False
    """Holds the calling thread until it is done (`requests.get`, `time.sleep`, `fs.readFileSync`)."""
    in_async: bool = False
    """Stands in a function that runs on the event loop, or in one that such a function calls directly."""
    loop: Place | None = None
    """The loop whose body repeats the call (never the loop's own iterable)."""
    deadline: bool | Unresolved = True
    """Whether the call has a time-out: its own, its client's, or its library's default. Only kind HTTP."""
    reads_many: bool = False
    """A query that may give any number of rows (`findAll()`, `select(...)` then `.all()`)."""
    bounded: bool | Unresolved = True
    """Whether a `reads_many` query has a limit."""
    routes: tuple[str, ...] = ()
    """`METHOD path` of the routes whose handler makes it, directly or through a function of this code base."""

    @property
    def subject(self) -> Subject:
        """The call as a subject: what is called, in which function, and the statement's text."""
        return Subject(self.kind.value, f"{self.function}: {self.statement}", self.place)
