"""How much a model is told at once: under ten thousand tokens, with the way to the rest."""

from __future__ import annotations

ANSWER = 34_000
"""Characters of an answer's body; the footer comes on top. A client cuts results at 25,000 tokens."""
LINE = 2_000
"""Characters shown of one line."""
