"""What a change is judged against: the code as it stood before, and the rules that held there.

Whoever made the change cannot move its goalposts: configuration, waivers, attestations and baseline are read from
before; a file keeps the role that it had; and a file that a new `.gitignore` hides is looked at.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck import repository
from backcheck.errors import UsageError
from backcheck.findings import Outcome, Verdict
from backcheck.source import Role, SourceFile
from backcheck.source.roles import role_of
from backcheck.source.tree import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.findings import AuditResult, ItemVerdict, JudgedSubject
    from backcheck.source import SourceTree

_BEFORE = "failed before the change"


@dataclass(frozen=True, slots=True)
class Before:
    """The code as it stood."""

    folder: Path
    label: str
    """The commit's id, or the folder as the caller named it."""


@contextmanager
def standing_before(root: Path, base: str | Path | None) -> Iterator[Before | None]:
    """Give what ``base`` names, a revision exported for the time of the audit or a folder; None where nothing is named.

    Raises `UsageError` for a revision that is none or a folder that is missing.
    """
    match base:
        case None | "":
            yield None
        case Path():
            if not base.is_dir():
                raise UsageError(
                    f"there is no folder {str(base)!r}", help="name the folder that holds the earlier code"
                )
            yield Before(base, str(base))
        case str():
            with tempfile.TemporaryDirectory(prefix="backcheck-base-") as scratch:
                folder = Path(scratch) / "base"
                yield Before(folder, repository.export(root, base, folder))


def judged_as_before(tree: SourceTree, before: SourceTree) -> SourceTree:
    """Return the tree as the rules from before see it.

    A file keeps the role that it had unless it is started now, a new one cannot call itself generated, nor vendored where nothing was, and what
    only a newer `.gitignore` hides belongs to the tree.
    """
    roles = {file.path: file.role for file in before.files}
    vendored = {file.path.partition("/")[0] for file in before.files if file.role is Role.VENDORED}

    def role(path: str, now: Role) -> Role:
        if now is Role.APPLICATION:
            return now  # what a change makes application code, by starting it, is
        excused = now is Role.GENERATED or (now is Role.VENDORED and path.partition("/")[0] not in vendored)
        return roles.get(path, Role.APPLICATION if excused else now)

    files = [replace(file, role=role(file.path, file.role)) for file in tree.files]
    for path in repository.hidden(tree.root, before.root):
        size = (tree.root / path).lstat().st_size
        files.append(SourceFile(path, LANGUAGES.get(Path(path).suffix.lower(), ""), role(path, role_of(path)), size))
    return replace(tree, files=tuple(sorted(files, key=lambda file: file.path)))


def since(result: AuditResult, before: AuditResult, label: str) -> AuditResult:
    """Return the result over the change alone: what failed before is marked as waived, and never counts as a pass."""
    known = {
        subject.fingerprint
        for verdict in before.verdicts
        for subject in verdict.subjects
        if subject.judgement is Outcome.FAIL
    }
    return replace(result, verdicts=tuple(_since(verdict, known) for verdict in result.verdicts), base=label)


def _since(verdict: ItemVerdict, known: set[str]) -> ItemVerdict:
    if verdict.verdict is not Verdict.FAIL:
        return verdict
    subjects = tuple(
        replace(subject, waived=_BEFORE) if _fails(subject) and subject.fingerprint in known else subject
        for subject in verdict.subjects
    )
    new = sum(map(_fails, subjects))
    if new:
        return replace(verdict, subjects=subjects, reason=f"{new} new: {verdict.reason}")
    reason = f"nothing new: {verdict.reason}, before the change as now"
    return replace(verdict, subjects=subjects, verdict=Verdict.WAIVED, reason=reason)


def _fails(subject: JudgedSubject) -> bool:
    return subject.judgement is Outcome.FAIL and not subject.waived
