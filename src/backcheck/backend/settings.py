"""Settings: what the code reads from its environment, or fixes in the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.findings import Subject

if TYPE_CHECKING:
    from backcheck.findings import Place


@dataclass(frozen=True, slots=True)
class Setting:
    """One named value that steers the program."""

    name: str
    """`SECRET_KEY`, `DATABASE_URL`, `session.secret`."""
    place: Place
    origin: str
    """`environment` (read from it), `literal` (fixed in the source), `default` (environment with a literal fallback)."""
    secret: bool = False
    """Whether the name or its use says that the value must stay secret."""
    placeholder: bool = False
    """Whether a literal value is an obvious stand-in that the program refuses or overrides in production."""

    @property
    def subject(self) -> Subject:
        """The setting as a subject: its name and file."""
        return Subject("setting", f"{self.place.path}: {self.name}", self.place)
