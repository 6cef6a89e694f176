"""Questions that lead to one another: each is answered once, and a circle of them ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from backcheck.program.meanings import Meaning
    from backcheck.program.scopes import Scope

MAX_DEPTH = 40
"""Steps from a name to what it is. A step costs up to seven Python frames, of a thousand that callers need as well."""


class Once:
    """Remembers answers in the scopes that they are about."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._active: set[tuple[Hashable, int]] = set()
        self._cuts = 0

    def ask(self, scope: Scope, key: Hashable, answer: Callable[[], Meaning | None]) -> Meaning | None:
        """Return the answer to the question ``key`` of this scope; None in a circle, or too far from the first question."""
        if key in scope.cache:
            return scope.cache[key]  # type: ignore[return-value]
        question = (key, id(scope))
        if question in self._active or len(self._active) > MAX_DEPTH:
            self._cuts += 1
            return None
        before = self._cuts
        self._active.add(question)
        try:
            found = answer()
        finally:
            self._active.discard(question)
        # What a cycle or the limit cut short may have an answer when it is asked for from elsewhere.
        if self._cuts == before or not self._active:
            scope.cache[key] = found
        return found
