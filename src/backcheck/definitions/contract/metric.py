"""What a number measures, from the words around it: "Test coverage: 90%+ unit tests" is of the test coverage."""

from __future__ import annotations

import re

from backcheck.definitions.contract.stemming import stems

_MAX_WORDS = 8
_MAX_LABEL_WORDS = 6
_NEAR = 200
"""Characters on either side of a number in which its measure is named; longer texts would cost more than time allows."""
_SEVERITY = re.compile(
    r"\b(?:critical|high|medium|low)\b(?!-(?!severity|critical|high|medium|low))(?:\s*(?:/|,|or|and|-)\s*\b(?:critical|high|medium|low)\b)*(?:[- ]severity)?",
    re.IGNORECASE,
)
_STATISTIC = re.compile(r"\b(?:average|mean|median|peak)\b", re.IGNORECASE)
_MEASURE = re.compile(
    r"(?<![\w-])(?:times?|latency|rates?|coverage|usage|utili[sz]ation|size|throughput|duration|accuracy|precision|recall|ratio|score|uptime"
    r"|availability|lag|lead|count|cost|loss|speed|response|responses|overhead|failures?|vulnerabilities|errors?|compliance|adoption"
    r"|satisfaction|success|growth|reduction|improvement|threshold|efficiency|load|memory|cpu)\b",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"\b(?:performance|targets?|goals?|requirements?|standards?|quality|metrics?|scalability|reliability|slos?|slas?|thresholds?|criteria)$",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[,;.()|→+、。，を]|(?:^|\s)[-–—]\s|(?<![\w-])(?:with|via|using|through|while|when|where|so|that|per|as|to|if|unless|capabilit\w+)(?![\w-])"  # noqa: RUF001 - people write these dashes
    r"|\b(?:and|or)\s+(?=[<>≤≥\d]|under|below|over|above|at least|sub-?\d)|\b(?:and|or)\s*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;|→、。，；]|\.\s|\s[-–—]\s", re.IGNORECASE)  # noqa: RUF001 - as above
_PLACE = re.compile(r"^(?:under|of|for|in|at|on|during|across|within|after|before|by|from)\b", re.IGNORECASE)
_PLACE_AFTER = re.compile(r"\s(?:under|for|in|at|on|during|across|within|after|before|by|from)\s", re.IGNORECASE)
_ASIDE = re.compile(r"\b(?:to|achieve|with|that|so|for|which|where|and)\b", re.IGNORECASE)
_CHANGE = re.compile(r"(?:improvement|increase|reduction|decrease|growth)s?$", re.IGNORECASE)
"""Says nothing without what changes: "30% reduction in image sizes", "Energy consumption: 30% decrease"."""
_OF = re.compile(r"(?:in|of) (?!\d)")
_MORE = re.compile(r"(?:more|less|fewer|better|faster|slower|higher|lower)\b", re.IGNORECASE)
"""Says how the lead changes: "Insight depth: 40% more comprehensive"."""
_COLON = re.compile(r"(?<!\d):|:(?!\d)")
"""A colon between two numbers is a ratio's."""
_PARENTHESIS = re.compile(r"\s*\([^()]*\)?")
_OPEN_END = re.compile(
    r"\b(?:with|achiev\w+|enabl\w+|maintain\w*|target\w*|deliver\w*|provid\w*|requires?|requiring|has|have|having|handl\w+|support\w*(?: for)?|for|to|and|or"
    r"|ensur\w+|keep\w*|aim(?:ing)? for|reach\w*|get\w*|sustain\w*|hit|a|an|the)\s*$",
    re.IGNORECASE,
)
"""What stands before such a word names no measure of what comes behind it: "APIs with < 100 ms latency"."""
_FILLER = re.compile(
    r"^(?:and|or|but|the|a|an|all|every|each|any|no|to|then|also|achiev\w+|maintain(?:s|ed|ing)?|keep(?:s|ing)?|kept|always|only|garantir|manter|の|ensur\w+|verif(?:y|ies|ying)|validat(?:e|es|ing)|confirm\w*|check"
    r"|target(?:s|ing)?|aim(?:ing)? for|support(?:s|ing)?(?: for)?|with|should (?:be|have)|must be|stays?|reach|deliver|provide|include|simplify|optimi[sz]e(?: for)?"
    r"|be|is|are|of|known|total|that|e\.g|i\.e|min(?:imum)?|max(?:imum)?|typically|about|around|roughly|set|use|get|limit|fps)\b[.:,]?\s*"
    r"|(?:^|\s+)(?:of|is|are|be|to|must|should|can|could|may|stays?|remains?|kept|at|for|from|a|an|the|in|within|and|or|than|by|on|with|de|da|do|has|have|via|not|never|target(?:s|ing)?"
    r"|completes?|runs?|finish(?:es)?|responds?|returns?|loads?|takes?|executes?|exceeds?|drops?|met|only|consistently|(?!(?:spe|se|ne|fe|exce|b|embe|sh)ed$)\w{2,}ed"
    r"|(?!(?:daily|weekly|monthly|hourly|yearly|quarterly|anomaly|assembly|reply|supply|family|latency)$)\w{3,}ly)$",
    re.IGNORECASE,
)  # fmt: skip


def named(before: str, after: str, *, bare: bool, noun: str, label: str) -> tuple[str, str]:
    """Return metric and scope from the words before and after a number; no metric where they name none.

    ``bare`` says that no operator stands between them: "99.9% uptime". ``noun`` is what a rate counts, ``label`` stands
    above the line.
    """
    before, after = before[-_NEAR:], after[:_NEAR]
    lead, rest, open_rest = _split(before)
    phrase, scope = _behind(after)
    metric = _chosen(lead, rest, phrase, bare=bare) or open_rest
    if metric == lead and phrase and stems(phrase) != stems(lead):
        left = " ".join(word for word in phrase.split() if not stems(word) <= stems(lead))
        scope = scope or _trimmed(left).lower()
    if statistic := _STATISTIC.search(_CUT.split(after.strip(), maxsplit=1)[0]) or (
        metric != phrase and _STATISTIC.search(_CLAUSE.split(before)[-1])
    ):
        scope = scope if scope and scope != statistic[0].lower() else statistic[0].lower()
    if metric == phrase and lead and " " not in phrase and not _GENERIC.search(lead):
        scope = scope or lead.lower()
    if aside := _PARENTHESIS.search(metric):
        scope = scope or aside[0].strip(" ()").lower()
        metric = _trimmed(_PARENTHESIS.sub(" ", metric))
    if not metric:
        each = re.match(r"\s*per (\w+)", after)
        of = scope[3:] if scope.startswith("of ") else ""
        metric = noun or (each[1] if each else "") or of or _from_label(label)
        scope = "" if metric == of else scope
    if lead and metric == phrase and _MORE.match(metric):
        metric, scope = lead, metric.lower()
    if _CHANGE.match(metric):
        metric, scope = _changing(metric, scope, lead)
    if len(metric.split()) > _MAX_WORDS:
        metric = _trimmed(_ASIDE.split(metric)[-1])
    return ("", "") if _is_no_name(metric) else (metric.lower(), scope)


def _changing(change: str, scope: str, lead: str) -> tuple[str, str]:
    """Return the measure of which a change is asked, and what is left of the scope."""
    if _OF.match(scope):
        return f"{change} {scope}", ""
    if scope and scope == lead.lower():
        return f"{scope} {change}", ""
    named_by_lead = lead and not scope and not _CHANGE.match(lead)
    return (f"{lead} {change}" if named_by_lead else change), scope


def _split(before: str) -> tuple[str, str, str]:
    """Return the lead ("Test coverage:") and the words right before the number, without what fills them.

    Words that lead on to what stands behind the number ("APIs with") are given apart, as the third.
    """
    text = re.sub(r"[\s(~]*[(~][\s(~]*$", " ", before)
    inner = text.rpartition("(")[2] if text.rfind("(") > text.rfind(")") else ""
    outer = text.rpartition("(")[0] if inner else text
    clause = inner if inner and _trimmed(_CLAUSE.split(inner)[-1]) else outer
    clause = _CLAUSE.split(clause.rstrip() if inner else clause)[-1]
    lead, rest = _parted(clause)
    if not lead and ":" in outer:
        lead = _CLAUSE.split(_parted(outer)[0])[-1]
    open_end = _OPEN_END.search(rest.strip(" (")) if rest.strip() else None
    if open_end and not inner:
        return _trimmed(lead), "", _trimmed(rest.strip(" (")[: open_end.start()])
    return _trimmed(lead), _trimmed(rest), ""


def _parted(text: str) -> tuple[str, str]:
    """Return what stands before the last colon, empty where there is none, and what comes behind it."""
    last = max((match.start() for match in _COLON.finditer(text)), default=-1)
    return text[: max(last, 0)], text[last + 1 :]


def _behind(after: str) -> tuple[str, str]:
    """Return what the words after a number name, and where or of what it holds."""
    phrase = _CUT.split(after.strip(), maxsplit=1)[0].strip(" :")
    scope = ""
    if severity := _SEVERITY.match(phrase):
        scope, phrase = severity[0].lower(), phrase[severity.end() :].strip()
    elif _PLACE.match(phrase):
        scope, phrase = phrase.lower(), ""
    if place := _PLACE_AFTER.search(phrase):
        scope, phrase = scope or phrase[place.start() :].strip().lower(), phrase[: place.start()]
    return _trimmed(phrase), scope


def _chosen(lead: str, rest: str, phrase: str, *, bare: bool) -> str:
    if rest and not bare:
        if not phrase or _MEASURE.search(rest) or not _MEASURE.search(phrase):
            return rest
        single = len(phrase.split()) == 1 and len(rest.split()) <= 3
        return f"{rest} {phrase}" if single else phrase
    if rest and _MEASURE.search(rest) and not _MEASURE.search(phrase):
        return rest
    if phrase:
        return lead if lead and _is_leading(lead, phrase) else phrase
    return rest or lead


def _is_leading(lead: str, phrase: str) -> bool:
    """Whether the lead names the measure, and the words behind the number only say more of it."""
    said, more = stems(lead), stems(phrase)
    if more <= said:
        return True
    if " " not in lead and _MEASURE.search(phrase):
        return False  # "Availability: 99.9% uptime"
    measured = _MEASURE.search(lead) and not _GENERIC.search(lead)
    return said <= more or bool(
        measured and lead.rsplit(maxsplit=1)[-1].lower() != phrase.rsplit(maxsplit=1)[-1].lower()
    )


def _from_label(label: str) -> str:
    words = _trimmed(re.sub(r"\(.*?\)", "", _GENERIC.sub("", label.strip(" :")).strip()))
    return (
        words
        if 0 < len(words.split()) <= _MAX_LABEL_WORDS and _MEASURE.search(words) and words.lower() != "success"
        else ""
    )


def _trimmed(phrase: str) -> str:
    phrase = _STATISTIC.sub("", phrase)
    while (shorter := _FILLER.sub("", phrase.strip(" :-|*()[]<>=~.,`")).strip(" :-|*()[]<>=~.,`")) != phrase:
        phrase = shorter
    return " ".join(phrase.split())


def _is_no_name(metric: str) -> bool:
    return (
        not metric
        or bool(_PLACE.match(metric))
        or len(metric.split()) > _MAX_WORDS
        or not re.search(r"^\w.*[^\W\d_]", metric)
        or "?" in metric
    )
