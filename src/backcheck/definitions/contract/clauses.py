"""The clauses of a line of a contract, as stemmed words: the form in which word groups are looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.contract.stemming import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

_DENYING = frozenset({"no", "not", "never", "none", "neither", "nor", "without", "cannot", "unnecessary"})
_REFUSING = frozenset(stem(verb) for verb in ("skip", "omit", "disable", "ignore"))

_LINK = re.compile(r"\]\([^)\s]*\)|\b\w+://\S+")
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]|`(?P<code>[^`]*)`|\[[^\]\n]{12,}\](?!\()")
_FILE = re.compile(r"/|\.\w")
_NEUTRAL = re.compile(
    r"\b(?:no|not|never)\s+(?:be\s+)?(?:to\s+)?(?:more|less|fewer|longer|slower|later|lower|higher|exceed(?:ing|s)?|above|over|below)\b"
    r"|\b(?:no|without) (?:any )?exceptions?\b|\bnot (?:only|just|merely)\b|\bno matter\b|\bif not\b",
    re.IGNORECASE,
)
"""The negation of a bound is a bound: "no more than 200 ms" asks for something."""
_END = re.compile(
    r"[.!?;](?=\s|$)|(?:,|\s[-–—])\s+(?=(?:and |but )?(?:no|not|never|don['’]t|without)\b)",  # noqa: RUF001 - both apostrophes and all dashes are written
    re.IGNORECASE,
)
_COMPOUND = re.compile(r"\b(log|sign|time)[- ](in|up|outs?)\b", re.IGNORECASE)
"""Written apart or together: "log-in", "time-out"."""
_TOKEN = re.compile(
    r"(?P<word>[nN]\+1|[^\W_]+(?:['’][^\W_]+)?)|(?P<head>:(?=\s|$)|\s[-–—]\s|[✓✅])|(?P<part>[,()\[\]]|→|->)|(?P<joint>[/|&])"  # noqa: RUF001 - as above; and all three dashes
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, or the negated end of one."""

    words: tuple[str, ...]
    """Stems, in order."""
    written: tuple[str, ...]
    """The same words as they are written, casefolded."""
    parts: frozenset[int]
    """Places of the words before which a comma or a bracket stands."""
    joints: frozenset[int]
    """Places of the words before which a slash or the like stands: other names for the same, "authentication/authorization"."""
    stops: frozenset[int]
    """All of those, and places of the words before which a colon or a dash stands: no name goes on past them."""
    heads: tuple[int, ...]
    """Places where a statement begins: the first word, and what follows a colon or a dash."""
    negated: bool
    """Whether it says that something is not, or need not be."""


def clauses(line: str) -> Iterator[Clause]:
    """Give the clauses of a line that hold a word. Links, quotations and names of files are left out."""
    text = _COMPOUND.sub(r"\1\2", _NEUTRAL.sub(" ", _QUOTED.sub(_kept, _LINK.sub(" ", line.replace("*", "")))))
    for part in _END.split(text):
        if clause := _clause(part):
            yield clause


def denies(word: str) -> bool:
    """Whether a casefolded word negates what it stands by."""
    return word in _DENYING or stem(word) in _REFUSING or word.endswith(("n't", "n’t"))  # noqa: RUF001 - both are written


def _kept(quoted: re.Match[str]) -> str:
    """Return what of a quotation is the line's own word.

    Quoted words are only mentioned, a long text in square brackets is to be filled in, and the name of a file promises nothing.
    """
    code = quoted["code"]
    return "" if code is None or _FILE.search(code) else code


def _clause(text: str) -> Clause | None:
    words: list[str] = []
    written: list[str] = []
    parts: set[int] = set()
    joints: set[int] = set()
    stops: set[int] = set()
    heads: list[int] = [0]
    negated = False
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "word":
                said = token[0].casefold()
                negated |= denies(said)
                written.append(said)
                words.append(stem(said))
            case "head":
                heads.append(len(words))
                stops.add(len(words))
            case "part":
                parts.add(len(words))
            case _:
                joints.add(len(words))
    if not words:
        return None
    stops |= parts | joints
    return Clause(
        tuple(words), tuple(written), frozenset(parts), frozenset(joints), frozenset(stops), tuple(heads), negated
    )
