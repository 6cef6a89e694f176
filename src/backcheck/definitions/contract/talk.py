"""Whether words state a property of the code, or only talk of it: study it, look at it, test it, write about it.

"Rate limiting configured" promises something that a look at the code can answer. "Understand rate limiting", "rate limit
documentation" and "check for missing rate limits" promise knowledge, a text and a look.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from backcheck.definitions.contract.clauses import denies
from backcheck.definitions.contract.stemming import stem, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.contract.clauses import Clause


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in text.split())


_LOOKING = _stems(
    "review map analyze analyse assess understand study identify examine inspect gather check look find flag detect monitor track"
    " log document explain describe discuss research learn investigate audit test measure evaluate ask clarify consider"
    " discover diagnose highlight recommend suggest note compare question outline explore specify master know"
    " determine judge advise conduct perform teach simulate report plan what how which why who where any probe focus"
    " define design mention extract offload warn remind propose prioritize instrument"
)
"""A statement that begins with one of them has the agent look, think or write."""
_TALK = _stems(
    "documentation documented docs guide tutorial example test review audit analysis assessment report knowledge"
    " understanding concept question evaluation overview expertise expert familiarity experience proficiency research"
    " fuzzing complexity ambiguity"
)
"""What the property is only the matter of, where it stands before or after: "knowledge of authentication"."""
_TEXTS = _stems("documentation tutorial")
"""Whatever a sentence lists after them is what they tell of."""
_ASPECTS = _TALK | _stems(
    "metric log event monitor track error failure violation attempt issue problem scenario requirement specification spec"
    " strategy design diagram exceed detail information architecture consideration discussion note usage specified"
    " concern decision rationale edge consider communication flaw"
)
"""After the name of a property they make it the name of something else: "authentication failures", "rate limit errors"."""
_FAULTS = _stems("issue problem error violation attempt scenario pattern flaw")
"""After the name of a fault they add nothing: "N+1 problems"."""
_NAMED = frozenset(
    stem(word)
    for word in (
        *("implemented", "configured", "enforced", "set", "enabled", "applied", "used", "place", "required", "active"),
        *("present", "verified", "for", "of", "in", "on", "with", "to", "at", "by", "from", "via", "using", "through"),
        *("against", "as", "per", "is", "are", "be", "must", "should"),
    )
)
"""They end a name: what follows says something of the property itself."""
_OWN = _stems(
    "and or but then implementation middleware check guard mechanism system handling configuration enforcement support"
    " work only everywhere everything first layer security protection requirement redirect redirection termination"
    " encryption connection parameter cursor limit retry circuit batching pattern hash hashing rounds correctly"
    " properly explicitly secure correct proper across before after where when on"
)
"""What may follow a lone word and leave it the topic. Otherwise it only describes what follows: "authentication libraries"."""
_ENDING = _stems("with by via using through after before while")
"""A list that ends in such a word's object is no name: "dependencies updated with tests"."""
_LABELS = _stems(
    "documentation docs document test question ask example source monitoring knowledge understanding expertise reading"
    " reference learn study severity coverage manual detection identify propose summarize assessment analysis specification"
)
_AVOIDED = _stems("avoid never mistake pitfall don't don’t antipattern anti forbidden")  # noqa: RUF001 - both apostrophes are written
_DEMANDS = _stems(
    "add implement use enforce apply encrypt hash sanitize enable protect secure paginate parameterize ensure require"
    " configure set scan avoid prevent"
)
"""A step of work that begins with one of them asks for something in the code."""
_ASSURING = _stems("verify confirm validate")
_BEING = frozenset({"is", "are", "be"})
"""With them a look states what has to be: "Verify that the headers are set"."""
_MAKING = _stems("implement build develop create write")
_ADVERBS = _stems("you will must should also always please to and then we i first finally now")
_STATUS = re.compile(r"[1-5]\d\d")
"""A line that begins so tells what a status code means."""
_NEAR = 3
"""Words before and after a name that may make it the name of something else."""
TIMES = _stems("after before during upon")
"""Before a lone word they tell a time: "a new session after authentication"."""
_THAT = frozenset({"that", "whether", "if"})


def talks_of(label: str) -> bool:
    """Whether what stands below the label is talk: "API documentation standards", "Questions to ask"."""
    return any(stem(word) in _LABELS for word in words(label))


def is_avoided(label: str) -> bool:
    """Whether the label says that what stands below it must not be: "Never:", "Mistakes to avoid"."""
    return any(stem(word) in _AVOIDED for word in words(label))


def is_talk(clause: Clause, start: int, end: int, group: frozenset[str], *, fault: bool = False) -> bool:
    """Whether what the clause says from ``start`` to ``end`` (the last word) is the matter of talk.

    A word of the group itself is none: an item may answer that something is scanned. Where the group names a ``fault``,
    its problems are the fault.
    """
    aspects = _ASPECTS - group - (_FAULTS if fault else frozenset())
    return (
        _STATUS.fullmatch(clause.written[0]) is not None
        or _begins_with_a_look(clause, end, group)
        or any(clause.words[head - 1] in _ASPECTS - group for head in clause.heads if 0 < head <= start)
        or (clause.words[-1] in _TALK - group and not _ENDING & {*clause.words[end + 1 :]})
        or not _TEXTS.isdisjoint(clause.words[:start])
        or any(one == "to" and other in _LOOKING - group for one, other in pairwise(clause.words[:start]))
        or any(word in _TALK - group for word in _before(clause, start, end))
        or any(word in aspects for word in _after(clause, end))
        or (len(group) == 1 and not fault and _is_aside(clause, end))
    )


def demands(clause: Clause, end: int, group: frozenset[str]) -> bool:
    """Whether the statement tells to make something so: "Add rate limiting", "Never hardcode a secret".

    To validate is a demand where the group speaks of it ("Validate all inputs"), else a look ("Validate authorization").
    """
    if clause.written[0] == "always":
        return True
    if clause.words[0] in _ASSURING and not _BEING.isdisjoint(clause.written):
        return True
    return any(
        said
        and (denies(clause.written[said[0]]) or clause.words[said[0]] in _DEMANDS | (_ASSURING & group))
        and not clause.written[said[0]].endswith("ion")
        for said in _statements(clause, end)
    )


def _statements(clause: Clause, end: int) -> Iterator[list[int]]:
    """Give the places of the first words, adverbs left out, of the clause and of its part that holds the word at ``end``."""
    for head in {0, max((head for head in clause.heads if head <= end), default=0)}:
        first = range(head, min(head + 5, len(clause.words)))
        yield [
            place for place in first if clause.words[place] not in _ADVERBS and not clause.written[place].endswith("ly")
        ]


def _begins_with_a_look(clause: Clause, end: int, group: frozenset[str]) -> bool:
    for said in _statements(clause, end):
        # "Check that every input is validated" states the property, "design and build logins" promises the thing.
        roots = [clause.words[place] for place in said]
        if roots and roots[0] in _LOOKING - group and not (len(roots) > 1 and roots[1] in _THAT | _MAKING):
            return True
    return False


def _before(clause: Clause, start: int, end: int) -> Iterator[str]:
    """Give the words among and before those, as far as no comma or the like parts them."""
    yield from clause.words[start:end]
    for place in range(start - 1, max(start - 1 - _NEAR, -1), -1):
        if place + 1 in clause.stops:
            return
        yield clause.words[place]


def _after(clause: Clause, end: int) -> Iterator[str]:
    """Give the words that go on with the name, or with the names that it is joined to ("authentication/authorization flaws")."""
    first = end + 1
    while first in clause.joints:
        first += 1
    for place in range(first, min(first + _NEAR, len(clause.words))):
        if place in clause.stops or clause.words[place] in _NAMED:
            return
        yield clause.words[place]


def _is_aside(clause: Clause, place: int) -> bool:
    """Whether a lone word is no topic: it tells a time, or describes the word after it."""
    if place and clause.words[place - 1] in TIMES:
        return True
    after = place + 1
    if after >= len(clause.words) or after in clause.stops:
        return False
    root, written = clause.words[after], clause.written[after]
    return not (root in _NAMED | _OWN or root.isdigit() or denies(written) or written.endswith(("ly", "ed")))
