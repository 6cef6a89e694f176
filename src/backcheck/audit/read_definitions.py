"""What a look at agent definitions could and could not see: whether a pass may be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcheck.definitions.roster.gathering import Definitions


@dataclass(frozen=True, slots=True)
class ReadDefinitions:
    """The definitions that were read, and those that were not."""

    definitions: Definitions

    def gaps(self, kind: str) -> tuple[str, ...]:  # noqa: ARG002 - every item is about definitions
        """Return why a pass could be wrong: what was not read."""
        return tuple(f"{unread.path} was not read: {unread.why}" for unread in self.definitions.unread)

    def doubts(self, kind: str) -> tuple[str, ...]:
        """Return why it is not proved that no definition has what the item is about."""
        nothing = () if self.definitions.every else ("there is no definition to look at",)
        return (*self.gaps(kind), *nothing)

    @property
    def proof(self) -> str:
        """What was read."""
        return f"none of the {len(self.definitions.every)} that were read has what the item is about"
