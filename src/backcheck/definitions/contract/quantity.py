"""Numbers with what bounds them: "< 200 ms", "90%+", "at least 1,000 requests per second", "sub-20ms", "80%以上"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text."""

    operator: str
    """`<`, `<=`, `=`, `>=`, `>`; empty where the number stands alone."""
    symbol: bool
    """Whether the operator is a sign, not a word: "under 3 levels" is often no more than a phrase."""
    plus: bool
    """Written with a plus behind it: "90%+"."""
    value: float
    unit: str
    noun: str
    """What a rate counts: `requests`."""
    start: int
    end: int


_OPERATORS = (
    ("<=", r"<=|≤|=<|within|at most|(?:no|not) (?:more|longer|slower|later|higher) than|(?:not|never) (?:to )?exceed(?:ing|s)?|max(?:imum)?(?: of)?"),
    (">=", r">=|≥|meets? or exceeds?|at least|no (?:less|fewer|lower) than|not less than|min(?:imum)?(?: of)?"),
    ("<", r"(?<![-=<])<|under|below|less than|fewer than|lower than|faster than|shorter than|sub[- ]?"),
    (">", r"(?<![-=>])>|over|above|more than|greater than|higher than|exceed(?:s|ing)?"),
)  # fmt: skip
_BEHIND = (
    (">=", r"or (?:higher|more|greater|above|better)|and above|minimum\b|min\.?(?=\s|$|\))|이상|以上|ou mais|o más"),
    ("<=", r"or (?:less|lower|fewer|below|faster)|maximum\b|max\b|이하|이내|以下|以内|ou menos|o menos"),
    ("<", r"미만|未満"),
)
_UNITS = {
    "ms": r"ms|milliseconds?|msecs?|毫秒|ミリ秒|밀리초",
    "µs": r"[µμ]s|microseconds?",
    "ns": r"ns|nanoseconds?",
    "s": r"s|secs?|seconds?|秒|초|segundos?|saniye",
    "min": r"mins?|minutes?|分钟|分鐘|分|분|minutos?|dakika",
    "h": r"h|hrs?|hours?|小时|小時|時間|시간|horas?|saat",
    "d": r"days?|天|日|일|dias?",
    "weeks": r"weeks?",
    "%": r"%|percent",
    "x": r"x",
    ":1": r":1",
    "fps": r"fps",
    "px": r"px",
    "lines": r"lines?(?: of code)?|loc|行|줄|sat.r|linhas?|líneas?",
    "levels": r"levels?|层|層|단계|seviye|níveis|niveles",
    "characters": r"char(?:acter)?s?",
    "tokens": r"tokens?",
    "words": r"words?",
}
_PERIODS = {"s": r"s(?:ec(?:ond)?)?", "min": r"min(?:ute)?", "h": r"h(?:ou)?r?", "day": r"day", "month": r"month"}
_COUNTED = r"requests?|reqs?|queries|transactions?|events?|messages?|operations|ops|records|rows|calls|users|conversations|orders"
_RATES = "|".join(rf"(?P<per_{period}>{pattern})" for period, pattern in _PERIODS.items())
_UNIT = (
    rf"(?P<rate>rps|qps|tps)\b|(?P<noun>(?:[a-z]+ )?(?:{_COUNTED}))\s?(?:/|per )\s?(?:{_RATES})\b|/(?:s|sec)\b"
    r"|(?P<bytes>[kmgt]i?b)\b|"
    + "|".join(
        rf"(?P<u{number}>{pattern}){'' if name == '%' else '(?![a-z0-9_-])'}"
        for number, (name, pattern) in enumerate(_UNITS.items())
    )
)
_EARLY = rf"\+(?=\s?(?:(?:[a-z]+ )?(?:{_COUNTED})\s?(?:/|per )|[rqt]ps\b))"
"""A plus before a rate: "10,000+ requests/day"."""
_SPELT = "|".join(f"(?P<op{number}>{pattern})" for number, (_, pattern) in enumerate(_OPERATORS))
_TRAILING = "|".join(f"(?P<be{number}>{pattern})" for number, (_, pattern) in enumerate(_BEHIND))
_NUMBER = re.compile(
    rf"(?<![\w.#/:\u00d7+±-])(?P<currency>[$€£])?(?P<value>\d+(?:,\d{{3}})*(?:\.\d+)?)"
    rf"(?P<scale>(?-i:[KMB]|k)(?!\w)|[万萬億亿])?(?!\s?[-–~]\s?\d|:(?!1\b)\d|\s?[x\u00d7]\s?\d|\.\d|\d|,\d|-[a-z])"  # noqa: RUF001 - people write these
    rf"(?P<early>{_EARLY})?[ \t]?(?:{_UNIT})?(?P<plus>\s?\+(?!\w|\+))?(?:\s?[(]?(?:{_TRAILING}))?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_BEFORE = re.compile(rf"(?<!\w)(?:{_SPELT})\s*~?(?P<percent>%)?$|(?<!\w)(?P<alone>%)$", re.IGNORECASE)
_LONGEST = 30
"""Characters of the longest operator with what may stand between it and the number."""
_SCALES = {"K": 1e3, "k": 1e3, "M": 1e6, "B": 1e9, "万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8}


def quantities(text: str) -> Iterator[Quantity]:
    """Give every number of the text that is no part of a word, a version, a range or a size in two directions."""
    first = _DIGIT.search(text)
    for match in _NUMBER.finditer(text, max(0, first.start() - 1)) if first else ():
        begin = max(0, match.start() - _LONGEST)
        before = _BEFORE.search(text[begin : match.start()])
        spelt = next((number for number in range(len(_OPERATORS)) if before and before[f"op{number}"]), None)
        behind = next((sign for number, (sign, _) in enumerate(_BEHIND) if match[f"be{number}"]), "")
        operator = behind if spelt is None else _OPERATORS[spelt][0]
        plus = match["plus"] is not None or match["early"] is not None
        percent = before is not None and (before["percent"] or before["alone"]) is not None
        yield Quantity(
            operator or (">=" if plus else ""),
            before is not None and spelt is not None and not before[f"op{spelt}"][0].isalpha(),
            plus,
            float(match["value"].replace(",", "")) * _SCALES.get(match["scale"] or "", 1),
            "%" if percent else _unit(match),
            (match["noun"] or "").lower(),
            begin + before.start() if before else match.start(),
            match.end(),
        )


def _unit(match: re.Match[str]) -> str:
    if match["currency"]:
        return match["currency"]
    if match["rate"]:
        return "/s"
    if match["bytes"]:
        return match["bytes"].upper().replace("I", "i")
    if period := next((name for name in _PERIODS if match[f"per_{name}"]), None):
        return f"/{period}"
    if found := next((name for number, name in enumerate(_UNITS) if match[f"u{number}"]), None):
        return found
    return "/s" if re.search(r"\d\s?/s", match[0]) else ""
