"""Numeric targets: "API response time: < 200ms (95th percentile)" as metric, operator, value, unit and percentile."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck.definitions.contract.stemming import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backcheck.definitions.contract.outline import Line


@dataclass(frozen=True, slots=True)
class Target:
    """A number that the agent's output has to reach."""

    metric: str
    """In lower case, as the line names it: `api response time`."""
    operator: str
    """`<`, `<=`, `=`, `>=` or `>`."""
    value: float
    unit: str
    """`ms`, `s`, `min`, `h`, `d`, `%`, `/s`, `x`, `MB` …; empty for a count."""
    percentile: float | None
    scope: str
    """Where or of what it holds: `average`, `critical/high`, `under normal load`; empty where the line does not say."""
    line: int
    text: str
    """The whole line."""
    also: tuple[int, ...] = ()
    """Further lines that state the same."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two lines that ask different things of one metric."""

    metric: str
    first: Target
    second: Target


_NUMBER = r"(?P<value>\d+(?:,\d{3})*(?:\.\d+)?)"
_UNIT = (
    r"(?P<unit>ms\b|milliseconds?\b|µs\b|microseconds?\b|seconds?\b|secs?\b|s\b|minutes?\b|mins?\b|hours?\b|hrs?\b|h\b|days?\b|%"
    r"|percent\b|rps\b|qps\b|tps\b|req(?:uests)?\s?(?:/|per)\s?s(?:ec(?:ond)?)?\b|x\b|[kmg]i?b\b)?"
)
_UNITS = {
    "millisecond": "ms", "microsecond": "µs", "second": "s", "sec": "s", "minute": "min", "min": "min", "hour": "h", "hr": "h",
    "day": "d", "percent": "%", "rps": "/s", "qps": "/s", "tps": "/s",
}  # fmt: skip
_OPERATORS = (
    ("<=", r"<=|≤|=<|within|at most|up to|(?:no|not) (?:more|longer|slower|later|higher) than|(?:not|never) (?:to )?exceed(?:ing|s)?|max(?:imum)?(?: of)?"),
    (">=", r">=|≥|at least|no (?:less|fewer|lower) than|not less than|min(?:imum)?(?: of)?"),
    ("<", r"(?<![-=<])<|under|below|less than|fewer than|lower than|faster than|shorter than|sub[- ]?"),
    (">", r"(?<![-=>])>|over|above|more than|greater than|higher than|exceed(?:s|ing)?"),
)  # fmt: skip
_OPERATOR = "|".join(f"(?P<op{number}>{pattern})" for number, (_, pattern) in enumerate(_OPERATORS))
_TARGET = re.compile(
    rf"(?:(?<!\w)(?:{_OPERATOR})\s*)?(?<![\w.$#/:-]){_NUMBER}\s?{_UNIT}(?P<plus>\s?\+(?!\w|\+))?", re.IGNORECASE
)
_GLUED = re.compile(r"\b(sub)-?(?=\d)", re.IGNORECASE)
_PERCENTILE = re.compile(
    r"\(?\b(?:at (?:the )?)?(?:p(?P<short>\d{2}(?:\.\d+)?)|(?P<long>\d{2}(?:\.\d+)?)(?:st|nd|rd|th)?[- ]percentile)\b\)?:?",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“][^\"“”]*\s[^\"“”]*[\"”]|`[^`]*`")
_NONE = re.compile(r"\b(?:zero|no)(?=\s+(?:known |open |unresolved )?(?:critical|high)\b)", re.IGNORECASE)
_SEVERITY = re.compile(
    r"\b(?:critical|high|medium|low)\b(?:\s*(?:/|,|or|and|-)\s*\b(?:critical|high|medium|low)\b)*", re.IGNORECASE
)
_STATISTIC = re.compile(r"\b(?:average|mean|median|peak|sustained)\b", re.IGNORECASE)
_BARE = re.compile(
    r"\b(?:coverage|uptime|availability|compliance|success|accuracy|pass rate|hit rate|hit ratio|optimi[sz]ation|scal\w+|growth"
    r"|vulnerabilit(?:y|ies)|slo|sla)\b",
    re.IGNORECASE,
)
"""Metrics of which a bare number is a target: "99.9% uptime". A bare "15 minutes" may be anything."""
_CUT = re.compile(
    r"[,;.()]|\s[-–—]\s|\b(?:with|via|using|through|while|when|where|so|that|per|as|capabilit\w+)\b"  # noqa: RUF001 - people write these dashes
    r"|\band\s+(?=[<>≤≥\d]|under|below|over|above|at least|sub-?\d)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^(?:under|of|for|in|at|on|during|across|within|after|before|by)\b", re.IGNORECASE)
_PLACE_AFTER = re.compile(r"\s(?:under|for|in|at|on|during|across|within|after|before|by)\s", re.IGNORECASE)
_FILLER = re.compile(
    r"^(?:and|or|but|the|a|an|to|achieve[sd]?|maintain(?:s|ed|ing)?|keep|ensure|ensuring|target(?:s|ing)?|aim for|support(?:s|ing)?(?: for)?"
    r"|with|should be|must be|stays?|reach|deliver|provide|be|is|are|of|known)\b\s*"
    r"|(?:^|\s+)(?:of|is|are|be|to|must|should|stays?|remains?|kept|at|achieved|maintained|support for|for|a"
    r"|verified|controlled|completed|sustained|optimi[sz]ed|detected|configured|ensured|reached|consistently|supported|found)$", re.IGNORECASE
)  # fmt: skip


def targets_in(line: Line) -> Iterator[Target]:
    """Give every numeric target that a line states. What it quotes is a sample of a report, and left out."""
    text = _GLUED.sub("sub ", _NONE.sub("0", _QUOTED.sub(" ", line.text)))
    percentiles = [float(match["short"] or match["long"]) for match in _PERCENTILE.finditer(text)]
    text = _PERCENTILE.sub(" ", text)
    found = [
        match for match in _TARGET.finditer(text) if _operator(match) or match["plus"] or _is_bare_target(text, match)
    ]
    for number, match in enumerate(found):
        start = found[number - 1].end() if number else 0
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        target = _target(line, match, text[start : match.start()], text[match.end() : end])
        if target:
            yield replace(target, percentile=_nth(percentiles, number) if target.unit in {"ms", "s", "µs"} else None)


def merged(targets: Iterable[Target]) -> tuple[tuple[Target, ...], tuple[Contradiction, ...]]:
    """Return the targets with repetitions joined, and the pairs of which one metric is asked different things.

    One line may say more than the other ("95th percentile"); the fuller one stands for both.
    """
    kept: list[Target] = []
    clashes: list[Contradiction] = []
    for target in targets:
        for index, other in enumerate(kept):
            if not _is_same_measure(other, target):
                continue
            if (other.operator[0], other.value) == (target.operator[0], target.value):
                fuller = other if _fullness(other) >= _fullness(target) else target
                lines = {other.line, target.line, *other.also, *target.also} - {fuller.line}
                kept[index] = replace(fuller, also=tuple(sorted(lines)))
                break
            clashes.append(Contradiction(target.metric, other, target))
        else:
            kept.append(target)
    return tuple(kept), tuple(clashes)


def _is_same_measure(one: Target, other: Target) -> bool:
    return (
        stems(one.metric) == stems(other.metric)
        and one.unit == other.unit
        and one.operator[0] == other.operator[0]
        and (one.percentile == other.percentile or None in {one.percentile, other.percentile})
        and (one.scope == other.scope or not (one.scope and other.scope))
    )


def _fullness(target: Target) -> int:
    return (target.percentile is not None) + bool(target.scope)


def _nth(percentiles: list[float], number: int) -> float | None:
    """Return the percentile of the n-th target of a line: its own, or the one that stands for all."""
    if len(percentiles) == 1:
        return percentiles[0]
    return percentiles[number] if number < len(percentiles) else None


def _operator(match: re.Match[str]) -> str:
    return next((sign for number, (sign, _) in enumerate(_OPERATORS) if match[f"op{number}"]), "")


def _is_bare_target(text: str, match: re.Match[str]) -> bool:
    unit = (match["unit"] or "").lower()
    if unit in {"%", "percent", "x"}:
        return bool(_BARE.search(text))
    return match["value"] == "0" and not unit and bool(_SEVERITY.match(text[match.end() :].lstrip()))


def _target(line: Line, match: re.Match[str], before: str, after: str) -> Target | None:
    operator = ">=" if match["plus"] else _operator(match)
    unit = _unit(match["unit"] or "")
    value = float(match["value"].replace(",", ""))
    if match["plus"] and not unit:
        return None  # "PHP 8.1+": a version
    if not operator:
        operator = "=" if value == 0 else ">="
    elif not unit and not re.match(r"[<>≤≥=]", match[0].strip()):
        return None  # "under 3 levels", "over 20 years": words of a sentence
    metric, scope = _named(before, after)
    if not metric or len(metric.split()) > 8:
        return None
    return Target(metric, operator, value, unit, None, scope, line.line, line.text)


def _named(before: str, after: str) -> tuple[str, str]:
    """Return metric and scope from the words before and after the number."""
    phrase = _CUT.split(after.strip(), maxsplit=1)[0].strip(" :")
    severity = _SEVERITY.match(phrase)
    scope = ""
    if severity:
        scope, phrase = severity[0].lower(), phrase[severity.end() :].strip()
    elif _PLACE.match(phrase):
        scope, phrase = phrase.lower(), ""
    if place := _PLACE_AFTER.search(phrase):
        scope, phrase = scope or phrase[place.start() :].strip().lower(), phrase[: place.start()]
    words = phrase if _trimmed(phrase) else _leading(before)
    if statistic := _STATISTIC.search(words):
        scope = scope or statistic[0].lower()
    return _trimmed(words).lower(), scope


def _leading(before: str) -> str:
    clause = re.split(r"[,;()]|\.\s|\s[-–—]\s|\bwith\b", before.strip(" (,;"))[-1]  # noqa: RUF001 - as above
    label, colon, rest = clause.rpartition(":")
    return rest if colon and rest.strip() else label or clause


def _trimmed(phrase: str) -> str:
    phrase = _STATISTIC.sub("", phrase)
    while (shorter := _FILLER.sub("", phrase.strip(" :-|*")).strip(" :-|*")) != phrase:
        phrase = shorter
    return " ".join(phrase.split())


def _unit(written: str) -> str:
    word = written.lower()
    if word.startswith("req"):
        return "/s"
    if re.fullmatch(r"[kmg]i?b", word):
        return written.upper().replace("I", "i")
    return _UNITS.get(word, _UNITS.get(word.removesuffix("s"), word))
