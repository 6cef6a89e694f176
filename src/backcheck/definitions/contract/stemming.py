"""A small English stemmer: enough for "validated", "validates" and "validation" to be one word.

Suffix rules in Porter's manner, fewer and milder. It is our own because a line of a checklist needs few of Porter's
steps, and his last ones join words that differ here ("authorize" and "author", "general" and "generic").
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"n\+1|[^\W_]+(?:['’][^\W_]+)?")  # noqa: RUF001 - both apostrophes are written

_IRREGULAR = {
    "indices": "index",
    "https": "https",
    "needed": "need",
    "exceeded": "exceed",
    "built": "build",
    "management": "manag",
    "apis": "api",
}
"""`https` is no plural: it would become `http`."""

_ENDINGS = (
    # The longest first. What remains has to be three letters long and hold a vowel.
    *[(ending, "iz") for ending in ("isation", "ization", "isations", "izations")],
    *[(ending, "iz") for ending in ("ising", "izing", "ised", "ized", "ises", "izes", "ise", "ize", "iser", "izer")],
    *[(ending, "at") for ending in ("ations", "ation", "ating", "ators", "ator", "ated", "ates", "ate")],
    ("ssions", "ss"),
    ("ssion", "ss"),
    ("tions", "t"),
    ("tion", "t"),
    ("iters", "it"),
    ("iter", "it"),
    ("ings", ""),
    ("ing", ""),
    ("ied", "i"),
    ("ies", "i"),
    ("ed", ""),
    *[(f"{ending}es", ending) for ending in ("sh", "ch", "ss", "x", "zz")],
)
_KEEP = ("eed", "ss", "us", "is")
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"([bdgmnprt])\1$")


def words(text: str) -> tuple[str, ...]:
    """Return the words of the text in order, casefolded, not stemmed."""
    return tuple(_WORD.findall(text.casefold()))


def stems(text: str) -> frozenset[str]:
    """Return the stems of the words of the text."""
    return frozenset(stem(word) for word in words(text))


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """Return the part of a casefolded word that its inflections share."""
    word = word.removesuffix("'s").removesuffix("’s")  # noqa: RUF001 - both apostrophes are written
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or word.endswith("eed"):
        return word
    for ending, instead in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) + len(instead) >= 3 and _VOWEL.search(rest):
            return _final(rest + instead)
    if word.endswith("s") and not word.endswith(_KEEP):
        word = word[:-1]
    return _final(word)


def _final(word: str) -> str:
    """Fold what the endings leave: a doubled consonant, a silent e, y beside i."""
    word = _DOUBLED.sub(r"\1", word)
    if word.endswith("e") and len(word) > 3:
        return word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") and word[-2:-1] not in "aeiou" else word
