"""GitHub workflow commands: annotations on the lines of a pull request.

A step may make ten errors and ten warnings; what is above is dropped in silence. So the worst are printed, and the rest counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.escape import printable
from backcheck.findings import Outcome, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.definitions.items import Item
    from backcheck.findings import AuditResult, ItemVerdict, JudgedSubject

_LIMIT = 10
_COMMAND = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "warning"}


def render(result: AuditResult, items: Mapping[str, Item]) -> str:  # noqa: ARG001 - the form that every format has
    """Return one command a line, worst first, and a notice that counts what did not fit."""
    printed = {"error": 0, "warning": 0}
    left_out = 0
    lines = []
    for verdict, subject in _failures(result):
        command = _COMMAND[verdict.severity]
        if printed[command] == _LIMIT:
            left_out += 1
            continue
        printed[command] += 1
        lines.append(_annotation(command, verdict, subject, result.prefix))
    if left_out:
        lines.append(f"::notice title=backcheck::{left_out} more failures are in the report")
    return "".join(f"{line}\n" for line in lines)


def _failures(result: AuditResult) -> Iterator[tuple[ItemVerdict, JudgedSubject]]:
    for severity in Severity:
        for verdict in result.verdicts:
            if verdict.severity is severity and verdict.verdict is Verdict.FAIL and not verdict.preview:
                yield from ((verdict, s) for s in verdict.subjects if s.judgement is Outcome.FAIL and not s.waived)


def _annotation(command: str, verdict: ItemVerdict, subject: JudgedSubject, prefix: str) -> str:
    where = ""
    if subject.evidence:
        place = subject.evidence[0].place
        path = f"{prefix}/{place.path}" if prefix else place.path
        where = f"file={_property(path)},line={place.start_line},endLine={place.end_line},"
    message = printable(f"{subject.id}: {subject.reason}")
    return f"::{command} {where}title={_property(verdict.title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
