"""Markdown for a step summary or a pull request's comment.

GitHub refuses a step summary above 1 MiB whole, and a comment above 64 KiB: the text is kept below both. Text of the
workspace stands in code spans, where neither markup nor a mention acts.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from backcheck.escape import printable
from backcheck.findings import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.definitions.items import Item
    from backcheck.findings import AuditResult, ItemVerdict, JudgedSubject

_MAX_BYTES = 60_000
_SIGN = {
    Verdict.FAIL: "❌",
    Verdict.ERROR: "💥",
    Verdict.UNKNOWN: "❔",
    Verdict.MANUAL: "✋",
    Verdict.WAIVED: "⏳",
    Verdict.PASS: "✅",
    Verdict.NOT_APPLICABLE: "➖",  # noqa: RUF001 - a sign, not a minus
}


def render(result: AuditResult, items: Mapping[str, Item]) -> str:  # noqa: ARG001 - the form that every format has
    """Return the verdicts as a table, then every failure with its place, then what is undecided and unread."""
    lines = list(_lines(result))
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode("utf-8", "replace")) + 1
        if size > _MAX_BYTES:
            kept.append(f"\n… {len(lines) - len(kept)} more lines are in the JSON report.")
            break
        kept.append(line)
    return "\n".join(kept) + "\n"


def _lines(result: AuditResult) -> Iterator[str]:
    counts = Counter(verdict.verdict for verdict in result.verdicts)
    yield "## backcheck"
    yield ""
    yield ", ".join(f"{_SIGN[verdict]} {counts[verdict]} {_word(verdict)}" for verdict in _SIGN if counts[verdict])
    yield ""
    commit = f"commit {_code(result.commit[:12])}" if result.commit else "no commit"
    base = f", against {_code(result.base[:12])}" if result.base else ""
    dirty = " with uncommitted changes" if result.dirty and result.commit else ""
    yield f"Checklist {_code(result.checklist)}, {commit}{dirty}{base}."
    yield from (f"\nNote: {_plain(note)}" for note in result.notes)
    yield ""
    yield "| verdict | item | severity | examined | reason |"
    yield "|---|---|---|---:|---|"
    for verdict in sorted(result.verdicts, key=lambda verdict: list(_SIGN).index(verdict.verdict)):
        yield _row(verdict)
    yield from _failed(result)
    yield from _undecided(result)
    if result.unread:
        yield "\n### Not read\n"
        yield from (f"- {_code(unread.path)}: {_plain(unread.why)}" for unread in result.unread)


def _row(verdict: ItemVerdict) -> str:
    preview = " (preview)" if verdict.preview else ""
    return (
        f"| {_SIGN[verdict.verdict]} {_word(verdict.verdict)}{preview} | {_code(verdict.item)} {_plain(verdict.title)} "
        f"| {verdict.severity.value} | {verdict.examined} | {_plain(verdict.reason)} |"
    )


def _failed(result: AuditResult) -> Iterator[str]:
    failed = [verdict for verdict in result.verdicts if verdict.verdict is Verdict.FAIL]
    if failed:
        yield "\n### Failed"
    for verdict in failed:
        yield f"\n{_code(verdict.item)}: {_plain(verdict.title)} ({verdict.severity.value})\n"
        yield from (_line(s) for s in verdict.subjects if s.judgement is Outcome.FAIL and not s.waived)


def _undecided(result: AuditResult) -> Iterator[str]:
    lines = [
        _line(subject)
        for verdict in result.verdicts
        for subject in verdict.subjects
        if subject.judgement is Outcome.UNDECIDED
    ]
    if lines:
        yield "\n### Undecided\n"
        yield from lines


def _line(subject: JudgedSubject) -> str:
    where = f"{_code(str(subject.evidence[0].place))} " if subject.evidence else ""
    return f"- {where}{_code(subject.id)}: {_plain(subject.reason)}"


def _word(verdict: Verdict) -> str:
    return verdict.value.replace("_", " ")


def _code(text: str) -> str:
    """Return a code span that holds the text whatever backticks it has, on one line."""
    text = printable(text, keep="").replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _plain(text: str) -> str:
    """Escape what Markdown, HTML or a mention would act on."""
    return re.sub(r"([\\`*_\[\]<>|#~@])", r"\\\1", printable(text, keep=""))
