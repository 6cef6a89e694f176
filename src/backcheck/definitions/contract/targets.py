"""Numeric targets: "API response time: < 200ms (95th percentile)" as metric, operator, value, unit and percentile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from backcheck.definitions.contract.labels import Kind, kind
from backcheck.definitions.contract.metric import named
from backcheck.definitions.contract.quantity import quantities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.contract.outline import Line
    from backcheck.definitions.contract.quantity import Quantity


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

    @property
    def asked(self) -> str:
        """What is asked, in short: `p95 of api response time < 200 ms`."""
        close = self.unit in {"", "%", "x", ":1"} or self.unit.startswith("/")
        percentile = f"p{self.percentile:g} of " if self.percentile else ""
        amount = (
            f"{self.unit}{self.value:g}"
            if self.unit in {"$", "€", "£"}
            else f"{self.value:g}{'' if close else ' '}{self.unit}"
        )
        return f"{percentile}{self.metric} {self.operator} {amount}"


_MOST = 40
"""Numbers of one line that are looked at."""
_TIMES = frozenset({"ms", "s", "µs", "ns", "min"})
_SMALL = frozenset({"ms", "s", "µs", "ns", "min", "h", "d", "weeks", "KB", "MB", "GB", "TB", "$", "€", "£", "lines", "levels", "characters", "tokens", "words", "px"})  # fmt: skip
"""Of these less is asked for: "functions (> 50 lines)" and "payments above $50" say what is too much."""
_TEXTUAL = frozenset({"lines", "levels", "characters", "tokens", "words", "px"})
_PERCENTILE = re.compile(
    r"\(?\b(?:at (?:the )?)?(?:p(?P<short>\d{2}(?:\.\d+)?)|(?P<long>\d{2}(?:\.\d+)?)(?:st|nd|rd|th)?[- ]percentile)\b\)?:?",
    re.IGNORECASE,
)
_MAY_RANK = re.compile(r"[pP](?:\d\d|[eE][rR][cC])")
_DIGIT = re.compile(r"\d")
_QUOTED = re.compile(r"[\"“][^\"“”]*\s[^\"“”]*[\"”]|`[^`]*`|「[^」]*」")
_BARE_CODE = re.compile(r"`([<>≤≥=]{1,2}\s?\d+(?:\.\d+)?\s?(?:ms|s|%|MB|KB)?\+?)`")
_UNREAD = re.compile(r"(?<=[\d+])[a-z]|\s?(?:[mb]illion|thousand)\b", re.IGNORECASE)
"""Stands behind a number whose unit or scale is not known: "10Hz", "2+ million"."""
_GLUED = re.compile(r"\b(sub)-?(?=\d)", re.IGNORECASE)
_SEVERITY = r"(?:critical|high|medium|low|major|severe)"
_NONE = re.compile(
    rf"\b(?:zero|no)(?=\s+(?:known |open |unresolved |outstanding )?{_SEVERITY}\b[^,.;]*\b(?:vulnerabilit|issue|finding|bug|defect|cve|violation|risk))",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"(?:known |open )?{_SEVERITY}\b", re.IGNORECASE)
_BARE = re.compile(
    r"\b(?:coverage|uptime|availability|compliance|complian[tc]\w*|success|accuracy|pass rate|hit rate|hit ratio|optimi[sz]ation|growth(?! (?:phase|stage))|reliability"
    r"|vulnerabilit(?:y|ies)|slo|sla|cobertura|kapsam\w*|achieved|maintained)\b|カバレッジ|覆盖率|覆蓋率|커버리지",
    re.IGNORECASE,
)
"""Metrics of which a bare number is a target: "99.9% uptime". A bare "15 minutes" may be anything."""
_MUCH = re.compile(
    r"\b(?:coverage|uptime|availability|accuracy|success|pass rate|hit rate|hit ratio)\b|カバレッジ|覆盖率|커버리지",
    re.IGNORECASE,
)
_LITTLE = re.compile(
    r"(?:\b(?:error|failure|defect|churn|bounce|violation)s?(?: rates?)?|^(?:\w+ )?complexity|\blatency|\b(?:response|load|page) times?)$",
    re.IGNORECASE,
)
_BEHIND_IF = re.compile(r"\s*(?:확신|이면|면\b|の場合|的话|时|時)")
_CONDITIONAL = re.compile(
    r"\b(?:if|when|whenever|unless|until|once|where|because|flag|alert(?:s|ing)? (?:on|at|for|above|below|after)|warn(?:ing)? (?:on|at|for|above|below|after)|trigger(?:s|ed)?|fails?|took|assume|default|do not|don.?t"
    r"|confident|sure|certain)\b|如果|确信|確信|把握|場合",
    re.IGNORECASE,
)
"""A number that starts something is no bound: "alert when CPU > 80%"."""
_UNASKED = re.compile(
    r"\b(?:red flags?|alerts?|alerting|warnings?|anti-?patterns?|smells?|severity|troubleshooting|pitfalls?|complexity|symptoms?|flag|mistakes"
    r"|issues?|escalat\w+|grad(?:e|es|ing)|scoring|penalt(?:y|ies)|tiers?|background|experience|expertise|version|examples?)\b|危险|危険|レッドフラグ",
    re.IGNORECASE,
)
_CRITERIA = re.compile(r"[\w ]{0,30}\b(?:criteria|targets?|goals?):", re.IGNORECASE)
"""A line that begins so asks for what it says, whatever stands above: "Criteria: < 1 h latency" below "Alert integration"."""
_LEVEL = re.compile(
    r"^\W*(?:(?:grade )?[a-f](?: grade)?|low|medium|high|critical|simple|moderate|complex|small|large|minor|major|warning|info|excellent|good|fair|poor"
    r"|bad|p\d|sev-?\d|(?:tier|level|phase|stage) \w+)(?: \([^)]*\))?\s*[:—=]",
    re.IGNORECASE,
)
"""The line says what counts as what: "High: > 80 %"."""
_SORTED = re.compile(r"^\W*[<>≤≥]?\s*[$€£]?\d[\d.,]*\s?\w*%?\+?(?:\s+[^\s:]+){0,4}\s*[:→]")
"""So does one that begins with the number: "> 15 validators: good"."""
_ASKED = re.compile(
    r"\b(?:targets?|goals?|thresholds?|required|requirements?|budgets?|slos?|slas?|limits?|minimum|maximum|expected|metas?|objetivos?|hedef\w*)\b"
    r"|목표|기준|目标|目標|閾値|阈值|要求",
    re.IGNORECASE,
)
"""Heads of the columns of a table that ask for something."""
_ASKING = (Kind.TARGETS, Kind.CHECKLIST)
_ASIDE = (Kind.NOTHING, Kind.NEVER)


def targets_in(line: Line) -> Iterator[Target]:
    """Give every numeric target that a line states. What it quotes is a sample of a report, and left out."""
    if not may_state(line.text) or "</" in line.text:
        return
    if line.cells:
        yield from _in_row(line)
    elif not _is_unasked(line):
        yield from _read(line, line.text)


def may_state(text: str) -> bool:
    """Whether a text holds a number at all; most do not."""
    # Few lines hold the words: looking for them first saves a third of the time that targets take.
    said_none = "ero " in text or "no " in text or "No " in text
    return _DIGIT.search(text) is not None or (said_none and _NONE.search(text) is not None)


def _in_row(line: Line) -> Iterator[Target]:
    """Read the first column that asks for something, of the row that the first cell names."""
    asked = next((value for head, value in line.cells[1:] if _ASKED.search(head)), "")
    if asked and not any(_asks_nothing(label) for label in line.labels[:1]):
        yield from _read(line, f"{line.cells[0][1].strip('` ')}: {asked}", asking=True)


def _is_unasked(line: Line) -> bool:
    """Whether what stands around the line, or its form, says that its numbers bound nothing."""
    if (
        line.kind in _ASIDE
        or kind(_label(line)) is Kind.ABILITY
        or line.text[0] in "❌🚫⛔✗"
        or (not _CRITERIA.match(line.text) and any(_asks_nothing(label) for label in line.labels[:2]))
    ):
        return True
    return bool(
        _LEVEL.match(line.text)
        or _SORTED.match(line.text)
        or (":" in line.text and _UNASKED.search(line.text.partition(":")[0][:40]))
        or line.text.endswith(("?", "？"))  # noqa: RUF001 - of Chinese and Japanese
    )


@lru_cache(maxsize=8192)
def _asks_nothing(label: str) -> bool:
    return _UNASKED.search(label) is not None


def _read(line: Line, said: str, *, asking: bool = False) -> Iterator[Target]:
    asking = asking or line.kind in _ASKING
    text = _GLUED.sub("sub ", _NONE.sub("0", _QUOTED.sub(" ", _BARE_CODE.sub(r"\1", said))))
    marks = []
    if _MAY_RANK.search(text):
        marks = [(match.start(), float(match["short"] or match["long"])) for match in _PERCENTILE.finditer(text)]
        text = _PERCENTILE.sub(lambda match: " " * len(match[0]), text)
    found = [one for one in islice(quantities(text), _MOST) if _is_bound(one, text, asking=asking)]
    for number, one in enumerate(found):
        begin = found[number - 1].end if number else 0
        end = found[number + 1].start if number + 1 < len(found) else len(text)
        before, after = text[begin : one.start], text[one.end : end]
        clause = re.split(r"[,;.](?:\s|$)|\s[-–—]\s", before)[-1]  # noqa: RUF001 - people write these dashes
        if (
            _CONDITIONAL.search(clause)
            or "?" in before
            or _BEHIND_IF.match(after)
            or re.search(r"\bversions?\W*$", clause)
            or re.match(r" ?(?:sure|certain|confident)\b", after)
        ):
            continue
        operator = _operator(one, clause)
        prose = not (line.bullet or line.lead or line.cells or one.symbol)
        if (operator == ">" and one.unit in _SMALL) or (prose and one.unit in _TEXTUAL):
            continue
        metric, scope = named(before, after, bare=not one.operator or one.plus, noun=one.noun, label=_label(line))
        aside = before.rstrip().endswith("(")
        loose = operator == ">" and not one.unit and (metric in after.lower() or aside)
        loose = loose or (aside and one.plus and one.unit in _TEXTUAL)  # "large text (18px+ bold)"
        if not metric or loose or _is_backwards(metric, operator):
            continue
        percentile = _percentile(marks, found, number, line) if one.unit in _TIMES else None
        yield Target(metric, operator, one.value, one.unit, percentile, scope, line.line, line.text)


def _is_bound(one: Quantity, text: str, *, asking: bool) -> bool:
    if not one.unit and _UNREAD.match(text, one.end):
        return False
    if one.plus and not one.unit:
        return (
            asking
            and re.match(r"\s+[a-z]", text[one.end :]) is not None
            and not re.search(r"(?<!\w)(?!Target|Minimum|Goal)[A-Z][^\s:]*\s$", text[: one.start])
        )
    if one.operator:
        return one.symbol or bool(one.unit)  # "under 3 levels", "over 20 years": words of a sentence
    if re.search(r"(?:[~±]|\bby)\s*$", text[: one.start]):
        return False  # about so much, off by so much, less by so much
    if one.unit in {"%", "x"}:
        return (asking and one.unit == "%") or bool(_BARE.search(text))
    return one.value == 0 and not one.unit and bool(_COUNTED.match(text[one.end :].lstrip()))


def _operator(one: Quantity, clause: str) -> str:
    if not one.operator:
        return "=" if one.value == 0 else ">="
    if one.operator[0] == ">" and not one.plus and re.search(r"(?:^|[\s(])no\s+\w", clause, re.IGNORECASE):
        return "<="  # "no file with more than 500 lines"
    return one.operator


def _is_backwards(metric: str, operator: str) -> bool:
    """Whether less is asked of what should be much, or more of what should be little: such a line names a fault."""
    much = _MUCH.search(metric)
    return bool(much) if operator[0] == "<" else operator[0] == ">" and not much and bool(_LITTLE.search(metric))


def _label(line: Line) -> str:
    return line.labels[0] if line.labels else ""


def _percentile(marks: list[tuple[int, float]], found: list[Quantity], number: int, line: Line) -> float | None:
    """Return the percentile of a line's n-th number: the nearest one, or one behind all of them, or the label's."""
    if not marks:
        above = _PERCENTILE.search(_label(line))
        return float(above["short"] or above["long"]) if above else None
    if len(marks) == 1 and marks[0][0] >= found[-1].end - 1:
        return marks[0][1]
    for place, value in marks:
        nearest = min(
            range(len(found)), key=lambda index: min(abs(found[index].start - place), abs(found[index].end - place))
        )
        if nearest == number:
            return value
    return None
