"""Process rules: how the agent has to work. Numbered steps, and sentences such as "always use X when Y"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.definitions.contract.labels import Kind, is_ability, kind
from backcheck.definitions.contract.outline import introduces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.contract.outline import Line


@dataclass(frozen=True, slots=True)
class Rule:
    """How the agent is to work: a numbered step, or "always use X when Y"."""

    text: str
    line: int
    when: str
    """When it holds: "using new libraries"; empty for always."""


_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*(?=[A-Z\u3040-\u9fff])|(?<=[.!?])\s+(?=[A-Z`])")  # noqa: RUF001 - Chinese and Japanese marks
_LEAD = re.compile(r"^[A-Z][\w /&-]{2,40}:\s+")
_QUOTED = re.compile(r"^[\"“'].*[\"”']\.?$")
_CASE = r"(?:when|whenever|if|before|after|unless|once)"
_BEGIN = re.compile(rf"(?:{_CASE}|always|never|only|you|must|do|don.?t|should|shall|cannot|use)\b", re.IGNORECASE)
"""With what a sentence that is a rule begins; most lines begin otherwise, and one look at them is enough."""
_ENDS = re.compile(r"[.!?。！？](?=.)")  # noqa: RUF001 - Chinese and Japanese marks
_MARK = re.compile(r"^[❌🚫⛔✗✘✖]\ufe0f?\s*")
_VERB_WORDS = """
add adopt analyze apply ask assume avoid begin break build cache call capture check choose cite clean close collect
commit communicate compare confirm consider consult convert create define delegate delete describe design document
ensure escalate estimate evaluate examine explain explore extract fail fetch fix flag focus follow generate give
handle highlight identify ignore implement include inform inspect install investigate invoke isolate keep limit list
load log look make map measure mend mention migrate monitor move note notify offer optimize pause perform pick plan
prefer prepare present prioritize profile propose provide raise read reassess recommend record refactor refer refuse
reject remove replace report reproduce request require respond restart return reuse review revert rewrite rollback
run save scan search select send set share show skip start state stop store structure suggest summarize switch test
trace treat try update use utilize validate verify wait warn work write
"""
_VERBS = frozenset(_VERB_WORDS.split())
"""Verbs with which an order begins: "When X, you may see Y" gives none."""
_ALWAYS = re.compile(
    rf"^(?:you (?:must|should|will|shall) )?(?:always|never)\b|^{_CASE}\b[^,]*,\s*(?:always|never)\b"
    r"|^(?:you )?(?:must not|do not|don.?t|should not|shall not|cannot ever)\s+(?!(?:you|worry|know)\b)"
    r"|^(?:you )must\s",
    re.IGNORECASE,
)
_ORDER = re.compile(
    rf"^{_CASE}\b[^,]{{3,120}},\s*(?:(?:you (?:must|should)|please|then|immediately|first|only)\s+)*(?P<verb>[a-z]+)\b",
    re.IGNORECASE,
)
_ONLY = re.compile(r"^only (?P<verb>[a-z]+)\b", re.IGNORECASE)
_TOOL = re.compile(
    r"^Use (?:the )?(?:`[^`]+`|[A-Z][\w-]*)(?: (?:tool|MCP|server|skill)s?)? (?:to|for|when|before|whenever)\b"
)
"""A tool goes by a name: "Use Read to …"; "Use indexes for …" speaks of the code."""
_WHEN = re.compile(rf"\b{_CASE}\s+(?P<case>[^,.;]+)", re.IGNORECASE)
_FEWEST = 4
"""Words of the shortest sentence that makes a step of what asks something behind it."""
_BULLETS = (Kind.STEPS, Kind.CONDITION, Kind.RULES)
_ORDERED = (*_BULLETS, Kind.NEVER, None)


def is_forbidden(line: Line) -> bool:
    """Whether a bullet names what must not be: by its own mark, or by the label above it."""
    return line.kind is Kind.NEVER or _MARK.match(line.text) is not None


def rules_in(line: Line) -> Iterator[Rule]:
    """Give the rules of work that a line states."""
    if line.box or line.cells:
        return
    if _is_step(line):
        text = line.text.rstrip(" :：")  # noqa: RUF001 - the colon of Chinese and Japanese
        yield Rule(f"Never: {_MARK.sub('', text)}" if _is_unsaid(line) else text, line.line, _condition(line))
        return
    if introduces(line.text) or (line.text[0] in "\"“'" and _QUOTED.match(line.text)):
        return
    for sentence in _SENTENCE.split(line.text) if _ENDS.search(line.text) else (line.text,):
        said = _LEAD.sub("", sentence) if ":" in sentence else sentence
        if _BEGIN.match(said) and (_ALWAYS.match(said) or _TOOL.match(said) or _is_order(said)):
            when = _WHEN.search(said)
            yield Rule(said, line.line, when["case"].strip() if when else "")


def _is_step(line: Line) -> bool:
    """Whether a line is a rule by where it stands: a step of a list, a bullet below rules, steps or a condition."""
    if not line.bullet:
        return False
    if line.ordered:
        stepped = line.depth == 1 and line.kind in _ORDERED
    elif introduces(line.text):
        return False
    else:
        stepped = is_forbidden(line) or (
            line.depth == 1 and line.kind in _BULLETS and kind(line.labels[0]) is line.kind
        )
    return stepped and not is_ability(line.labels) and not _is_question(line.text)


def _is_question(text: str) -> bool:
    """Whether a text does nothing but ask. "Read the request first. What is it about?" says what to do."""
    if not text.endswith(("?", "？")):  # noqa: RUF001 - as above
        return False
    first = _SENTENCE.split(text)[0]
    return first.endswith(("?", "？")) or len(first.split()) < _FEWEST  # noqa: RUF001 - as above


def _is_unsaid(line: Line) -> bool:
    """Whether the label or the mark says "never", and the text does not."""
    return is_forbidden(line) and not re.match(
        r"(?:[❌🚫⛔✗✘✖]\ufe0f?\s*)?(?:never|no|not|don.?t|do not|avoid|must not)\b", line.text, re.IGNORECASE
    )


def _is_order(said: str) -> bool:
    order = _ORDER.match(said) or _ONLY.match(said)
    return bool(order and order["verb"].lower() in _VERBS)


def _condition(line: Line) -> str:
    label = line.labels[0] if line.labels else ""
    when = _WHEN.match(label.rstrip(" :"))
    return when["case"].strip() if when else ""
