"""The colour of an agent: the eight that Claude Code knows, and the nearest of them for what people write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import dist


@dataclass(frozen=True, slots=True)
class Shade:
    """How one colour is shown."""

    page: str
    """On a page: dark enough for a white one, light enough for a black one."""
    terminal: str
    """In a terminal, by a name of its own palette: its user chose what that looks like."""
    pure: tuple[int, int, int]
    """What other colours are compared with: red, green, blue."""


OFFICIAL = {
    "red": Shade("#d92d20", "red", (255, 0, 0)),
    "orange": Shade("#e8710a", "dark_orange3", (255, 140, 0)),
    "yellow": Shade("#b58900", "yellow", (255, 225, 0)),
    "green": Shade("#2e8b3d", "green", (0, 180, 0)),
    "cyan": Shade("#0e8a9b", "cyan", (0, 200, 220)),
    "blue": Shade("#2f6fd6", "blue", (0, 80, 255)),
    "purple": Shade("#8b4fc7", "magenta", (140, 60, 220)),
    "pink": Shade("#d6478f", "bright_magenta", (255, 90, 170)),
}

_NEAREST = {
    "teal": "cyan", "turquoise": "cyan", "aqua": "cyan", "indigo": "purple", "violet": "purple", "magenta": "pink",
    "fuchsia": "pink", "rose": "pink", "amber": "orange", "gold": "yellow", "lime": "green", "emerald": "green",
    "navy": "blue", "sky": "blue", "crimson": "red", "maroon": "red",
}  # fmt: skip
"""Names that public definitions use and no client knows."""

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


def nearest(written: str | None) -> str | None:
    """Return the official colour that a written one is or comes nearest to; None for an unknown name, and for grey."""
    word = (written or "").strip().casefold()
    if word in OFFICIAL:
        return word
    if not _HEX.fullmatch(word):
        return _NEAREST.get(word)
    digits = word[1:] if len(word) == 7 else "".join(2 * digit for digit in word[1:])
    parts = tuple(int(digits[place : place + 2], 16) for place in (0, 2, 4))
    if max(parts) - min(parts) < 40:
        return None
    return min(OFFICIAL, key=lambda name: dist(parts, OFFICIAL[name].pure))
